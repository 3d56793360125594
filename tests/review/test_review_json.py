"""A review as JSON."""

import json
from typing import Any

import jsonschema
import pytest

from constructs_lib.review.output.json_form import SCHEMA, VERSION, document_of, json_of
from constructs_lib.review.report import Review
from tests.review.review_cases import NASTY, change, small_review


@pytest.fixture(scope="module")
def schema() -> Any:
    return json.loads(SCHEMA.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "review",
    [
        small_review(),
        small_review(budget=5.0),
        small_review(changes=(change(),)),
        small_review(changes=()),
        Review(templates=()),
    ],
    ids=["a review", "with a budget", "compared", "compared with its like", "of nothing"],
)
def test_it_is_as_its_schema_says(review: Review, schema: Any) -> None:
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads(json_of(review)), schema)


def test_a_template_has_findings_coverage_and_cost() -> None:
    (template,) = document_of(small_review())["templates"]

    assert {"path", "stack", "findings", "coverage", "cost"} <= set(template)
    assert template["stack"] == "Orders"
    assert {"rule", "severity", "logical_id", "construct_path", "message", "remedy", "source"} <= set(
        template["findings"][0]
    )
    assert template["findings"][0]["severity"] == "error"
    assert template["findings"][0]["construct_path"] == NASTY
    assert template["coverage"][0]["caught"] == "caught"
    assert template["covered"] == pytest.approx(1 / 3)
    assert template["cost"]["usd"] == pytest.approx(0.1)
    assert template["cost"]["lines"][1]["usd"] is None


def test_acknowledged_findings_are_in_it_with_their_reasons() -> None:
    (template,) = document_of(small_review())["templates"]

    assert [each["acknowledged"] for each in template["findings"]] == [
        None,
        None,
        None,
        "It writes no logs.",
        None,
    ]


def test_changes_are_in_it_only_where_templates_were_compared(schema: Any) -> None:
    assert "changes" not in document_of(small_review())
    assert document_of(small_review(changes=()))["changes"] == []
    assert document_of(small_review(changes=(change(),)))["changes"][0]["kind"] == "alarm-gone"
    assert document_of(small_review())["version"] == VERSION == schema["properties"]["version"]["const"]
