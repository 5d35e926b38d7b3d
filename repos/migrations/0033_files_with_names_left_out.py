from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("repos", "0032_what_the_graph_lacks")]

    operations = [
        migrations.AddIndex(
            "graphreferences",
            models.Index(
                fields=["document"],
                condition=models.Q(left_out__gt=0) | models.Q(by_words=True),
                name="files_with_names_left_out",
            ),
        ),
    ]
