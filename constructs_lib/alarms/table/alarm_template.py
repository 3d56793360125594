"""Rows of a table and a subject in; CloudFormation resources out.

The alarms of a resource reach CDK as one included template, in one call into jsii. As L2 constructs they take
two calls and more for each alarm: a metric, an alarm, its part of the composite's rule.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk.cloudformation_include import CfnInclude
from constructs import Construct

from constructs_lib.alarms.table.definition import AlarmDefinition, LogFilter, Operand
from constructs_lib.alarms.table.description import describe
from constructs_lib.checks import is_token

__all__ = ["LOG_NAMESPACE", "AlarmTemplate", "IncludedAlarms"]

LOG_NAMESPACE = "constructs_lib/Logs"
"""The namespace of metrics made of log lines; the name of each starts with that of its resource."""

_ACTIONS = {"AlarmActions": "alarm", "OKActions": "ok", "InsufficientDataActions": "insufficient_data"}


@dataclass
class AlarmTemplate:
    """A template under construction. Values from the app, tokens or not, are its parameters.

    Attributes:
        resources: logical id to resource.
        values: parameter to value.
    """

    resources: dict[str, object] = field(default_factory=dict)
    values: dict[str, object] = field(default_factory=dict)

    def add(self, row: AlarmDefinition, subject: object) -> None:
        """Add the alarm of one row; it notifies nobody by itself."""
        threshold = row.threshold if row.share_of is None else row.threshold * getattr(subject, row.share_of)
        text = describe(row, threshold)
        shared = {
            "AlarmDescription": self._parameter(f"{row.construct_id}Description", text)
            if is_token(text)
            else text,
            "Threshold": self._value(f"{row.construct_id}Threshold", threshold),
            "ComparisonOperator": row.comparison_operator,
            "EvaluationPeriods": self._value(f"{row.construct_id}Periods", row.evaluation_periods),
            "DatapointsToAlarm": self._value(f"{row.construct_id}Datapoints", row.datapoints_to_alarm),
            "TreatMissingData": row.treat_missing_data,
        }
        watched = self._expression(row, subject) if row.expression else self._single(row, subject)
        self.resources[row.construct_id] = {
            "Type": "AWS::CloudWatch::Alarm",
            "Properties": {**watched, **shared},
        }

    def compose(
        self,
        construct_id: str,
        description: str,
        children: Sequence[str],
        actions: Mapping[str, Sequence[str]],
        elsewhere: Mapping[str, str],
    ) -> None:
        """Add a composite that rings while one of `children` does.

        The rule refers to names, not ARNs: resolved, it holds at most 10,240 characters.
        https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html

        Args:
            construct_id: its id.
            description: its description.
            children: ids of alarms of this template, or keys of `elsewhere`.
            actions: ``alarm``, ``ok`` and ``insufficient_data`` to the ARNs of topics.
            elsewhere: the names of alarms that stand elsewhere, by key.
        """
        self.values.update({key: name for key, name in elsewhere.items() if key in children})
        rule = " OR ".join(f'ALARM("${{{child}}}")' for child in children)
        properties: dict[str, object] = {
            # Whether a name in it is a token, a call into jsii would have to tell.
            "AlarmDescription": self._parameter(f"{construct_id}Text", description),
            "AlarmRule": {"Fn::Sub": rule},
        }
        for name, state in _ACTIONS.items():
            if arns := actions.get(state):
                properties[name] = [
                    self._parameter(f"{construct_id}{name}{n}", arn) for n, arn in enumerate(arns)
                ]
        self.resources[construct_id] = {"Type": "AWS::CloudWatch::CompositeAlarm", "Properties": properties}

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

    def _single(self, row: AlarmDefinition, subject: object) -> dict[str, object]:
        statistic = "ExtendedStatistic" if row.statistic.startswith(("p", "t")) else "Statistic"
        metric = self._metric(row, Operand(metric=row.metric, log_filter=row.log_filter), subject)
        return {**metric, "Period": row.period, statistic: row.statistic}

    def _metric(self, row: AlarmDefinition, operand: Operand, subject: object) -> dict[str, object]:
        if operand.log_filter is not None:
            return self._of_log_lines(row, operand.metric, operand.log_filter, subject)
        given = row.dimensions if operand.dimensions is None else operand.dimensions
        values = {name: (attribute, getattr(subject, attribute)) for name, attribute in given.items()}
        # A parameter for each attribute: two queues of one subject have the same dimension.
        dimensions = [
            {"Name": name, "Value": self._parameter(_camel(attribute), value)}
            for name, (attribute, value) in values.items()
            if value is not None
        ]
        fixed = [{"Name": name, "Value": value} for name, value in operand.fixed.items()]
        metric = {"Namespace": operand.namespace or row.namespace, "MetricName": operand.metric}
        return metric | ({"Dimensions": [*dimensions, *fixed]} if dimensions or fixed else {})

    def _of_log_lines(
        self, row: AlarmDefinition, metric: str, lines: LogFilter, subject: object
    ) -> dict[str, object]:
        log_group, prefix = (getattr(subject, name) for name in ("log_group_name", "log_metric_prefix"))
        name = self._parameter(f"{metric}Metric", f"{prefix}/{metric}")
        self.resources[f"{row.construct_id}Filter"] = {
            "Type": "AWS::Logs::MetricFilter",
            "Properties": {
                "LogGroupName": self._parameter("LogGroupName", log_group),
                "FilterPattern": lines.pattern,
                "MetricTransformations": [
                    {"MetricNamespace": LOG_NAMESPACE, "MetricName": name, "MetricValue": lines.value}
                ],
            },
        }
        return {"Namespace": LOG_NAMESPACE, "MetricName": name}

    def _expression(self, row: AlarmDefinition, subject: object) -> dict[str, object]:
        expression = str(row.expression).format(minimum_traffic=row.minimum_traffic, period=row.period)
        result = {
            "Id": row.metric,
            "Label": f"{row.metric} ({row.unit})",
            "Expression": self._parameter(f"{row.construct_id}Expression", expression)
            if is_token(expression)
            else expression,
            "ReturnData": True,
        }
        operands = []
        for query_id, given in row.operands.items():
            operand = Operand(metric=given) if isinstance(given, str) else given
            stat = {
                "Metric": self._metric(row, operand, subject),
                "Period": row.period,
                "Stat": operand.statistic or row.statistic,
            }
            operands.append({"Id": query_id, "ReturnData": False, "MetricStat": stat})
        return {"Metrics": [result, *operands]}


def _camel(words: str) -> str:
    return "".join(word.capitalize() for word in words.split("_"))


class IncludedAlarms(CfnInclude):
    """The resources of an `AlarmTemplate`, as constructs below this one."""

    def __init__(self, scope: Construct, construct_id: str, template: AlarmTemplate) -> None:
        """Include `template`."""
        with TemporaryDirectory(prefix="constructs-lib-") as folder:  # read once, in this call
            super().__init__(
                scope,
                construct_id,
                template_file=str(template.write(Path(folder) / "alarms.json")),
                parameters=template.values,
                preserve_logical_ids=False,
            )

    def alarm(self, construct_id: str) -> cloudwatch.CfnAlarm:
        """The alarm with that id."""
        return cast("cloudwatch.CfnAlarm", self.get_resource(construct_id))
