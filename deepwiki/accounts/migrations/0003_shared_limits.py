from django.db import migrations, models

# The table of django.core.cache.backends.db.DatabaseCache, as `createcachetable` makes it.
CREATE = """
CREATE TABLE accounts_limits (
    cache_key varchar(255) NOT NULL PRIMARY KEY,
    value text NOT NULL,
    expires timestamp with time zone NOT NULL
);
CREATE INDEX accounts_limits_expires ON accounts_limits (expires);
"""


class Migration(migrations.Migration):

    dependencies = [("accounts", "0002_profile")]

    operations = [
        migrations.RunSQL(CREATE, "DROP TABLE accounts_limits"),
        migrations.CreateModel(
            name="TokenGuesses",
            fields=[
                ("address", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("count", models.PositiveIntegerField()),
                ("began_at", models.DateTimeField(db_index=True)),
            ],
        ),
    ]
