"""The same things monitored with cdk-monitoring-constructs.

It has alarms of its own for some of them; the others are custom metrics, its way for whatever it does not know. Its
dashboards are switched off, since the other sides make none.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache, partial
from typing import Any

import aws_cdk as cdk
import cdk_monitoring_constructs as monitoring

from benchmarks.l2_alarms import COMPARISONS, MISSING
from benchmarks.metrics import Metrics
from benchmarks.watched import Figures, Scene, Watched, scene
from benchmarks.workload import Build

__all__ = ["ITS_OWN", "build", "build_its_own"]


_duration = cache(cdk.Duration.millis)


def _of_errors(threshold: float, **options: Any) -> monitoring.ErrorCountThreshold:
    return monitoring.ErrorCountThreshold(max_error_count=threshold, **options)


def _of_rate(percent: float, **options: Any) -> monitoring.ErrorRateThreshold:
    return monitoring.ErrorRateThreshold(max_error_rate=percent / 100, **options)


def _of_latency(milliseconds: float, **options: Any) -> monitoring.LatencyThreshold:
    return monitoring.LatencyThreshold(max_latency=_duration(milliseconds), **options)


def _of_tasks(threshold: float, **options: Any) -> monitoring.RunningTaskCountThreshold:
    return monitoring.RunningTaskCountThreshold(max_running_tasks=threshold, **options)


def _of_messages(threshold: float, **options: Any) -> monitoring.MaxMessageCountThreshold:
    return monitoring.MaxMessageCountThreshold(max_message_count=threshold, **options)


Threshold = Callable[..., monitoring.CustomAlarmThreshold]

_OF_FUNCTION: dict[str, tuple[str, Threshold]] = {
    "errors": ("add_fault_count_alarm", _of_errors),
    "error_rate": ("add_fault_rate_alarm", _of_rate),
    "throttles": ("add_throttles_count_alarm", _of_errors),
    "duration": ("add_latency_p99_alarm", _of_latency),
    "concurrency": ("add_concurrent_executions_count_alarm", _of_tasks),
    "spillover": ("add_provisioned_concurrency_spillover_invocations_count_alarm", _of_tasks),
}
"""Rows of the library's table for which `monitor_lambda_function` has an argument, and that argument's type."""

_OF_QUEUE: dict[str, tuple[str, Threshold]] = {
    "dead_letter_depth": ("add_queue_max_size_alarm", _of_messages)
}
"""Likewise for `monitor_sqs_queue`."""


ITS_OWN = frozenset({*_OF_FUNCTION, *_OF_QUEUE})
"""The rows of the library's table that it has an alarm of its own for."""


def build(stack: cdk.Stack) -> Build:
    """Full sets of alarms on functions that are there."""
    return partial(_sets, stack, scene(stack))


def build_its_own(stack: cdk.Stack) -> Build:
    """Likewise, of the alarms that it has itself."""
    given = scene(stack)
    own = [each for each in given.alarms if each.row.name in ITS_OWN]
    return partial(_sets, stack, replace(given, alarms=own))


def _sets(stack: cdk.Stack, given: Scene, count: int) -> None:
    metrics = Metrics(given.alarms, given.durations)
    notify = monitoring.SnsAlarmActionStrategy(on_alarm_topic=given.topic)
    facade = monitoring.MonitoringFacade(
        stack,
        "Monitoring",
        dashboard_factory=monitoring.DefaultDashboardFactory(
            stack, "Dashboards", dashboard_name_prefix="Monitoring", create_dashboard=False
        ),
    )
    for number, watched in enumerate(given.functions[:count]):
        name = f"Function{number}"
        _monitor(facade, name, watched, given, metrics)
        facade.create_composite_alarm_using_tag(
            name,
            action_override=notify,
            disambiguator=name,
            alarm_description_override="At least one alarm of this function rings.",
        )


def _monitor(
    facade: monitoring.MonitoringFacade, name: str, watched: Watched, given: Scene, metrics: Metrics
) -> None:
    facade.monitor_lambda_function(
        lambda_function=watched.alias,
        alarm_friendly_name=name,
        human_readable_name=name,
        **_arguments(_OF_FUNCTION, name, given),
    )
    facade.monitor_sqs_queue(
        queue=watched.queue,
        alarm_friendly_name=f"{name}-Queue",
        human_readable_name=name,
        **_arguments(_OF_QUEUE, name, given),
    )
    custom = [
        _custom(name, watched, given, metrics, each) for each in given.alarms if each.row.name not in ITS_OWN
    ]
    if custom:
        facade.monitor_custom(
            alarm_friendly_name=name,
            human_readable_name=name,
            metric_groups=[monitoring.CustomMetricGroup(title=name, metrics=custom)],
        )


def _arguments(table: Mapping[str, tuple[str, Threshold]], name: str, given: Scene) -> dict[str, Any]:
    """The arguments that switch on the alarms of `table`. What tells alarms apart may not be the same for two."""
    found: dict[str, Any] = {}
    for each in given.alarms:
        if each.row.name in table:
            argument, threshold = table[each.row.name]
            found[argument] = {
                each.row.construct_id: threshold(each.threshold, **_options(name, each, given))
            }
    return found


def _custom(
    name: str,
    watched: Watched,
    given: Scene,
    metrics: Metrics,
    alarm: Figures,
) -> monitoring.CustomMetricWithAlarm:
    options = _options(name, alarm, given)
    threshold = monitoring.CustomThreshold(
        threshold=alarm.threshold,
        comparison_operator=options.pop("comparison_operator_override"),
        **options,
    )
    return monitoring.CustomMetricWithAlarm(
        metric=metrics.of(watched.log_group, watched, alarm.row),
        alarm_friendly_name=alarm.row.construct_id,
        add_alarm={alarm.row.construct_id: threshold},
    )


def _options(name: str, alarm: Figures, given: Scene) -> dict[str, Any]:
    row = alarm.row
    return {
        "period": given.durations[row.period],
        "evaluation_periods": row.evaluation_periods,
        "datapoints_to_alarm": row.datapoints_to_alarm,
        "comparison_operator_override": COMPARISONS[row.comparison_operator],
        "treat_missing_data_override": MISSING[row.treat_missing_data],
        "alarm_description_override": alarm.description,
        "custom_tags": [name] if alarm.notifies else [],
    }
