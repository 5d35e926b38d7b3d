from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_call_counts'),
    ]

    operations = [
        migrations.AddField(
            model_name='profile',
            name='answer_language',
            field=models.CharField(blank=True, db_default='', default='', max_length=10),
        ),
    ]
