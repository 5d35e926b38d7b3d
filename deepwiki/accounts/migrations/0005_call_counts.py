from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("accounts", "0004_token_scopes")]

    operations = [
        migrations.CreateModel(
            name="CallCount",
            fields=[
                (
                    "caller",
                    models.CharField(max_length=64, primary_key=True, serialize=False),
                ),
                ("minute_began_at", models.DateTimeField()),
                ("in_minute", models.PositiveIntegerField()),
                ("day_began_at", models.DateTimeField(db_index=True)),
                ("in_day", models.PositiveIntegerField()),
            ],
        ),
    ]
