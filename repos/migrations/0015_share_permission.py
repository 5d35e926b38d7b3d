"""Who reads a private repository is decided with a permission of its own."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('repos', '0014_public_hosts'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='repository',
            options={'ordering': ['name'], 'permissions': [('share_repository', "Can decide who reads other people's repositories")], 'verbose_name_plural': 'repositories'},
        ),
    ]
