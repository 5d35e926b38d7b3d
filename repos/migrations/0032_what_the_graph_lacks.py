from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("repos", "0031_graph_artifacts")]

    operations = [
        migrations.AddField("graphreferences", "left_out", models.IntegerField(db_default=0, default=0)),
        migrations.AddField("graphreferences", "by_words", models.BooleanField(db_default=False, default=False)),
    ]
