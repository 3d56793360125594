"""A review at a terminal."""

from io import BytesIO, StringIO, TextIOWrapper
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console

from constructs_lib.review.output.text import print_review
from constructs_lib.review.report import Coverage, Review
from tests.review.review_cases import NASTY, change, finding, mode, small_review, template_review


def printed(review: Review, *, verbose: bool = False, width: int = 160, **more: Any) -> str:
    file = StringIO()
    print_review(review, Console(file=file, width=width, highlight=False, **more), verbose=verbose)
    return file.getvalue()


def test_the_verdict_comes_first() -> None:
    first = printed(small_review()).splitlines()[0]

    assert first == "Review of Orders: 1 error, 3 warnings, 0 notes; 33% of failures caught; $0.10 a month"


def test_a_rule_is_told_once_with_all_of_its_places() -> None:
    text = printed(small_review())

    assert text.count("alarm-without-action") == 1
    assert "Orders/Errors has no AlarmActions." in text
    assert "Orders/Slow has no AlarmActions." in text
    assert "Do: Add the topic" in text
    assert NASTY.replace("\u202e", "\ufffd") in text


def test_nothing_in_a_template_moves_the_cursor_or_turns_the_text() -> None:
    bad = template_review(findings=(finding(message="a\x1b[2Jb\u202ec\nd\x07"),), stack="S\x1b[31m")

    text = printed(small_review(templates=(bad,)))

    assert "a\ufffd[2Jb\ufffdc d\ufffd" in text
    assert "\x1b" not in text


def test_many_places_are_counted_and_all_shown_when_asked() -> None:
    many = template_review(
        findings=tuple(finding(message=f"Alarm{number} tells nobody.") for number in range(9))
    )

    assert "and 4 more" in printed(small_review(templates=(many,)))
    assert "Alarm8 tells nobody." in printed(small_review(templates=(many,)), verbose=True)


def test_notes_are_counted_and_shown_when_asked() -> None:
    noted = template_review(findings=(finding(severity=finding().severity.NOTE, message="Could be better."),))

    assert "1 note: see it with --verbose" in printed(small_review(templates=(noted,)))
    assert "Could be better." in printed(small_review(templates=(noted,)), verbose=True)


def test_coverage_has_a_sign_a_failure_and_names_what_nobody_hears_of() -> None:
    text = printed(small_review())
    (row,) = [line for line in text.splitlines() if "Orders/Function  function" in line]

    assert "●◐○" in row
    assert "1/3" in row
    assert "Invocations are throttled; Invocations time out" in row


def test_signs_are_ascii_where_the_terminal_knows_no_others() -> None:
    file = TextIOWrapper(BytesIO(), encoding="ascii", errors="backslashreplace")
    print_review(small_review(), Console(file=file, width=160))
    file.flush()

    assert b"xu." in file.buffer.getvalue()


def test_many_resources_are_cut_and_all_shown_when_asked() -> None:
    many = template_review(
        coverage=Coverage(modes=tuple(mode(construct_path=f"F{number}") for number in range(20)))
    )

    assert "and 8 resources more" in printed(small_review(templates=(many,)))
    assert "F19" in printed(small_review(templates=(many,)), verbose=True)


def test_costs_are_summed_by_group_and_listed_when_asked() -> None:
    assert any(line.split() == ["0.10", "alarms"] for line in printed(small_review()).splitlines())
    text = printed(small_review(), verbose=True)
    assert "Standard-resolution alarm metrics (1 x 0.1 a alarm metric)" not in text
    assert "Standard-resolution alarm metrics: 1 at $0.1 each" in text
    assert "Not in the sum: Requests of Orders/Function" in text


@pytest.mark.parametrize(
    ("changes", "said"), [((change(),), "The alarm Orders/Errors is gone."), ((), "Nothing changed")]
)
def test_changes_come_before_the_templates(changes: Any, said: str) -> None:
    text = printed(small_review(changes=changes))

    assert text.index(said) < text.index("cdk.out/Orders.template.json")


def test_it_fits_a_narrow_terminal() -> None:
    assert max(map(cell_len, printed(small_review(), width=60).splitlines())) <= 60
