"""What AWS has no replicated table for, refused before anything is deployed."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms

from constructs_lib.checks import ConfigurationError
from constructs_lib.failover import EventualConsistency, ReplicatedTable, StrongConsistency
from tests.failover.parts import stack_in
from tests.synthesis import fresh_stack, number_token, synthesize

ID = dynamodb.Attribute(name="order_id", type=dynamodb.AttributeType.STRING)
STATUS = dynamodb.LocalSecondaryIndexProps(index_name="by_status", sort_key=ID)
SOURCE = "V2globaltables_HowItWorks"


def refused(stack: cdk.Stack, problem: str, **options: Any) -> str:
    """The message by which a table with `options` is refused, which leaves nothing behind."""
    given: dict[str, Any] = {"partition_key": ID, "replicas": ["eu-central-1"]} | options
    with pytest.raises(ConfigurationError, match=f"^Stack/Orders: .*{problem}") as failure:
        ReplicatedTable(stack, "Orders", **given)
    assert stack.node.try_find_child("Orders") is None
    return str(failure.value)


@pytest.mark.parametrize(
    ("replicas", "problem"),
    [
        (["eu-west-1"], r"replicas\[0\] is 'eu-west-1', the Region of its stack"),
        (["eu-central-1", "eu-central-1"], r"replicas\[1\] is 'eu-central-1' for the second time"),
        (["Frankfurt"], r"replicas\[0\] is 'Frankfurt'\. Give the name of a Region"),
        ([""], r"replicas\[0\] is ''"),
        ([1], r"replicas\[0\] is 1"),
        ("eu-central-1", "replicas is 'eu-central-1'"),
        (["cn-north-1"], r"replicas\[0\] is 'cn-north-1', which is not in the partition of eu-west-1"),
        ([cdk.Aws.REGION], r"replicas\[0\] is .*Token.* not one that is known only at deployment"),
    ],
)
def test_fails_on_replicas_that_there_cannot_be(replicas: Any, problem: str) -> None:
    refused(stack_in("eu-west-1"), problem, replicas=replicas)


@pytest.mark.parametrize(
    "options", [{}, {"replicas": [], "consistency": StrongConsistency(witness="eu-west-2")}]
)
def test_fails_where_the_region_of_the_stack_is_not_known(options: dict[str, Any]) -> None:
    message = refused(fresh_stack(), "the Region of its stack is not known", **options)
    assert "aws_cdk.Environment" in message


@pytest.mark.parametrize(
    ("region", "replicas", "witness", "problem"),
    [
        ("eu-west-1", [], None, "exactly three Regions, and these are 1: eu-west-1"),
        ("eu-west-1", ["eu-central-1"], None, "exactly three Regions, and these are 2"),
        ("eu-west-1", [], "eu-west-2", "exactly three Regions, and these are 2"),
        (
            "eu-west-1",
            ["eu-west-2", "eu-west-3", "eu-central-1"],
            None,
            "exactly three Regions, and these are 4",
        ),
        ("eu-west-1", ["eu-west-2", "eu-west-3"], "eu-central-1", "exactly three Regions, and these are 4"),
        ("eu-west-1", ["eu-west-2"], "eu-west-2", "witness is 'eu-west-2', where there is a replica"),
        ("eu-west-1", ["eu-west-2"], "eu-west-1", "witness is 'eu-west-1', where there is a replica"),
        ("eu-west-1", ["eu-west-2"], "Paris", "witness is 'Paris'"),
        ("eu-west-1", ["eu-west-2"], "us-east-1", "us-east-1 is in another than eu-west-1"),
        ("us-east-1", ["us-west-2"], "us-west-1", "us-west-1 is in another than us-east-1"),
        ("us-east-1", ["eu-west-1", "eu-west-2"], None, "eu-west-1, eu-west-2 is in another than us-east-1"),
        ("eu-north-1", ["eu-west-1", "eu-west-2"], None, "not to be had in eu-north-1"),
    ],
)
def test_fails_on_regions_that_strong_consistency_cannot_span(
    region: str, replicas: list[str], witness: str | None, problem: str
) -> None:
    consistency = StrongConsistency(witness=witness)
    message = refused(stack_in(region), problem, replicas=replicas, consistency=consistency)
    assert SOURCE in message or "Give the name of a Region" in message


@pytest.mark.parametrize(
    ("option", "value", "problem"),
    [
        ("time_to_live_attribute", "expires", "time_to_live_attribute is 'expires'.*no time to live"),
        ("local_secondary_indexes", [STATUS], "1 local_secondary_indexes, and strong consistency knows none"),
    ],
)
def test_fails_on_what_strong_consistency_knows_nothing_of(option: str, value: Any, problem: str) -> None:
    strong = StrongConsistency(witness="eu-west-2")
    message = refused(stack_in("eu-west-1"), problem, consistency=strong, **{option: value})
    assert SOURCE in message


def test_fails_on_a_stream_that_replicas_cannot_be_made_from() -> None:
    refused(stack_in("eu-west-1"), "dynamo_stream is", dynamo_stream=dynamodb.StreamViewType.KEYS_ONLY)


def test_fails_on_a_replica_without_key() -> None:
    stack = stack_in("eu-west-1")
    key = kms.Key(stack, "Key", enable_key_rotation=True)
    encryption = dynamodb.TableEncryptionV2.customer_managed_key(key)
    refused(stack, "encryption has no key for eu-central-1", encryption=encryption)


@pytest.mark.parametrize(
    ("option", "value", "problem"),
    [
        ("consistency", "strong", "consistency is 'strong'. Give EventualConsistency or StrongConsistency"),
        ("consistency", EventualConsistency(lag=cdk.Duration.seconds(0)), "lag is 0"),
        ("consistency", EventualConsistency(lag=cdk.Duration.days(2)), "lag is 172800"),
        ("consistency", EventualConsistency(lag=30), "lag is 30"),  # type: ignore[arg-type]
        ("encryption", "aws:kms", "encryption is 'aws:kms'"),
        ("alarm_route", 1, "alarm_route is 1"),
        ("recovery_period", 7, "recovery_period is 7"),
        (
            "recovery_period",
            cdk.Duration.days(36),
            r"recovery_period is 36\. Give a whole number from 1 to 35 days",
        ),
        ("recovery_period", cdk.Duration.hours(36), "recovery_period is 1.5"),
    ],
)
def test_fails_on_arguments_that_cannot_work(option: str, value: Any, problem: str) -> None:
    refused(stack_in("eu-west-1"), problem, **{option: value})


def test_fails_on_a_recovery_period_without_recovery() -> None:
    refused(
        stack_in("eu-west-1"),
        "recovery_period is given, and point_in_time_recovery is False",
        recovery_period=cdk.Duration.days(7),
        point_in_time_recovery=False,
    )


def test_fails_on_a_recovery_period_that_is_known_only_at_deployment() -> None:
    stack = stack_in("eu-west-1")
    period = cdk.Duration.days(number_token(stack))
    refused(stack, "recovery_period is known only at deployment", recovery_period=period)


def test_fails_on_a_lag_that_is_known_only_at_deployment() -> None:
    stack = stack_in("eu-west-1")
    lag = cdk.Duration.seconds(number_token(stack))
    refused(stack, "lag is known only at deployment", consistency=EventualConsistency(lag=lag))


def test_what_cdk_refuses_names_the_table_and_leaves_nothing_behind() -> None:
    refused(stack_in("eu-west-1"), "CDK refuses it: .*100", global_secondary_indexes=[too_wide()])


def too_wide() -> dynamodb.GlobalSecondaryIndexPropsV2:
    return dynamodb.GlobalSecondaryIndexPropsV2(
        index_name="wide",
        partition_key=ID,
        projection_type=dynamodb.ProjectionType.INCLUDE,
        non_key_attributes=[f"attribute{number}" for number in range(101)],
    )


def test_fails_at_synthesis_on_a_replica_that_was_added_later() -> None:
    stack = stack_in("eu-west-1")
    table = ReplicatedTable(stack, "Orders", partition_key=ID, replicas=["eu-central-1"])
    table.add_replica(region="eu-west-3")
    with pytest.raises(RuntimeError, match=r"Stack/Orders.*replicas in eu-west-3 that were added later"):
        synthesize(stack)


def test_fails_at_synthesis_on_a_local_index_that_was_added_to_a_strongly_consistent_table() -> None:
    stack = stack_in("eu-west-1")
    strong = StrongConsistency(witness="eu-west-2")
    table = ReplicatedTable(
        stack, "Orders", partition_key=ID, sort_key=line(), replicas=["eu-central-1"], consistency=strong
    )
    table.add_local_secondary_index(index_name="by_status", sort_key=ID)
    with pytest.raises(RuntimeError, match=r"Stack/Orders.*local secondary indexes"):
        synthesize(stack)


def line() -> dynamodb.Attribute:
    return dynamodb.Attribute(name="line", type=dynamodb.AttributeType.NUMBER)
