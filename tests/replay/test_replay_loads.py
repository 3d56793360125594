"""What a replay loads: the parser of expressions only where there is one."""

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.replay.small_app import alarm, app, composite

METRIC = {"Metric": {"Namespace": "Shop", "MetricName": "errors"}, "Stat": "Sum", "Period": 60}
SUM = alarm(
    "errors",
    **dict.fromkeys(("Namespace", "MetricName", "Statistic", "Period")),
    Metrics=[
        {"Id": "e", "Expression": "m + 1"},
        {"Id": "m", "ReturnData": False, "MetricStat": METRIC},
    ],
)
CODE = """
import json, sys
from constructs_lib.replay import MetricSeries, Timeline, replay
errors = MetricSeries.of("Shop", "errors", {}, [0, 1, 0], start="2026-03-02T09:00Z")
report = replay(json.loads(sys.argv[1]), Timeline.of([errors]))
print(len(report.stacks[0].alarms), "lark" in sys.modules)
"""


@pytest.mark.parametrize(
    ("resources", "loaded"),
    [
        ({"A": alarm("errors")}, "False"),
        ({"A": SUM}, "True"),
        ({"A": alarm("errors"), "C": composite("c", "ALARM(errors)")}, "True"),
    ],
)
def test_the_parser_is_loaded_where_there_is_an_expression(resources: dict[str, Any], loaded: str) -> None:
    arguments = [sys.executable, "-c", CODE, json.dumps(app(**resources))]
    done = subprocess.run(arguments, check=True, capture_output=True, text=True)

    assert done.stdout.split() == [str(len(resources)), loaded]
