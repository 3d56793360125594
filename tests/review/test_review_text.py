"""A review at a terminal."""

from dataclasses import replace
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
    assert "Standard-resolution alarm metrics: 1 at $0.10 per alarm metric" in text


def test_what_is_not_in_the_sum_is_counted_and_listed_when_asked() -> None:
    count = len(small_review().templates[0].cost.unknown)

    assert count == 1
    assert "1 thing is not in the sum, or not sure: see it with --verbose" in printed(small_review())
    listed = printed(small_review(), verbose=True)
    assert "Not in the sum, or not sure:\n- Requests of Orders/Function" in listed
    assert "see it with --verbose" not in listed


def test_many_things_that_are_not_in_the_sum_are_only_counted() -> None:
    cost = replace(template_review().cost, unknown=("Requests of A.", "Requests of B."))

    text = printed(small_review(templates=(template_review(cost=cost),)))

    assert "2 things are not in the sum, or not sure: see them with --verbose" in text


def test_a_million_requests_and_their_price_are_written_out() -> None:
    first, *_ = template_review().cost.lines
    requests = replace(first, what="Lambda requests", quantity=3e6, unit="request", unit_price=2e-7, usd=0.6)
    cost = replace(template_review().cost, lines=(requests,))

    text = printed(small_review(templates=(template_review(cost=cost),)), verbose=True)

    assert "Lambda requests: 3,000,000 at $0.0000002 per request" in text


def test_a_stack_of_which_nothing_can_be_caught_has_no_share() -> None:
    text = printed(small_review(templates=(template_review(coverage=Coverage(modes=())),)))

    assert "failures caught" not in text


def test_no_address_is_broken() -> None:
    address = f"https://docs.aws.amazon.com/{'long-' * 30}page.html"
    found = finding(remedy=f"Read {address} first.", source=address)

    text = printed(small_review(templates=(template_review(findings=(found,)),)), width=60)

    lines = [each.strip() for each in text.splitlines()]
    assert lines.count(address) == 2


def test_further_lines_of_a_change_begin_below_its_words() -> None:
    changed = replace(change(), message="word " * 30)

    text = printed(small_review(changes=(changed,)), width=60)

    lines = [each for each in text.splitlines() if "word" in each]
    assert len(lines) > 1
    assert {each.index("word") for each in lines} == {10}


@pytest.mark.parametrize(
    ("changes", "said"), [((change(),), "The alarm Orders/Errors is gone."), ((), "Nothing changed")]
)
def test_changes_come_before_the_templates(changes: Any, said: str) -> None:
    text = printed(small_review(changes=changes))

    assert text.index(said) < text.index("cdk.out/Orders.template.json")


def test_it_fits_a_narrow_terminal() -> None:
    lines = printed(small_review(), width=60).splitlines()

    assert all(cell_len(each) <= 60 or each.strip().startswith("https://") for each in lines)
