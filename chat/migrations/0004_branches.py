import django.db.models.deletion
from django.db import migrations, models

# Until now each message followed the one before it.
FOLLOW = """
UPDATE chat_message m SET parent_id = (
    SELECT p.id FROM chat_message p WHERE p.conversation_id = m.conversation_id AND p.number < m.number
    ORDER BY p.number DESC LIMIT 1)
"""


class Migration(migrations.Migration):

    dependencies = [
        ('chat', '0003_history'),
    ]

    operations = [
        migrations.AddField(
            model_name='message',
            name='parent',
            field=models.ForeignKey(blank=True, help_text='What this follows; several that follow the same are versions of each other.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='children', to='chat.message'),
        ),
        migrations.AlterField(
            model_name='message',
            name='number',
            field=models.IntegerField(help_text='The order in which messages came into the conversation, from 1.'),
        ),
        migrations.RunSQL(FOLLOW, migrations.RunSQL.noop),
        # An index is made only once the checks that the update left for later are done.
        migrations.RunSQL('SET CONSTRAINTS ALL IMMEDIATE', 'SET CONSTRAINTS ALL IMMEDIATE'),
    ]
