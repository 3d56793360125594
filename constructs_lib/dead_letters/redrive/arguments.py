"""Whether a dead-letter queue can be re-driven as somebody asks."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from constructs_lib.alarms import AlarmRoute, SeverityRoute, function_subject
from constructs_lib.alarms.routing.route import Route
from constructs_lib.checks import Check, is_token
from constructs_lib.dead_letters.redrive.function import LONGEST_FUNCTION
from constructs_lib.dead_letters.redrive.settings import RedriveSettings, WrittenBy
from constructs_lib.function import FunctionLogs

__all__ = ["Source", "check_options", "check_queue", "warn_of_slow"]

Source = sqs.IQueue | dynamodb.ITable | kinesis.IStream | Sequence[sqs.IQueue]

_OF_QUEUE = "Give source=, the queue whose redrive policy names this one, or a list of them."
_OF_STREAM = "Give source=, the table whose stream it is, or the Kinesis stream."


def check_options(
    check: Check,
    *,
    key: kms.IKey | None,
    route: Route | None,
    log_settings: FunctionLogs | None,
    removal_policy: cdk.RemovalPolicy | None,
) -> None:
    """Fail unless the options of `Redrive` are of their kinds, and its id is free."""
    check.offers("encryption_key", key, "key_arn", remedy="Give an aws_cdk.aws_kms.Key, made or imported.")
    check.require(
        key is None or not is_token(cdk.Stack.of(check.scope).region),
        "encryption_key is given, and the stack has no Region, which a table needs for a key.",
        remedy="Give the stack env=cdk.Environment(region=...), or leave the key out.",
    )
    check.instance("route", route, AlarmRoute, SeverityRoute, None)
    check.instance("log_settings", log_settings, FunctionLogs, None)
    check.instance("removal_policy", removal_policy, cdk.RemovalPolicy, None)


def check_queue(
    check: Check,
    queue: sqs.IQueue,
    *,
    written_by: WrittenBy,
    function: lambda_.IFunction | None,
    source: Source | None,
    settings: RedriveSettings,
) -> None:
    """Fail unless what `written_by` wrote to `queue` can be given again to `function`, or moved back to `source`."""
    check.instance("written_by", written_by, WrittenBy)
    check.require(queue is not None, "queue is None.", remedy="Give an aws_cdk.aws_sqs.Queue.")
    check.offers("queue", queue, "queue_arn", remedy="Give an aws_cdk.aws_sqs.Queue, made or imported.")
    check.offers(
        "function",
        function,
        "function_arn",
        remedy="Give the function, version or alias that events were for.",
    )
    check.require(
        function is not None or written_by is WrittenBy.QUEUE,
        f"function is None, and {queue.node.path} is written by {written_by}.",
        remedy="Give the function, version or alias that could not process the events.",
    )
    check.require(
        written_by is WrittenBy.QUEUE or not queue.fifo,
        f"{queue.node.path} is a FIFO queue, and is said to be written by {written_by}.",
        remedy="Only the redrive policy of a FIFO queue writes to one: give WrittenBy.QUEUE, or a standard queue.",
    )
    check.instance("settings", settings, RedriveSettings)
    settings.check(check, "settings", written_by)
    _check_source(check, written_by, source)


def _check_source(check: Check, written_by: WrittenBy, source: Source | None) -> None:
    if written_by is WrittenBy.QUEUE:
        check.require(source is not None, "source is None.", remedy=_OF_QUEUE)
        sources = source if isinstance(source, list | tuple) else [source]
        check.require(len(sources) > 0, "source is empty.", remedy=_OF_QUEUE)
        for each in sources:
            check.offers("source", each, "queue_arn", remedy=_OF_QUEUE)
        return
    if written_by is not WrittenBy.STREAM:
        check.require(
            source is None,
            f"source is {check.shown(source)}, but what is written by {written_by} is given to function alone.",
            remedy="Leave source out.",
        )
        return
    check.require(
        any(hasattr(source, member) for member in ("table_stream_arn", "stream_arn")),
        f"source is {check.shown(source)}.",
        remedy=_OF_STREAM,
    )
    check.require(
        hasattr(source, "stream_arn") or getattr(source, "table_stream_arn", None) is not None,
        f"source is {check.shown(source)}, which has no stream.",
        remedy="Give the table a stream, or import it with its table_stream_arn.",
    )


def warn_of_slow(scope: Construct, function: lambda_.IFunction) -> None:
    """Warn, at `scope`, where `function` may run for longer than a run has; a timeout that is not known passes."""
    milliseconds = function_subject(function).timeout_ms
    if milliseconds is None or is_token(milliseconds) or milliseconds <= LONGEST_FUNCTION * 1000:
        return
    cdk.Annotations.of(scope).add_warning_v2(
        "constructs-lib:redrive-function-too-slow",
        f"{function.node.path} may run for {milliseconds / 1000:g} s, and a run that gives events again, and waits for "
        f"them, has {LONGEST_FUNCTION} s for one: its events stay in the queue. Give the function a shorter timeout, "
        "or re-drive them by hand: python -m constructs_lib.dead_letters redrive.",
    )
