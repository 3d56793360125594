"""The function that re-drives, and what it remembers and keeps."""

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from constructs_lib.checks import acknowledge
from constructs_lib.function import FunctionLogs, HardenedFunction
from constructs_lib.function.failed_events import keep_failed_events
from constructs_lib.handlers import handler_folder

__all__ = ["EVENT_AGE_HOURS", "LONGEST_FUNCTION", "keep_failed_runs", "ledger_table", "redrive_function"]

EVENT_AGE_HOURS = 6
_RETRIES = 2
"""https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html"""

_TIMEOUT_MINUTES = 15
LONGEST_FUNCTION = _TIMEOUT_MINUTES * 60 - 40
"""Seconds that a function may run at most whose events a run gives again: it keeps some to begin and to end."""

_USE_KEY = ("kms:Decrypt", "kms:DescribeKey")
"""What reading and writing a table takes of its key, which decrypts the table's own key for each caller.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
"""
_FAILS_THE_RUN = (
    "What it throttles fails the run, which is tried again: the alarms on the function tell of it."
)


def ledger_table(
    scope: Construct, key: kms.IKey | None, removal_policy: cdk.RemovalPolicy
) -> dynamodb.TableV2:
    """The table ``Ledger``, below `scope`, of what was done with each event; entries end at ``expires``."""
    partition, sort = (
        dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING) for name in ("queue", "entry")
    )
    ledger = dynamodb.TableV2(
        scope,
        "Ledger",
        partition_key=partition,
        sort_key=sort,
        time_to_live_attribute="expires",
        encryption=None if key is None else dynamodb.TableEncryptionV2.customer_managed_key(key),
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True
        ),
        removal_policy=removal_policy,
    )
    acknowledge(ledger, {"constructs_lib::failure-not-covered": _FAILS_THE_RUN})
    return ledger


def redrive_function(
    scope: Construct,
    ledger: dynamodb.TableV2,
    parking_queue: sqs.IQueue,
    log_settings: FunctionLogs | None,
    removal_policy: cdk.RemovalPolicy,
) -> HardenedFunction:
    """The function, below `scope`, that may write to `ledger` and park in `parking_queue`."""
    function = HardenedFunction(
        scope,
        "Function",
        code=lambda_.Code.from_asset(str(handler_folder("redrive")), exclude=["**/__pycache__"]),
        handler="redrive.handler.handler",
        description="Gives dead letters again to what could not process them",
        timeout=cdk.Duration.minutes(_TIMEOUT_MINUTES),
        environment={
            "LEDGER_TABLE_NAME": ledger.table_name,
            "PARKING_QUEUE_URL": parking_queue.queue_url,
        },
        log_settings=log_settings,
        removal_policy=removal_policy,
    )
    ledger.grant(function.role, "dynamodb:GetItem", "dynamodb:PutItem")
    if ledger.encryption_key is not None:
        ledger.encryption_key.grant(function.role, *_USE_KEY)
    parking_queue.grant_send_messages(function.role)
    return function


def keep_failed_runs(
    scope: Construct, function: HardenedFunction, removal_policy: cdk.RemovalPolicy
) -> sqs.Queue:
    """The queue, below `scope`, for the events of runs that failed."""
    return keep_failed_events(
        scope,
        function,
        retries=_RETRIES,
        max_event_age=cdk.Duration.hours(EVENT_AGE_HOURS),
        removal_policy=removal_policy,
    )
