"""What four kinds of page look like: compared with a picture of each, within a tolerance.

Both are made small first, so that another version of the browser, which draws letters a
little differently, makes no difference, but a column that has moved does. ``pytest
--update-golden`` takes new pictures; look at them.
"""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import DESKTOP, PHONE

PICTURES = Path(__file__).parent / "pictures"
TOLERANCE = 0.006
"""Of the mean difference of two pictures, where 1 is black against white."""
IN_ONE_PLACE = 0.2
"""Of the difference of one small square; only few may differ by more."""

KINDS = [
    ("cover", "index.html", DESKTOP, "light"),
    ("section", "chapter/tour.html?tab=jax", DESKTOP, "light"),
    ("reading", "chapter/reading.html?tab=pytorch", PHONE, "dark"),
    ("works", "references.html", DESKTOP, "dark"),
]

COMPARE = """async ([one, other]) => {
  const width = 96, height = 60;
  const pixels = async (data) => {
    const image = await createImageBitmap(await (await fetch(data)).blob());
    const canvas = new OffscreenCanvas(width, height).getContext("2d");
    canvas.imageSmoothingQuality = "high";
    canvas.drawImage(image, 0, 0, width, height);
    return canvas.getImageData(0, 0, width, height).data;
  };
  const [first, second] = [await pixels(one), await pixels(other)];
  const squares = [];
  for (let i = 0; i < first.length; i += 4) {
    const by = [0, 1, 2].map((j) => Math.abs(first[i + j] - second[i + j]) / 255);
    squares.push((by[0] + by[1] + by[2]) / 3);
  }
  const mean = squares.reduce((sum, each) => sum + each) / squares.length;
  return [mean, squares.sort((a, b) => b - a)[Math.round(squares.length / 200)]];
}"""


def as_address(picture: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(picture).decode()


def difference(page: Page, one: bytes, other: bytes) -> tuple[float, float]:
    """The mean, and that of the squares that differ most but for one in 200."""
    mean, most = page.evaluate(COMPARE, [as_address(one), as_address(other)])
    return mean, most


@pytest.mark.parametrize(
    ("name", "address", "viewport", "scheme"), KINDS, ids=[k[0] for k in KINDS]
)
def test_a_page_looks_as_it_did(
    chromium: Browser,
    served: str,
    update_golden: bool,
    name: str,
    address: str,
    viewport: dict[str, int],
    scheme: str,
) -> None:
    with chromium.new_context(
        viewport=viewport,  # type: ignore[arg-type]
        color_scheme=scheme,  # type: ignore[arg-type]
        reduced_motion="reduce",
    ) as context:
        page = context.new_page()
        page.goto(f"{served}/{address}")
        page.wait_for_load_state("networkidle")
        page.evaluate("document.fonts.ready.then(() => true)")
        taken = page.screenshot()
        file = PICTURES / f"{name}.png"
        if update_golden:
            file.write_bytes(taken)
        mean, most = difference(page, taken, file.read_bytes())
    assert mean <= TOLERANCE
    assert most <= IN_ONE_PLACE


def test_a_difference_is_seen(chromium: Browser, served: str) -> None:
    with chromium.new_context(viewport=DESKTOP) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(f"{served}/chapter/tour.html")
        before = page.screenshot()
        assert difference(page, before, before) == (0, 0)
        page.get_by_role("button", name="Contents").click()
        page.wait_for_timeout(300)
        mean, _ = difference(page, before, page.screenshot())
    assert mean > TOLERANCE
