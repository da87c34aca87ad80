"""Keywords are found as searches find: their first words are folded anew."""

from django.db import migrations


def refold(apps, schema_editor):
    # Of the code that is installed, on purpose: they must be as the code that asks expects them.
    from chat.search import keywords

    rows = apps.get_model("chat", "Keyword").objects
    changed = []
    for row in rows.all():
        first_word = keywords.first_word(row.phrase)
        if row.first_word != first_word:
            row.first_word = first_word
            changed.append(row)
    rows.bulk_update(changed, ["first_word"], batch_size=500)


class Migration(migrations.Migration):

    dependencies = [
        ('chat', '0004_files_and_emoji'),
    ]

    operations = [
        migrations.RunPython(refold, migrations.RunPython.noop),
    ]
