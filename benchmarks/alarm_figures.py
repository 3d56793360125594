"""The full set of a function's alarms, against the same by L2 constructs and by cdk-monitoring-constructs."""

from collections.abc import Mapping
from typing import Any

from benchmarks import l2_alarms, monitoring_alarms, our_alarms, slopes, templates, workload
from benchmarks.figures import Figure, compared
from benchmarks.monitoring_alarms import ITS_OWN
from benchmarks.same import differences
from benchmarks.watched import scene

__all__ = ["alarmed", "alarms_that_differ", "coverage", "figures", "only_alarmed_by_one"]

_KIND = "AWS::CloudWatch::Alarm"
_SETS = 2
_OTHER = "cdk-monitoring"


def figures(repetitions: int) -> list[Figure]:
    """One more set of alarms on a function that is there: in full, and of those that cdk-monitoring-constructs has."""
    others = (l2_alarms.build, monitoring_alarms.build)
    full_set = slopes.time_slopes(our_alarms.build, others, repetitions)
    calls = [slopes.calls_of(our_alarms.build, other) for other in others]
    own = (our_alarms.build_only(ITS_OWN), monitoring_alarms.build_its_own)
    ((own_build, own_both),) = slopes.time_slopes(own[0], own[1:], repetitions)
    return [
        *compared("one more full alarm set", "L2s", (*full_set[0], calls[0]), (0.7, 1.0, 0.4)),
        *compared("one more full alarm set", _OTHER, (*full_set[1], calls[1]), (None, 1.0, None)),
        *compared(
            f"one more set of its own {len(ITS_OWN)}",
            _OTHER,
            (own_build, own_both, slopes.calls_of(*own)),
            (None, 1.0, None),
        ),
    ]


def alarms_that_differ() -> list[str]:
    """What differs between this library's alarms and those by L2 constructs, resource by resource."""
    return differences(*(templates.template(side, _SETS) for side in (our_alarms.build, l2_alarms.build)))


def only_alarmed_by_one() -> tuple[set[str], set[str]]:
    """The metrics that only one of this library and cdk-monitoring-constructs alarms on."""
    ours, other = (
        alarmed(templates.template(side, 1)) for side in (our_alarms.build, monitoring_alarms.build)
    )
    return ours - other, other - ours


def alarmed(template: Mapping[str, Any]) -> set[str]:
    """The names of the metrics that the alarms of `template` look at."""
    found: set[str] = set()
    for resource in template["Resources"].values():
        if resource["Type"] == _KIND:
            found |= {_text(metric["MetricName"]) for metric in _metrics(resource["Properties"])}
    return found


def _metrics(alarm: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    if "MetricName" in alarm:
        return [alarm]
    return [query["MetricStat"]["Metric"] for query in alarm["Metrics"] if "MetricStat" in query]


def _text(name: str | Mapping[str, Any]) -> str:
    """The name of a metric, without the function's name that a metric of its log lines starts with."""
    if isinstance(name, str):
        return name
    last: str = name["Fn::Join"][1][-1]
    return last.removeprefix("/")


def coverage() -> str:
    """How many of the alarms cdk-monitoring-constructs has, and how far the metrics are the same."""
    with workload.new_stack() as (_, stack):
        names = [each.row.name for each in scene(stack).alarms]
    own = [name for name in names if name in ITS_OWN]
    only_ours, only_other = (", ".join(sorted(metrics)) or "none" for metrics in only_alarmed_by_one())
    return (
        f"A full set is {len(names)} alarms. cdk-monitoring-constructs has {len(own)} of them itself "
        f"({', '.join(own)}); the other {len(names) - len(own)} are custom metrics to it. "
        f"Metrics that only our alarms look at: {only_ours}; only its: {only_other}."
    )
