"""Metrics read out of a log line in the embedded metric format."""

import json
from typing import Any

import pytest

from local_cloud.embedded_metrics import Metric, extract


def _line(**changes: Any) -> str:
    directive = {
        "Namespace": "Shop",
        "Dimensions": [["service"], ["service", "stage"]],
        "Metrics": [{"Name": "Orders", "Unit": "Count"}, {"Name": "Amount"}],
    }
    document = {
        "_aws": {"Timestamp": 1, "CloudWatchMetrics": [directive]},
        "service": "orders",
        "stage": "test",
    }
    return json.dumps({**document, "Orders": 1, "Amount": [5, 7.5], **changes})


def test_every_metric_is_published_under_every_set_of_dimensions() -> None:
    assert list(extract(_line())) == [
        Metric("Shop", "Orders", "Count", {"service": "orders"}, (1.0,)),
        Metric("Shop", "Amount", "None", {"service": "orders"}, (5.0, 7.5)),
        Metric("Shop", "Orders", "Count", {"service": "orders", "stage": "test"}, (1.0,)),
        Metric("Shop", "Amount", "None", {"service": "orders", "stage": "test"}, (5.0, 7.5)),
    ]


@pytest.mark.parametrize(
    "line", ["", "plain", "{}", '{"CloudWatchMetrics"', '["CloudWatchMetrics"]', '"CloudWatchMetrics"']
)
def test_other_lines_hold_no_metrics(line: str) -> None:
    assert list(extract(line)) == []


def test_values_that_are_no_numbers_are_left_out() -> None:
    assert [metric.name for metric in extract(_line(Orders="many"))] == ["Amount", "Amount"]
