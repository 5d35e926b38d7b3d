"""Metrics are read, and models tried, with permissions of their own."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('chat', '0010_message_error_reason'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='message',
            options={'ordering': ['conversation', 'position'], 'permissions': [('read_message_text', "Can read the text of other people's messages"), ('try_models', 'Can try models, which costs money'), ('view_metrics', "Can read the server's metrics")]},
        ),
    ]
