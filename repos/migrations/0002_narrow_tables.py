"""Keep what a search reads in the row itself: a chunk's weights and vectors are scanned by the thousand."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("repos", "0001_initial")]

    operations = [
        migrations.RunSQL(
            """
            ALTER TABLE repos_chunk SET (toast_tuple_target = 8160);
            ALTER TABLE repos_chunk ALTER COLUMN words SET STORAGE MAIN;
            ALTER TABLE repos_embedding SET (toast_tuple_target = 8160);
            ALTER TABLE repos_embedding ALTER COLUMN vector SET STORAGE MAIN;
            """,
            """
            ALTER TABLE repos_chunk RESET (toast_tuple_target);
            ALTER TABLE repos_chunk ALTER COLUMN words SET STORAGE EXTENDED;
            ALTER TABLE repos_embedding RESET (toast_tuple_target);
            ALTER TABLE repos_embedding ALTER COLUMN vector SET STORAGE EXTERNAL;
            """,
        )
    ]
