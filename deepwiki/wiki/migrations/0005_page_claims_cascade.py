from django.db import migrations

# Django's own cascade would load every claim. The name that it gives the constraint is looked up;
# that is there once the migration before has ended.
CASCADE = """
DO $$
DECLARE constraint_name text;
BEGIN
    SELECT conname INTO STRICT constraint_name FROM pg_constraint
    WHERE contype = 'f' AND conrelid = 'wiki_pageclaim'::regclass;
    EXECUTE format(
        'ALTER TABLE wiki_pageclaim DROP CONSTRAINT %I, ADD CONSTRAINT %I FOREIGN KEY (version_id)'
        ' REFERENCES wiki_pageversion (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED',
        constraint_name, constraint_name
    );
END $$
"""


class Migration(migrations.Migration):

    dependencies = [
        ('wiki', '0004_page_claims'),
    ]

    operations = [
        migrations.RunSQL(CASCADE, migrations.RunSQL.noop),
    ]
