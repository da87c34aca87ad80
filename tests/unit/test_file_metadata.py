"""What a camera writes into a picture is left out; the picture stays as it is."""

import io
import tempfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from files import kinds, metadata
from tests.unit import pictures

KINDS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "GIF": "image/gif"}


def strip(kind: str, data: bytes) -> tuple[bytes, metadata.Size]:
    with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as target:
        source.write(data)
        source.flush()
        size = metadata.strip(kind, source, target)
        target.seek(0)
        return target.read(), size


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", [1, 6])
def test_where_and_when_is_gone_and_the_pixels_are_the_same(kind: str, orientation: int) -> None:
    data = pictures.photo(orientation, kind)
    assert b"canary" in data
    stripped, _ = strip(KINDS[kind], data)
    assert b"canary" not in stripped
    before, after = Image.open(io.BytesIO(data)), Image.open(io.BytesIO(stripped))
    assert before.tobytes() == after.tobytes()
    assert not after.getexif().get_ifd(0x8825)


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_a_turned_photo_stays_turned(kind: str) -> None:
    stripped, size = strip(KINDS[kind], pictures.photo(6, kind))
    assert size == metadata.Size(40, 80)
    assert dict(Image.open(io.BytesIO(stripped)).getexif()) == {0x0112: 6}


def test_nothing_hangs_behind_a_jpeg() -> None:
    stripped, _ = strip("image/jpeg", pictures.photo() + b"canary" + pictures.photo())
    assert b"canary" not in stripped
    assert stripped.endswith(b"\xff\xd9")


def test_a_progressive_jpeg_keeps_all_its_scans() -> None:
    data = pictures.photo(1, "JPEG", progressive=True)
    stripped, _ = strip("image/jpeg", data)
    assert Image.open(io.BytesIO(stripped)).tobytes() == Image.open(io.BytesIO(data)).tobytes()


def test_colours_are_kept() -> None:
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for kind in ("JPEG", "PNG", "WEBP"):
        stripped, _ = strip(KINDS[kind], pictures.saved(kind, icc_profile=profile))
        assert Image.open(io.BytesIO(stripped)).info["icc_profile"] == profile


def test_a_moving_picture_goes_on_moving_without_its_comment() -> None:
    data = pictures.moving("GIF").replace(
        b"!\xff\x0bNETSCAPE", b"!\xfe\x06canary\0!\xff\x0bNETSCAPE"
    )
    stripped, size = strip("image/gif", data)
    assert b"canary" not in stripped
    assert size == metadata.Size(60, 60)
    opened = Image.open(io.BytesIO(stripped))
    assert (getattr(opened, "n_frames", 1), opened.info["loop"]) == (3, 0)
    stripped, size = strip("image/webp", pictures.moving("WEBP"))
    assert getattr(Image.open(io.BytesIO(stripped)), "n_frames", 1) == 3


@pytest.mark.parametrize("kind", sorted(KINDS))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(data=st.data())
def test_a_damaged_picture_is_refused_or_copied_and_never_more(
    kind: str, data: st.DataObject
) -> None:
    whole = pictures.saved(kind)
    cut = data.draw(st.integers(0, len(whole)))
    at = data.draw(st.integers(0, len(whole) - 1))
    for damaged in (
        whole[:cut],
        whole[:at] + bytes((data.draw(st.integers(0, 255)),)) + whole[at + 1 :],
    ):
        try:
            stripped, size = strip(KINDS[kind], damaged)
        except metadata.NotAPicture:
            continue
        assert size.width
        assert len(stripped) <= len(damaged) + 64


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_something_else_is_no_picture(kind: str) -> None:
    for data in (b"", b"hello", b"\xff" * 100, b"<svg/>", b"\0" * 1000):
        with pytest.raises(metadata.NotAPicture):
            strip(KINDS[kind], data)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (pictures.saved("PNG"), "image/png"),
        (pictures.saved("JPEG"), "image/jpeg"),
        (pictures.saved("GIF"), "image/gif"),
        (pictures.saved("WEBP"), "image/webp"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "application/pdf"),
        (b"PK\x03\x04" + b"\0" * 40, "application/zip"),
        (b"hello world", "text/plain"),
        ("größe".encode(), "text/plain"),
        (b"", "text/plain"),
        (b"\0\1\2\3\4\5", "application/octet-stream"),
        (b"\0\0\0\x18ftypmp42" + b"\0" * 40, "video/mp4"),
        (b"OggS\0\2" + b"\0" * 40, "audio/ogg"),
        (b"ID3\x03" + b"\0" * 40, "audio/mpeg"),
    ],
)
def test_the_bytes_say_what_it_is(data: bytes, kind: str) -> None:
    assert kinds.of(data) == kind


@pytest.mark.parametrize(
    "data",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<?xml version='1.0'?><svg onload='alert(1)'/>",
        b"<!DOCTYPE html><script>alert(1)</script>",
        b"<html><body onload=alert(1)>",
        b"GIF89a=1;alert(1)//",
        b"%!PS-Adobe-3.0",
        b"MZ\x90\0",
    ],
)
def test_what_could_run_is_never_shown_in_place(data: bytes) -> None:
    kind = kinds.of(data)
    assert kind not in kinds.INLINE
