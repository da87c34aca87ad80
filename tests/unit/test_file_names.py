"""Whatever a file is called, its name is short, visible, and no path."""

import unicodedata

import pytest
from django.utils.http import content_disposition_header
from hypothesis import given
from hypothesis import strategies as st

from files import names
from protocol.limits import FILE_NAME_MAX_CHARS

NAMES = [
    ("report.pdf", "report.pdf"),
    ("/etc/passwd", "passwd"),
    ("../../secret.txt", "secret.txt"),
    ("C:\\Users\\ann\\photo.jpg", "photo.jpg"),
    ("..\\..\\x.bat", "x.bat"),
    ("photo\x00.jpg", "photo.jpg"),
    ("a\r\nSet-Cookie: x=1", "a Set-Cookie_ x=1"),
    ("a\nb.txt", "a b.txt"),
    ("tab\tname.txt", "tab name.txt"),
    ("\u202egpj.exe", "gpj.exe"),
    ("photo\u202egnp.exe", "photognp.exe"),
    ("\u2066x\u2069.txt", "x.txt"),
    ("zero\u200bwidth.txt", "zerowidth.txt"),
    ("\ufeffbom.txt", "bom.txt"),
    ("line\u2028end.txt", "lineend.txt"),
    ("bell\x07.txt", "bell.txt"),
    ("del\x7f.txt", "del.txt"),
    ("c1\x9b31m.txt", "c131m.txt"),
    ("", "file"),
    (".", "file"),
    ("..", "file"),
    ("...", "file"),
    ("   ", "file"),
    ("/", "file"),
    ("folder/", "file"),
    (".bashrc", "bashrc"),
    ("name.", "name"),
    ("name. ", "name"),
    (" name.txt ", "name.txt"),
    ("a    b.txt", "a b.txt"),
    ("CON", "_CON"),
    ("con.txt", "_con.txt"),
    ("LPT1", "_LPT1"),
    ("console.log", "console.log"),
    ('quo"te.txt', "quo_te.txt"),
    ("<script>alert(1)</script>.png", "script_.png"),
    ("a:b|c?d*.txt", "a_b_c_d_.txt"),
    ("größe.txt", "größe.txt"),
    ("日本語.txt", "日本語.txt"),
    ("e\u0301.txt", "é.txt"),
    ("picture.html.png", "picture.html.png"),
    ("tar.gz", "tar.gz"),
]


@pytest.mark.parametrize(("given_name", "kept"), NAMES, ids=range(len(NAMES)))
def test_a_name_is_a_name_and_nothing_else(given_name: str, kept: str) -> None:
    assert names.clean(given_name) == kept


def test_a_long_name_keeps_its_extension() -> None:
    assert names.clean("x" * 4096 + ".pdf").endswith("x.pdf")
    assert len(names.clean("x" * 4096 + ".pdf")) == FILE_NAME_MAX_CHARS
    assert len(names.clean("日" * 4096 + ".pdf").encode()) <= names.NAME_MAX_BYTES
    assert len(names.clean("." + "x" * 4096)) <= FILE_NAME_MAX_CHARS


@given(st.text(max_size=400))
def test_no_name_whatsoever_is_dangerous(text: str) -> None:
    name = names.clean(text)
    assert name
    assert not set('/\\\0\r\n"') & set(name)
    assert name not in {".", ".."}
    assert all(unicodedata.category(one) not in {"Cc", "Cf", "Cs"} for one in name)
    assert len(name) <= FILE_NAME_MAX_CHARS
    assert names.clean(name) == name
    header = content_disposition_header(as_attachment=True, filename=name)
    assert header is not None
    header.encode("ascii")
