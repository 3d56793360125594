"""What the tests of several kinds of backup read off a template."""

import json
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb

from tests.policies import flat
from tests.synthesis import Synthesized

__all__ = ["deletion_policies", "settings_of", "table"]

_KEPT = ("AWS::DynamoDB::GlobalTable", "AWS::S3::Bucket", "AWS::SQS::Queue", "AWS::Logs::LogGroup")


def table(scope: cdk.Stack, name: str = "Orders", **more: Any) -> dynamodb.TableV2:
    """A table with point-in-time recovery."""
    key = dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)
    recovery = dynamodb.PointInTimeRecoverySpecification(point_in_time_recovery_enabled=True)
    return dynamodb.TableV2(
        scope, name, partition_key=key, point_in_time_recovery_specification=recovery, **more
    )


def settings_of(result: Synthesized, under: str, variable: str) -> dict[str, Any]:
    """What the function below `under` is told."""
    function = result.only("AWS::Lambda::Function", under=under)
    found: dict[str, Any] = json.loads(flat(function["Environment"]["Variables"][variable]))
    return found


def deletion_policies(result: Synthesized, *under: str) -> dict[str, set[str]]:
    """What becomes of ledgers, buckets, queues and logs below each of these ids."""
    return {
        name: {each["DeletionPolicy"] for kind in _KEPT for each in result.of_type(kind, under=name).values()}
        for name in under
    }
