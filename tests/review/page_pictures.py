"""Takes the pictures of the page that the documentation shows: ``python -m tests.review.page_pictures cdk.out``."""

import io
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from PIL import Image

from constructs_lib.review.output.html import html_of
from tests.review.browser import Browser
from tests.synthesis import ROOT

__all__ = ["take"]

_TARGET: Final = ROOT / "docs/_static"
_COLOURS: Final = 256
_PICTURES: Final[dict[str, dict[str, Any]]] = {
    "review-page": {"height": 860},
    "review-coverage": {"fragment": "coverage", "height": 620, "scheme": "dark"},
    "review-architecture": {"fragment": "architecture", "height": 620},
    "review-phone": {"width": 390, "height": 780},
}


def take(page: str, folder: Path) -> list[Path]:
    """Save a picture of each part of a page that is shown; the files."""
    taken = []
    with TemporaryDirectory() as home, Browser() as browser:
        file = Path(home) / "review.html"
        file.write_text(page, encoding="utf-8")
        for name, how in _PICTURES.items():
            opened = browser.open(file, **how)
            # A smooth scroll to the fragment takes a moment.
            opened.evaluate("new Promise((done) => setTimeout(done, 1000))")
            taken.append(folder / f"{name}.png")
            taken[-1].write_bytes(_small(opened.picture()))
    return taken


def _small(picture: bytes) -> bytes:
    """The same picture with few colours."""
    small = io.BytesIO()
    Image.open(io.BytesIO(picture)).convert("RGB").quantize(_COLOURS).save(small, "PNG", optimize=True)
    return small.getvalue()


if __name__ == "__main__":
    from constructs_lib.review.reviewing import review

    take(html_of(review(*sys.argv[1:])), _TARGET)
