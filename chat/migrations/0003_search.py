"""The index of the search. It is filled when there are files, whose names are found as well."""

import django.db.models.deletion
from django.db import migrations, models

SQLITE = [
    # Own content would be a second copy; the table of the terms is the content.
    """
    CREATE VIRTUAL TABLE chat_searchindex USING fts5(
        terms,
        content='chat_searchentry', content_rowid='message_id',
        detail=none, columnsize=0, prefix='3 4 5',
        tokenize="ascii tokenchars '_'"
    )
    """,
    """
    CREATE TRIGGER chat_searchentry_added AFTER INSERT ON chat_searchentry BEGIN
        INSERT INTO chat_searchindex (rowid, terms) VALUES (new.message_id, new.terms);
    END
    """,
    """
    CREATE TRIGGER chat_searchentry_removed AFTER DELETE ON chat_searchentry BEGIN
        INSERT INTO chat_searchindex (chat_searchindex, rowid, terms)
            VALUES ('delete', old.message_id, old.terms);
    END
    """,
    """
    CREATE TRIGGER chat_searchentry_changed AFTER UPDATE ON chat_searchentry BEGIN
        INSERT INTO chat_searchindex (chat_searchindex, rowid, terms)
            VALUES ('delete', old.message_id, old.terms);
        INSERT INTO chat_searchindex (rowid, terms) VALUES (new.message_id, new.terms);
    END
    """,
]
SQLITE_REVERSE = [
    "DROP TRIGGER chat_searchentry_added",
    "DROP TRIGGER chat_searchentry_removed",
    "DROP TRIGGER chat_searchentry_changed",
    "DROP TABLE chat_searchindex",
]
POSTGRESQL = [
    "ALTER TABLE chat_searchentry ALTER COLUMN terms TYPE tsvector"
    " USING array_to_tsvector(string_to_array(terms, ' '))",
    # What waits in the pending list is read by every search.
    "CREATE INDEX chat_searchentry_terms ON chat_searchentry USING gin (terms)"
    " WITH (fastupdate = on, gin_pending_list_limit = 256)",
]
POSTGRESQL_REVERSE = [
    "DROP INDEX chat_searchentry_terms",
    "ALTER TABLE chat_searchentry ALTER COLUMN terms TYPE text"
    " USING array_to_string(tsvector_to_array(terms), ' ')",
]


def make(apps, schema_editor):
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


def unmake(apps, schema_editor):
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    for statement in SQLITE_REVERSE if is_sqlite else POSTGRESQL_REVERSE:
        schema_editor.execute(statement)


class Migration(migrations.Migration):

    dependencies = [
        ('chat', '0002_product'),
    ]

    operations = [
        migrations.CreateModel(
            name='SearchEntry',
            fields=[
                ('message', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='chat.message')),
                ('terms', models.TextField()),
            ],
        ),
        migrations.RunPython(make, unmake),
    ]
