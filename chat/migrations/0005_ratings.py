from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('chat', '0004_branches'),
    ]

    operations = [
        migrations.AddField(
            model_name='message',
            name='rating',
            field=models.SmallIntegerField(blank=True, help_text='1 helpful, -1 not.', null=True),
        ),
        migrations.AddField(
            model_name='message',
            name='rating_reason',
            field=models.CharField(blank=True, max_length=1000),
        ),
    ]
