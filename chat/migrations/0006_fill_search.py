"""The messages that are there already are indexed: about a minute for each million of them on
SQLite, two on PostgreSQL."""

from django.db import migrations


def fill(apps, schema_editor):
    # Of the code that is installed, on purpose: the index must be as the code that asks it expects.
    from chat.search import index

    if schema_editor.connection.vendor == "postgresql":
        # It may take longer than a request is allowed to.
        schema_editor.execute("SET LOCAL statement_timeout = 0")
    index.fill(apps.get_model("chat", "Message"))


class Migration(migrations.Migration):

    dependencies = [
        ('chat', '0005_refold_keywords'),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
