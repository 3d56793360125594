"""Why an alarm is in a state, in the words of CloudWatch."""

from collections.abc import Mapping
from typing import Final

import numpy as np

from constructs_lib.replay import outcomes
from constructs_lib.replay.metric_states import Seen

__all__ = ["SIGNS", "reason_for"]

SIGNS: Final[Mapping[str, str]] = {
    "GreaterThanOrEqualToThreshold": ">=",
    "GreaterThanThreshold": ">",
    "LessThanOrEqualToThreshold": "<=",
    "LessThanThreshold": "<",
    "GreaterThanUpperThreshold": "above",
    "LessThanLowerThreshold": "below",
    "LessThanLowerOrGreaterThanUpperThreshold": "outside",
}
_MOST_SHOWN: Final = 5


def reason_for(seen: Seen, index: int) -> str:
    """Why the alarm is in the state that it is in after the evaluation number `index`."""
    alarm = seen.alarm
    step = float(seen.moments[1] - seen.moments[0]) if len(seen.moments) > 1 else alarm.period
    back = max(1, round(alarm.period / step))
    recent = [
        seen.values[each] for each in range(index - back * (alarm.periods - 1), index + 1, back) if each >= 0
    ]
    if outcomes.STATES[seen.states[index]] == "INSUFFICIENT_DATA" or np.isnan(recent).all():
        return f"no datapoint in {alarm.periods} periods of {alarm.period} s"
    shown = ", ".join("missing" if np.isnan(value) else f"{value:.4g}" for value in recent[-_MOST_SHOWN:])
    return (
        f"{shown} {SIGNS[alarm.operator]} {_limit(seen, index)}, {alarm.needed} of {alarm.periods} to alarm"
    )


def _limit(seen: Seen, index: int) -> str:
    if seen.lower is None or seen.upper is None:
        return f"{seen.alarm.threshold:g}"
    return f"the band {seen.lower[index]:.4g} to {seen.upper[index]:.4g}"
