"""The full set of a function's alarms, hand-written with the L2 constructs of aws-cdk-lib."""

from functools import partial

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from constructs import Construct

from benchmarks.metrics import Metrics
from benchmarks.watched import Figures, Scene, scene
from benchmarks.workload import Build

__all__ = ["COMPARISONS", "MISSING", "build", "by_hand"]

COMPARISONS = {
    "GreaterThanOrEqualToThreshold": cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    "GreaterThanThreshold": cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    "LessThanOrEqualToThreshold": cloudwatch.ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD,
    "LessThanThreshold": cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
}
MISSING = {
    "notBreaching": cloudwatch.TreatMissingData.NOT_BREACHING,
    "breaching": cloudwatch.TreatMissingData.BREACHING,
    "ignore": cloudwatch.TreatMissingData.IGNORE,
}


def build(stack: cdk.Stack) -> Build:
    """Full sets of alarms on functions that are there."""
    return partial(_sets, stack, scene(stack))


def _sets(stack: cdk.Stack, given: Scene, count: int) -> None:
    metrics = Metrics(given.alarms, given.durations)
    notify = actions.SnsAction(given.topic)
    for number, watched in enumerate(given.functions[:count]):
        scope = Construct(stack, f"Alarms{number}")
        alarms = [(each, by_hand(scope, metrics.of(scope, watched, each.row), each)) for each in given.alarms]
        health = cloudwatch.CompositeAlarm(
            scope,
            "Health",
            # An alarm is a rule: asked for one by from_alarm(), each would take a call more.
            alarm_rule=cloudwatch.AlarmRule.any_of(*(alarm for each, alarm in alarms if each.notifies)),
            alarm_description="At least one alarm of this function rings.",
        )
        health.add_alarm_action(notify)


def by_hand(scope: Construct, metric: cloudwatch.IMetric, given: Figures) -> cloudwatch.Alarm:
    """One alarm."""
    row = given.row
    return cloudwatch.Alarm(
        scope,
        row.construct_id,
        metric=metric,
        threshold=given.threshold,
        evaluation_periods=row.evaluation_periods,
        datapoints_to_alarm=row.datapoints_to_alarm,
        comparison_operator=COMPARISONS[row.comparison_operator],
        treat_missing_data=MISSING[row.treat_missing_data],
        alarm_description=given.description,
    )
