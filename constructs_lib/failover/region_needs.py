"""What a Region needs to serve, and what its health function may ask for that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from constructs_lib.checks import Check, acknowledge
from constructs_lib.failover.publisher import AnyAlarm, arn_of, name_of
from constructs_lib.function import HardenedFunction

__all__ = ["ReadTable", "RegionNeeds", "as_environment", "check_needs", "grant_asking"]

_DEFAULT_KEEP_SECONDS = 5
_LONGEST_KEEP_SECONDS = 30
_MOST_ALARMS = 100


@dataclass(frozen=True, kw_only=True)
class ReadTable:
    """A table that is asked by reading one item, which is what users' requests need too.

    Attributes:
        table: the table, or the Region's replica of it.
        key: the primary key of an item, as DynamoDB writes it, such as ``{"id": {"S": "health"}}``. The item need not
            be there.
    """

    table: dynamodb.ITable
    key: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, kw_only=True)
class RegionNeeds:
    """What makes a Region able to serve; each is asked at the same time, and each has to answer.

    Leave out what the service can do without for a while: its failure would send all traffic to the other Region, and
    what both Regions share would take both out.

    Attributes:
        tables: DynamoDB tables. One that is given as `ReadTable` is read, which works without DynamoDB's control
            plane; any other is described.
        queues: SQS queues.
        alarms: no more than 100; the Region is unavailable while one rings. An alarm that is not there or cannot be
            read does not count.
        keep: 0 to 30 seconds that an answer stands in an environment, so that some twenty checkers do not ask each
            dependency twenty times. Left out: 5 seconds.
    """

    tables: Sequence[dynamodb.ITable | ReadTable] = ()
    queues: Sequence[sqs.IQueue] = ()
    alarms: Sequence[AnyAlarm] = ()
    keep: cdk.Duration | None = None


def check_needs(check: Check, needs: object) -> None:
    """Fail unless `needs` can be asked."""
    check.instance("needs", needs, RegionNeeds)
    given = cast("RegionNeeds", needs)
    for name in ("tables", "queues", "alarms"):
        check.instance(f"needs.{name}", getattr(given, name), list, tuple)
    check.require(
        bool(given.tables or given.queues or given.alarms),
        "needs is empty.",
        remedy="A Region that needs nothing is always healthy: name the tables, queues or alarms that it depends on.",
    )
    for each in given.tables:
        table = each.table if isinstance(each, ReadTable) else each
        check.require(
            hasattr(table, "table_arn"),
            f"needs.tables holds {each!r}.",
            remedy="Give DynamoDB tables, or ReadTable(table=..., key=...).",
        )
        check.require(
            not isinstance(each, ReadTable) or _is_key(each.key),
            f"needs.tables holds the key {getattr(each, 'key', None)!r}.",
            remedy="Give the primary key as DynamoDB writes it, such as {'id': {'S': 'health'}}.",
        )
    for queue in given.queues:
        check.require(
            hasattr(queue, "queue_url"), f"needs.queues holds {queue!r}.", remedy="Give SQS queues."
        )
    for alarm in given.alarms:
        check.require(
            isinstance(alarm, cloudwatch.CfnCompositeAlarm) or hasattr(alarm, "alarm_ref"),
            f"needs.alarms holds {alarm!r}.",
            remedy="Give alarms of CDK, made or imported.",
        )
    check.require(
        len(given.alarms) <= _MOST_ALARMS,
        f"needs.alarms has {len(given.alarms)}.",
        remedy=f"CloudWatch describes {_MOST_ALARMS} by name at a time: give a composite alarm of them.",
    )
    check.duration("needs.keep", given.keep, 0, _LONGEST_KEEP_SECONDS)


def _is_key(key: object) -> bool:
    return (
        isinstance(key, Mapping)
        and bool(key)
        and all(
            isinstance(value, Mapping) and set(value) <= {"S", "N", "B"} and value for value in key.values()
        )
    )


def as_environment(scope: Construct, needs: RegionNeeds) -> dict[str, str]:
    """`needs` as the environment variables that the handler reads."""
    return {
        "HEALTH_NEEDS": cdk.Stack.of(scope).to_json_string(_described(needs)),
        "HEALTH_KEEP_SECONDS": _keep_seconds(needs),
    }


def _keep_seconds(needs: RegionNeeds) -> str:
    if needs.keep is None:
        return str(_DEFAULT_KEEP_SECONDS)
    return cdk.Tokenization.stringify_number(needs.keep.to_seconds())


def _described(needs: RegionNeeds) -> list[dict[str, object]]:
    """`needs` as the handler reads them."""
    described: list[dict[str, object]] = []
    for each in needs.tables:
        if isinstance(each, ReadTable):
            key = {name: dict(value) for name, value in each.key.items()}
            described.append({"kind": "table", "name": each.table.table_name, "key": key})
        else:
            described.append({"kind": "table", "name": each.table_name})
    described += [{"kind": "queue", "url": queue.queue_url} for queue in needs.queues]
    if needs.alarms:
        described.append({"kind": "alarms", "names": [name_of(alarm) for alarm in needs.alarms]})
    return described


def grant_asking(function: HardenedFunction, needs: RegionNeeds) -> None:
    """Let `function` ask what is in `needs`, and nothing else."""
    for each in needs.tables:
        if isinstance(each, ReadTable):
            each.table.grant(function.role, "dynamodb:GetItem")
            key: kms.IKey | None = getattr(each.table, "encryption_key", None)
            if key is not None:
                key.grant_decrypt(function.role)
        else:
            each.grant(function.role, "dynamodb:DescribeTable")
    for queue in needs.queues:
        queue.grant(function.role, "sqs:GetQueueAttributes")
    if needs.alarms:
        _may_read(function, needs.alarms)


def _may_read(function: HardenedFunction, alarms: Sequence[AnyAlarm]) -> None:
    # Composite alarms are described to whoever may describe all alarms, and to nobody else.
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
    plain = all(isinstance(alarm, cloudwatch.Alarm | cloudwatch.CfnAlarm) for alarm in alarms)
    role = cast("iam.Role", function.role)
    statement = iam.PolicyStatement(
        actions=["cloudwatch:DescribeAlarms"],
        resources=[arn_of(alarm) for alarm in alarms] if plain else ["*"],
    )
    policy = iam.Policy(role, "Alarms", statements=[statement])
    policy.attach_to_role(role)
    reason = "Composite alarms can be read only by whoever may read all alarms."
    findings = (
        "AwsSolutions::AwsSolutions-IAM5[Resource::*]",
        "Serverless::Serverless-LambdaStarPermissions",
    )
    acknowledge(policy, dict.fromkeys(findings, reason))
