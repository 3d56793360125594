"""The page on coverage says what the modes say."""

from constructs_lib.review.coverage.mode import LOST_A_MINUTE, PER_MINUTE, SHARE
from constructs_lib.review.coverage.modes import MODES
from tests.synthesis import ROOT

PAGE = (ROOT / "docs" / "review_coverage.md").read_text()


def test_each_failure_mode_has_its_row_and_there_is_no_other() -> None:
    rows = [
        f"| {kind} | {each.title} | {', '.join(f'`{name}`' for _, name in each.metrics)} | "
        f"{'yes' if each.essential else 'no'} | [page]({each.source}) |"
        for kind, modes in MODES.items()
        for each in modes
    ]

    assert [line for line in PAGE.splitlines() if "| [page](" in line] == rows


def test_the_incidents_are_as_large_as_it_says() -> None:
    assert f"| {PER_MINUTE} a minute, of requests" in PAGE
    assert f"| {SHARE:.0%}".replace("%", " %") in PAGE
    assert f"| {60 * LOST_A_MINUTE:.0f} in an hour |" in PAGE
