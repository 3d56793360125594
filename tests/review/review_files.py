"""Files for reviews, and a template with one error, one warning and a cost."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["ERROR", "WARNING", "Files", "assembly_of", "shop"]

ERROR, WARNING = "statistic-not-one", "alarm-without-action"
"""What the rules find in `shop`."""


def shop() -> dict[str, Any]:
    """An alarm that CloudFormation refuses, and that would tell nobody."""
    alarm = {
        "Namespace": "AWS/SQS",
        "MetricName": "ApproximateAgeOfOldestMessage",
        "Dimensions": [{"Name": "QueueName", "Value": {"Fn::GetAtt": ["Queue", "QueueName"]}}],
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 60,
        "ComparisonOperator": "GreaterThanThreshold",
    }
    return {
        "Resources": {
            "Queue": {"Type": "AWS::SQS::Queue"},
            "Old": {
                "Type": "AWS::CloudWatch::Alarm",
                "Metadata": {"aws:cdk:path": "Shop/Queue/Old/Resource"},
                "Properties": alarm,
            },
        }
    }


@dataclass(frozen=True)
class Files:
    """A folder in which files can be written."""

    folder: Path

    def write(self, name: str, content: object) -> Path:
        """Write a text, or anything else as JSON."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return path


def assembly_of(folder: Path, report: object = None, metadata: Any = None, **templates: Any) -> Path:
    """What `cdk synth` writes of some stacks, with the report of other tools."""
    files = Files(folder)
    stacks = {
        name: {
            "type": "aws:cloudformation:stack",
            "environment": "aws://111122223333/eu-west-1",
            "properties": {"templateFile": f"{name}.template.json"},
            "displayName": name,
            "metadata": (metadata or {}).get(name, {}),
        }
        for name in templates
    }
    files.write("manifest.json", {"version": "1", "artifacts": stacks})
    for name, body in templates.items():
        files.write(f"{name}.template.json", body)
    if report is not None:
        files.write("validation-report.json", report)
    return folder
