"""All functions of metric math: those that are computed, and those that are not."""

from collections.abc import Mapping
from typing import Final

from constructs_lib.replay.expressions.calls import Call, Function, Misuse
from constructs_lib.replay.expressions.functions import (
    across,
    along,
    arrays,
    choice,
    clock,
    each,
    gaps,
    request,
)
from constructs_lib.replay.expressions.values import Value

__all__ = ["BAND", "FUNCTIONS", "REFUSED"]

BAND: Final = "ANOMALY_DETECTION_BAND"
REFUSED: Final[Mapping[str, str]] = {
    "SEARCH": "it gives several time series, and an alarm watches one",
    "INSIGHT_RULE_METRIC": "its values come from Contributor Insights, and not from metrics",
    "LAMBDA": "its values come from a function in the account, and not from metrics",
    "DB_PERF_INSIGHTS": "its values come from Performance Insights, and not from metrics",
}


def _band(call: Call) -> Value:
    raise Misuse(
        f"{call.name} is not computed as a part of an expression: the band comes from a trained model"
    )


FUNCTIONS: Final[Mapping[str, Function]] = {
    **across.FUNCTIONS,
    **along.FUNCTIONS,
    **arrays.FUNCTIONS,
    **choice.FUNCTIONS,
    **clock.FUNCTIONS,
    **each.FUNCTIONS,
    **gaps.FUNCTIONS,
    **request.FUNCTIONS,
    BAND: Function(_band, 1, 2),
}
