"""A review as JSON, as ``review.schema.json`` beside this module says it."""

import json
from pathlib import Path
from typing import Any, Final

from constructs_lib.review.finding import Finding
from constructs_lib.review.report import Cost, Coverage, Review, TemplateReview

__all__ = ["SCHEMA", "VERSION", "document_of", "json_of"]

SCHEMA: Final = Path(__file__).with_name("review.schema.json")
"""The JSON Schema of the form."""
VERSION: Final = 1
"""Goes up when a reader of the form would have to change; new keys leave it as it is."""


def json_of(review: Review) -> str:
    """`review` as JSON text."""
    return json.dumps(document_of(review), indent=1) + "\n"


def document_of(review: Review) -> dict[str, Any]:
    """`review` as plain data."""
    return {
        "version": VERSION,
        "usd_a_month": round(review.usd, 4),
        "budget": review.budget,
        "over_budget": review.over_budget,
        "templates": [_template(each) for each in review.templates],
        **({"changes": [each.as_json() for each in review.changes]} if review.changes is not None else {}),
    }


def _template(review: TemplateReview) -> dict[str, Any]:
    return {
        "path": review.path,
        "stack": review.stack,
        "region": review.region,
        "findings": [_finding(each) for each in review.findings],
        "coverage": _coverage(review.coverage),
        "covered": review.coverage.share,
        "cost": _cost(review.cost),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "family": finding.family,
        "severity": finding.severity.value,
        "logical_id": finding.logical_id,
        "construct_path": finding.construct_path,
        "message": finding.message,
        "remedy": finding.remedy,
        "source": finding.source,
        "acknowledged": finding.acknowledged,
        "origin": finding.origin,
    }


def _coverage(coverage: Coverage) -> list[dict[str, Any]]:
    return [
        {
            "logical_id": each.logical_id,
            "construct_path": each.construct_path,
            "kind": each.kind,
            "mode": each.mode,
            "title": each.title,
            "caught": each.caught.value,
            "alarms": list(each.alarms),
            "seconds": each.seconds,
            "proof": each.proof,
            "why": each.why,
        }
        for each in coverage.modes
    ]


def _cost(cost: Cost) -> dict[str, Any]:
    return {
        "region": cost.region,
        "prices_of": cost.prices_of,
        "usd": round(cost.usd, 4),
        "usd_with_free_tier": round(cost.usd_with_free_tier, 4),
        "lines": [
            {
                "logical_id": each.logical_id,
                "construct_path": each.construct_path,
                "group": each.group,
                "what": each.what,
                "quantity": each.quantity,
                "unit": each.unit,
                "unit_price": each.unit_price,
                "usd": each.usd,
                "usd_with_free_tier": each.usd_with_free_tier,
                "source": each.source,
            }
            for each in cost.lines
        ],
        "advice": list(cost.advice),
        "unknown": list(cost.unknown),
    }
