"""What may stand in a name."""

from protocol.characters import in_one_line


def test_a_name_is_one_line_of_visible_characters() -> None:
    assert in_one_line(" a\u202eb\n c\x00 ", limit=80) == "ab c"
    assert in_one_line("\u200b\ufeff", limit=80) == ""
    assert len(in_one_line("x" * 200, limit=80)) == 80
