from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("repos", "0036_outgoing_webhooks")]

    operations = [
        migrations.RenameField("webhookdelivery", old_name="attempts", new_name="tries"),
    ]
