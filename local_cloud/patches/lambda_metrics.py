"""The AWS/Lambda metrics, each under every set of dimensions that Lambda publishes it with.

`FunctionName` aggregates a function, `FunctionName` + `Resource` is one alias or version (`name:alias`; the bare name
for unqualified calls), `FunctionName` + `Resource` + `ExecutedVersion` tells the versions behind an alias apart, and no
dimension at all is the whole Region.
https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-view.html
https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
"""

from local_cloud.hooks import internal
from local_cloud.patches.lambda_function import Invoked

_UNITS = {
    "Duration": "Milliseconds",
    "AsyncEventAge": "Milliseconds",
    "IteratorAge": "Milliseconds",
    "ProvisionedConcurrencyUtilization": "None",
}


def publish(invoked: Invoked, values: dict[str, float]) -> None:
    """Publish one datapoint of each metric, now, in the current account and Region."""
    record = internal("services.cloudwatch.record_metric")
    for dimensions in dimension_sets(invoked):
        for name, value in values.items():
            record("AWS/Lambda", name, value, _UNITS.get(name, "Count"), dimensions)


def publish_account(values: dict[str, float]) -> None:
    """Publish one datapoint of each metric of the whole Region."""
    record = internal("services.cloudwatch.record_metric")
    for name, value in values.items():
        record("AWS/Lambda", name, value, _UNITS.get(name, "Count"), {})


def dimension_sets(invoked: Invoked) -> list[dict[str, str]]:
    resource = f"{invoked.name}:{invoked.qualifier}" if invoked.qualifier else invoked.name
    sets = [{}, {"FunctionName": invoked.name}, {"FunctionName": invoked.name, "Resource": resource}]
    if invoked.through_alias:
        sets.append({"FunctionName": invoked.name, "Resource": resource, "ExecutedVersion": invoked.version})
    return sets
