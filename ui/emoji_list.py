"""Write the emoji that the pages offer. `--check` only says whether they are current.

Their order, groups and words to search by are emojibase's; their names are those that the server
reads in a text, so that what is offered is what is shown.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any, Final

import emoji

UI: Final = Path(__file__).parent
SOURCE: Final = UI / "node_modules" / "emojibase-data" / "en" / "compact.json"
TARGET: Final = UI / "js" / "emoji.generated.json"

GROUPS: Final = (
    ("smileys", (0,)),
    ("people", (1,)),
    ("nature", (3,)),
    ("food", (4,)),
    ("travel", (5,)),
    ("activities", (6,)),
    ("objects", (7,)),
    ("symbols", (8,)),
    ("flags", (9,)),
)
NAME: Final = re.compile(r"[a-z0-9_+-]{1,40}\Z")
LIGHT: Final = "\U0001f3fb"
WORDS_MAX: Final = 8


def groups() -> list[dict[str, Any]]:
    """Return the groups in order, each emoji as [characters, names, words, takes a skin tone]."""
    rows = [row for row in json.loads(SOURCE.read_text()) if "group" in row]
    rows.sort(key=lambda row: row["order"])
    return [
        {
            "name": name,
            "emoji": [
                entry
                for row in rows
                if row["group"] in numbers
                for entry in [_entry(row)]
                if entry is not None
            ],
        }
        for name, numbers in GROUPS
    ]


def names(characters: str) -> list[str]:
    """Return the names by which the server knows an emoji, the one that people use first."""
    about = emoji.EMOJI_DATA[characters]
    found = [name.strip(":").lower() for name in (*about.get("alias", ()), about["en"])]
    return [
        name
        for name in dict.fromkeys(found)
        if NAME.match(name) and emoji.emojize(f":{name}:", language="alias") == characters
    ]


def _entry(row: dict[str, Any]) -> list[Any] | None:
    characters = emoji.emojize(emoji.demojize(row["unicode"]))
    if not emoji.is_emoji(characters):
        return None
    own_names = names(characters)
    if not own_names:
        return None
    known = {part for name in own_names for part in name.split("_")}
    words = [
        word
        for tag in [*row["label"].lower().split(), *row.get("tags", ())]
        for word in [tag.strip("“”:,.()")]
        if word and word not in known
    ]
    return [
        characters,
        " ".join(own_names),
        " ".join(list(dict.fromkeys(words))[:WORDS_MAX]),
        int(_takes_tone(characters, row)),
    ]


def _takes_tone(characters: str, row: dict[str, Any]) -> bool:
    """Return whether a tone after its first character is a variant that everybody has."""
    toned = characters[0] + LIGHT + characters[1:].removeprefix("\ufe0f")
    return any(skin["unicode"] == toned for skin in row.get("skins", ()))


def written() -> str:
    lines = []
    for group in groups():
        entries = ",\n".join(
            "    " + json.dumps(entry, ensure_ascii=False) for entry in group["emoji"]
        )
        lines.append(f'  {{ "name": "{group["name"]}", "emoji": [\n{entries}\n  ]}}')
    return "[\n" + ",\n".join(lines) + "\n]\n"


def main() -> int:
    wanted = written()
    if "--check" not in sys.argv[1:]:
        TARGET.write_text(wanted)
    elif not TARGET.exists() or TARGET.read_text() != wanted:
        print(f"{TARGET.name} is not what ui/emoji_list.py writes. Run it.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
