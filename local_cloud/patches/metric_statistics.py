"""CloudWatch's statistics other than the basic five, as `constructs_lib.replay.statistics` has them.

Of negative values, and of statistic sets of different values, there are none.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from constructs_lib.replay.statistics import StatisticError, parse_statistic
from local_cloud.hooks import internal, replace


def install() -> None:
    replace("services.cloudwatch._stat_value", lambda _: value)
    replace("services.cloudwatch._is_percentile_stat", lambda _: is_extended)


def value(
    stats: Mapping[str, float], stat_name: str, points: Sequence[dict[str, Any]] | None = None
) -> float | None:
    """A statistic of the points of one period, whose basic ones are known; None where there is none.

    Raises:
        StatisticError: there is no such statistic.
    """
    if stat_name in stats:
        return stats[stat_name]
    statistic = parse_statistic(stat_name)
    if statistic.basic:
        return stats.get(statistic.name)
    samples = internal("services.cloudwatch._percentile_samples")(points or ())
    if not samples:
        return None
    values, weights = np.array(sorted(samples)).T
    found = float(statistic.of(values[np.newaxis], weights[np.newaxis])[0])
    return None if np.isnan(found) else found


def is_extended(stat_name: str) -> bool:
    """Whether it is a statistic other than the basic five."""
    try:
        return not parse_statistic(stat_name).basic
    except StatisticError:
        return False
