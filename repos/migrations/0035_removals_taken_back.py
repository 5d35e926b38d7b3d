import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("repos", "0034_index_languages"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            "repository",
            "removed_at",
            models.DateTimeField(
                blank=True,
                editable=False,
                help_text=(
                    "Since when nobody sees it; deleted after some days unless it is taken back."
                ),
                null=True,
            ),
        ),
        migrations.AddField(
            "repository",
            "removed_by",
            models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
