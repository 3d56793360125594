"""The small tables in which handlers remember what they did."""

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from constructs_lib.checks import acknowledge

__all__ = ["ledger_table"]

_FAILS_THE_RUN = "What it throttles fails the run that asked: the alarms of the runs tell of it."


def ledger_table(
    scope: Construct, keys: tuple[str, str], removal_policy: cdk.RemovalPolicy
) -> dynamodb.TableV2:
    """The table ``Ledger`` below `scope`, by a partition and a sort key of text; entries end at ``expires``."""
    partition, sort = (dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING) for name in keys)
    ledger = dynamodb.TableV2(
        scope,
        "Ledger",
        partition_key=partition,
        sort_key=sort,
        time_to_live_attribute="expires",
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True
        ),
        removal_policy=removal_policy,
    )
    acknowledge(ledger, {"constructs_lib::failure-not-covered": _FAILS_THE_RUN})
    return ledger
