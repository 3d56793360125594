"""A review as Markdown."""

import re
from dataclasses import replace

from constructs_lib.review.finding import Severity
from constructs_lib.review.output.markdown import LONGEST, markdown_of
from constructs_lib.review.report import Coverage
from tests.review.review_cases import change, finding, mode, small_review, template_review


def test_it_begins_with_the_verdict() -> None:
    first = markdown_of(small_review()).splitlines()[0]

    assert first == "## Review: 1 error, 3 warnings, 0 notes; 33% of failures caught; $0.10 a month"


def test_errors_are_open_and_the_rest_is_folded() -> None:
    text = markdown_of(small_review())

    assert "<details open><summary>🛑 1 error</summary>" in text
    assert "<details><summary>⚠️ 3 warnings</summary>" in text
    assert text.count("<details") == text.count("</details>")


def test_findings_of_one_rule_share_their_remedy() -> None:
    text = markdown_of(small_review())

    assert (
        text.count("Add the topic that your people read to AlarmActions.") == 3
    )  # two rules of ours, one of cdk-nag
    assert "**`alarm-without-action`** (2)" in text
    assert "**`AwsSolutions: AwsSolutions-SQS3`** (1)" in text


def test_gaps_stand_in_a_table_whose_cells_no_name_can_leave() -> None:
    text = markdown_of(small_review())
    rows = [line for line in text.splitlines() if line.startswith("| ") and "gap" in line]

    assert rows == ["| Orders/Function | Invocations time out | ❌ gap | No alarm watches Duration. |"]


def test_names_from_a_template_are_text() -> None:
    text = markdown_of(small_review())

    assert "<script>" not in text
    assert not re.search(r"(?<!\\)\[x\]\(y\)", text)
    assert "@team" not in text


def test_what_was_acknowledged_is_listed_with_its_reason() -> None:
    text = markdown_of(small_review())

    assert "<details><summary>1 acknowledged</summary>" in text
    assert "It writes no logs." in text


def test_it_says_what_changed_first() -> None:
    text = markdown_of(small_review(changes=(change(), change(severity=Severity.NOTE, message="Cheaper."))))

    assert text.index("### What changed") < text.index("### Orders")
    assert "- ⚠️ The alarm Orders/Errors is gone." in text
    assert "- 💡 Cheaper." in text


def test_a_long_review_is_cut_to_a_comment_and_says_so() -> None:
    many = tuple(
        finding(message=f"Orders/Errors{number} {'x' * 200}.", remedy=f"Do {number}.")
        for number in range(900)
    )
    text = markdown_of(small_review(templates=(template_review(findings=many),)))

    assert LONGEST * 0.9 < len(text) <= LONGEST
    assert text.endswith("see `--format html`._\n")
    assert text.count("<details") == text.count("</details>")


def test_a_stack_without_gaps_and_costs_has_no_tables() -> None:
    calm = template_review(findings=(), coverage=Coverage(modes=(mode(),)))
    text = markdown_of(
        small_review(templates=(replace(calm, cost=replace(calm.cost, lines=(), unknown=())),))
    )

    assert "| ---" not in text
    assert "0 errors, 0 warnings, 0 notes" in text


def test_a_budget_is_judged_in_the_verdict() -> None:
    assert "$0.10 a month, over the budget of $0.05" in markdown_of(small_review(budget=0.05))
    assert "$0.10 a month, within the budget of $0.50" in markdown_of(small_review(budget=0.5))


def test_what_is_not_in_the_sum_is_told_also_where_nothing_has_a_price() -> None:
    free = replace(
        template_review().cost, lines=(), advice=(), unknown=("Requests of A: give a traffic file.",)
    )
    text = markdown_of(small_review(templates=(replace(template_review(), cost=free),)))

    assert "Not in the sum, or not sure:\n\n- Requests of A: give a traffic file." in text
    assert "| USD a month |" not in text


def test_a_stack_of_which_nothing_can_be_caught_has_no_share() -> None:
    text = markdown_of(small_review(templates=(template_review(coverage=Coverage(modes=())),)))

    assert "failures caught" not in text
