import django.contrib.postgres.fields
from django.db import migrations, models

SCOPES = [
    ("read", "Read repositories, wikis and conversations"),
    ("ask", "Ask questions, also about new repositories"),
    ("manage", "Add, refresh and delete what is yours"),
    ("admin", "Look after the server"),
]
# What every token could be used for before there were scopes.
GIVE = "UPDATE accounts_apitoken SET scopes = ARRAY['read', 'ask']"


class Migration(migrations.Migration):

    dependencies = [("accounts", "0003_shared_limits")]

    operations = [
        migrations.AddField(
            model_name="apitoken",
            name="scopes",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(choices=SCOPES, max_length=10),
                default=list,
                editable=False,
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="apitoken",
            name="expires_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.RunSQL(GIVE, migrations.RunSQL.noop),
    ]
