"""Photos and screenshots become no larger than paper can show."""

from __future__ import annotations

import io

import pytest
from d2lbook.volume.rasters import HIGHEST, WIDEST, fitted, suffix_of
from PIL import Image


def picture(form: str, size: tuple[int, int], mode: str = "RGB", **options: object) -> bytes:
    written = io.BytesIO()
    Image.new(mode, size).save(written, form, **options)
    return written.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_large_ones_are_made_smaller(form: str, mode: str) -> None:
    found = opened(fitted(picture(form, (4000, 3000), mode)))
    assert (found.format, found.mode) == (form, mode)
    assert found.size == (WIDEST, round(WIDEST * 3 / 4))
    assert opened(fitted(picture(form, (300, 9000), mode))).size[1] == HIGHEST


def test_palettes_keep_their_transparency() -> None:
    content = picture("PNG", (4000, 400), "P", transparency=0)
    assert opened(fitted(content)).getpixel((0, 0)) == (0, 0, 0, 0)


def test_they_stay_upright_and_as_wide_as_they_were() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter, as cameras write it
    content = picture("JPEG", (4000, 3000), exif=exif, dpi=(400, 400))
    found = opened(fitted(content))
    assert found.size == (round(WIDEST * 3 / 4), WIDEST)
    assert found.info["dpi"] == pytest.approx((400 * WIDEST / 4000,) * 2, abs=1)


def test_all_others_stay_as_they_are() -> None:
    small = picture("PNG", (WIDEST + 1, 10))
    assert fitted(small) == small
    assert fitted(b"no picture") == b"no picture"
    animated = picture("GIF", (4000, 10), "P")
    assert fitted(animated) == animated


@pytest.mark.parametrize(
    ("content", "suffix"),
    [
        (picture("PNG", (1, 1)), ".png"),
        (picture("JPEG", (1, 1)), ".jpg"),
        (picture("GIF", (1, 1)), ".gif"),
        (picture("WEBP", (1, 1)), ".webp"),
        (b"<svg/>", ".svg"),
        (b"<?xml version='1.0'?>\n<!-- drawn -->\n<!DOCTYPE svg>\n<svg>", ".svg"),
        (b"no picture", ".jpeg"),
    ],
)
def test_their_content_says_what_they_are(content: bytes, suffix: str) -> None:
    assert suffix_of(content, "a.JPEG") == suffix
