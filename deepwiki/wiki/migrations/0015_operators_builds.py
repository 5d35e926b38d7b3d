from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("wiki", "0014_build_language"),
    ]

    operations = [
        migrations.AddField(
            model_name="wikibuild",
            name="by_operator",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
