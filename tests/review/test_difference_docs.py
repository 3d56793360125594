"""The page on differences shows what is really told."""

import re
from pathlib import Path

from constructs_lib.review.difference import changes_between
from tests.reviewing import reading_of

_PAGE = Path(__file__).parents[2] / "docs" / "review_difference.md"


def test_the_example_of_the_page_is_told_as_it_shows() -> None:
    page = _PAGE.read_text(encoding="utf-8")
    before, after = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    (shown,) = re.findall(r"```text\n(.*?)```", page, re.DOTALL)

    changes = changes_between(reading_of(before), reading_of(after))

    assert [f"{each.severity:<8} {each.message}" for each in changes] == shown.splitlines()
