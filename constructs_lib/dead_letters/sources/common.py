"""What every event source has: a function that it calls, dead letters that are re-driven, alarms."""

from collections.abc import Mapping, Sequence
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from constructs_lib.alarms.table.settings import AlarmSetSettings
from constructs_lib.checks import Check
from constructs_lib.dead_letters.redrive.arguments import Source
from constructs_lib.dead_letters.redrive.redrive import Redrive
from constructs_lib.dead_letters.redrive.settings import RedriveSettings, WrittenBy

__all__ = ["check_common", "check_role", "filters_of", "keep_redriving"]


def check_common(
    check: Check,
    *,
    function: lambda_.IFunction,
    written_by: WrittenBy,
    redrive: RedriveSettings | None,
    alarms: AlarmSetSettings | None,
    alarms_kind: type[AlarmSetSettings],
    encryption_key: kms.IKey | None = None,
    removal_policy: cdk.RemovalPolicy | None = None,
) -> None:
    """Fail unless the arguments that all event sources take are of their kinds.

    Args:
        check: on behalf of the source.
        function: what the source calls: a function, version or alias.
        written_by: who writes its dead letters.
        redrive: how these are re-driven.
        alarms: the settings of its alarms.
        alarms_kind: of which class these have to be.
        encryption_key: what encrypts its queues.
        removal_policy: what becomes of its queues with the stack.
    """
    check.offers(
        "function",
        function,
        "function_arn",
        remedy="Give a function, version or alias of CDK; of a ResilientFunction, its alias.",
    )
    check.require(
        function is not None,
        "function is None.",
        remedy="Give the function, version or alias that events are for.",
    )
    check.instance("redrive", redrive, RedriveSettings, None)
    if redrive is not None:
        redrive.check(check, "redrive", written_by)
    check.instance("alarms", alarms, alarms_kind, None)
    check.offers(
        "encryption_key", encryption_key, "key_arn", remedy="Give an aws_cdk.aws_kms.Key, made or imported."
    )
    check.instance("removal_policy", removal_policy, cdk.RemovalPolicy, None)


def check_role(check: Check, function: lambda_.IFunction) -> None:
    """Fail where `function` cannot be granted to read what Lambda reads for it, as its own role."""
    check.require(
        function.role is not None,
        f"{Check.shown(function)} is imported without its role, which has to be let at what it reads.",
        remedy="Import it with role= and same_environment=True: Function.from_function_attributes.",
    )


def keep_redriving(
    scope: Construct,
    queue: sqs.IQueue,
    *,
    written_by: WrittenBy,
    function: lambda_.IFunction,
    redrive: RedriveSettings | None,
    source: Source | None = None,
) -> None:
    """Let the stack's `Redrive` give what ends in `queue` to `function` again, unless `redrive` is None.

    Args:
        scope: the source.
        queue: its dead-letter queue.
        written_by: who writes into that.
        function: what the source calls.
        redrive: when, how fast, which, and how often at most.
        source: the queue that the messages come from, or the table or stream that the records are in.
    """
    if redrive is not None:
        Redrive.of(scope).add_queue(
            queue, written_by=written_by, function=function, source=source, settings=redrive
        )


def filters_of(filters: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]] | None:
    """The filters of an event source mapping; None where there are none, which CloudFormation wants left out."""
    return list(filters) or None
