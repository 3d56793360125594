"""Rows of a table and a subject in; CloudFormation resources out.

The alarms of a function reach CDK as one included template, in one call into jsii. As L2 constructs they take
two calls and more for each alarm: a metric, an alarm, its part of the composite's rule.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path

from constructs_lib.alarms.definition import AlarmDefinition
from constructs_lib.alarms.subject import AlarmSubject
from constructs_lib.checks import is_token

__all__ = ["HEALTH", "AlarmTemplate"]

HEALTH = "Health"
_UNITS = {"timeout_ms": "ms", "reserved_concurrency": "executions"}
_HEALTH_DESCRIPTION = "At least one alarm of this function rings; the rule names those that it covers."


@dataclass
class AlarmTemplate:
    """A template under construction. Values from the app, tokens or not, are its parameters.

    Attributes:
        resources: logical id to resource.
        values: parameter to value.
        children: the ids of the alarms, for the composite.
    """

    resources: dict[str, object] = field(default_factory=dict)
    values: dict[str, object] = field(default_factory=dict)
    children: list[str] = field(default_factory=list)

    def add(self, row: AlarmDefinition, subject: AlarmSubject) -> None:
        """Add the alarm of one row; it notifies nobody by itself."""
        threshold = row.threshold if row.share_of is None else row.threshold * getattr(subject, row.share_of)
        shared = {
            "AlarmDescription": self._text(row, threshold),
            "Threshold": self._value(f"{row.construct_id}Threshold", threshold),
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "EvaluationPeriods": self._value(f"{row.construct_id}Periods", row.evaluation_periods),
            "DatapointsToAlarm": self._value(f"{row.construct_id}Datapoints", row.datapoints_to_alarm),
            "TreatMissingData": row.missing,
        }
        watched = self._expression(row, subject) if row.expression else self._metric(row, subject)
        self.resources[row.construct_id] = {
            "Type": "AWS::CloudWatch::Alarm",
            "Properties": {**watched, **shared},
        }
        self.children.append(row.construct_id)

    def compose(self, alarm_actions: list[str], ok_actions: list[str], others: dict[str, str]) -> None:
        """Add the composite over all alarms so far and `others`, names of alarms that stand elsewhere.

        The rule refers to names, not ARNs: resolved, it holds at most 10,240 characters.
        https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
        """
        self.values.update(others)
        properties: dict[str, object] = {
            "AlarmDescription": _HEALTH_DESCRIPTION,
            "AlarmRule": {
                "Fn::Sub": " OR ".join(f'ALARM("${{{name}}}")' for name in [*self.children, *others])
            },
        }
        for name, arns in (("AlarmActions", alarm_actions), ("OKActions", ok_actions)):
            if arns:
                properties[name] = [self._parameter(f"{name}{n}", arn) for n, arn in enumerate(arns)]
        self.resources[HEALTH] = {"Type": "AWS::CloudWatch::CompositeAlarm", "Properties": properties}

    def write(self, path: Path) -> Path:
        """Write this template to `path`."""
        parameters = {name: {"Type": "String"} for name in self.values}
        content = {"Parameters": parameters, "Resources": self.resources}
        path.write_text(json.dumps(content), encoding="utf-8")
        return path

    def _parameter(self, name: str, value: object) -> dict[str, str]:
        self.values[name] = value
        return {"Ref": name}

    def _value(self, name: str, value: float) -> object:
        return self._parameter(name, value) if is_token(value) else value

    def _text(self, row: AlarmDefinition, threshold: float) -> object:
        # CDK finds a token in a text only by all of its digits.
        figure = str(threshold) if is_token(threshold) else f"{threshold:g}"
        text = (
            f"{row.metric} {row.statistic} reached {figure} {_UNITS.get(row.share_of or '', row.unit)} in "
            f"{row.datapoints_to_alarm} of "
            f"{row.evaluation_periods} periods of {row.period} s. {row.why}"
        )
        return self._parameter(f"{row.construct_id}Description", text) if is_token(text) else text

    def _dimensions(self, row: AlarmDefinition, subject: AlarmSubject) -> list[dict[str, object]]:
        return [
            {"Name": name, "Value": self._parameter(name, value)}
            for name, value in subject.dimensions(row.watches).items()
        ]

    def _metric(self, row: AlarmDefinition, subject: AlarmSubject) -> dict[str, object]:
        statistic = "ExtendedStatistic" if row.statistic.startswith("p") else "Statistic"
        return {
            "Namespace": row.namespace,
            "MetricName": row.metric,
            "Dimensions": self._dimensions(row, subject),
            "Period": row.period,
            statistic: row.statistic,
        }

    def _expression(self, row: AlarmDefinition, subject: AlarmSubject) -> dict[str, object]:
        expression = str(row.expression).format(minimum_traffic=row.minimum_traffic)
        rate = {
            "Id": row.metric,
            "Label": f"{row.metric} ({row.unit})",
            "Expression": self._parameter(f"{row.construct_id}Expression", expression)
            if is_token(expression)
            else expression,
            "ReturnData": True,
        }
        dimensions = self._dimensions(row, subject)
        operands = [
            {
                "Id": query_id,
                "ReturnData": False,
                "MetricStat": {
                    "Metric": {"Namespace": row.namespace, "MetricName": metric, "Dimensions": dimensions},
                    "Period": row.period,
                    "Stat": row.statistic,
                },
            }
            for query_id, metric in row.operands.items()
        ]
        return {"Metrics": [rate, *operands]}
