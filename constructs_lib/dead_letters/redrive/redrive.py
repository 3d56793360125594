"""Gives dead letters again to what could not process them."""

from typing import ClassVar, cast

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from constructs_lib.alarms.routing.route import Route
from constructs_lib.checks import Check
from constructs_lib.dead_letter_queue import DeadLetterQueue
from constructs_lib.dead_letters.redrive import published
from constructs_lib.dead_letters.redrive.arguments import Source, check_options, check_queue, warn_of_slow
from constructs_lib.dead_letters.redrive.function import keep_failed_runs, ledger_table, redrive_function
from constructs_lib.dead_letters.redrive.permissions import Permissions
from constructs_lib.dead_letters.redrive.redriven_queue import RedrivenQueue
from constructs_lib.dead_letters.redrive.settings import RedriveSettings, WrittenBy
from constructs_lib.dead_letters.redrive.watch import function_alarms, parking_alarms
from constructs_lib.dead_letters.redrive.written_down import write_down
from constructs_lib.function import FunctionLogs
from constructs_lib.function.schedule_target import invoker_of
from constructs_lib.sharing import SharedInStack

__all__ = ["Redrive"]


class Redrive(SharedInStack):
    """One handler, ledger and parking queue a stack, for all its dead-letter queues.

    What a queue's redrive policy wrote, SQS itself moves back. What others wrote, the handler gives again to the
    function that could not process it, and deletes it once that has taken it. An event that fails again and again is
    parked, with all that is known of it.

    Made under the id ``Redrive`` in a stack, before anything uses it, it is the one that `of` finds.

    Attributes:
        function: re-drives.
        ledger: remembers what was done with each event, so that nothing is re-driven twice or for ever.
        parking_queue: keeps what is not re-driven any more.
        dead_letter_queue: keeps the events of runs that failed.
        role: what the schedules may do, which is to call the function.
        permissions: the policy that lets the function at queues and functions.
        parked: rings when something is parked.
        expiring: rings when something has been parked for long, and will be lost.
        alarms: the alarms on the function and `dead_letter_queue`.
    """

    ID = "Redrive"
    WATCHES_ITSELF: ClassVar[bool] = True
    """It has alarms of its own: `Watch` leaves it alone."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        encryption_key: kms.IKey | None = None,
        route: Route | None = None,
        log_settings: FunctionLogs | None = None,
        removal_policy: cdk.RemovalPolicy | None = None,
    ) -> None:
        """Make it, for the queues that `add_queue` is given.

        Args:
            scope: the stack.
            construct_id: ``Redrive``, so that `of` finds it.
            encryption_key: encrypts ledger and parking queue. Left out: the keys of DynamoDB and SQS, which cost
                nothing.
            route: what the alarms do. Left out: they publish to the stack's `AlarmTopic`, made on first use.
            log_settings: retention and encryption of the function's log. Left out: `FunctionLogs()`.
            removal_policy: what becomes of ledger, queues and log with the stack. Left out, they are retained.

        Raises:
            ConfigurationError: an argument cannot work; nothing has been built then.
        """
        check = Check(scope, construct_id)
        check_options(
            check, key=encryption_key, route=route, log_settings=log_settings, removal_policy=removal_policy
        )
        super().__init__(scope, construct_id)
        kept = removal_policy or cdk.RemovalPolicy.RETAIN
        with check.all_or_nothing():
            self.ledger: dynamodb.TableV2 = ledger_table(self, encryption_key, kept)
            self.parking_queue: sqs.Queue = DeadLetterQueue(
                self, "Parking", encryption_key=encryption_key, removal_policy=kept
            )
            self._written_down = {
                "ledger_table_name": self.ledger.table_name,
                "parking_queue_url": self.parking_queue.queue_url,
            }
            write_down(self, self.parking_queue, self._written_down)
            self.function = redrive_function(self, self.ledger, self.parking_queue, log_settings, kept)
            self.dead_letter_queue = keep_failed_runs(self, self.function, kept)
            self.role = invoker_of(self, self.function.alias)
            self.dead_letter_queue.grant_send_messages(self.role)
            self.permissions = Permissions(self, self.function.role)
            self.parked, self.expiring = parking_alarms(self, self.parking_queue, route)
            self.alarms = function_alarms(self, self.function, self.dead_letter_queue, route)
        self._route = route
        self._queues: dict[str, RedrivenQueue] = {}

    def add_queue(
        self,
        queue: sqs.IQueue,
        *,
        written_by: WrittenBy,
        function: lambda_.IFunction | None = None,
        source: Source | None = None,
        settings: RedriveSettings | None = None,
    ) -> RedrivenQueue:
        """Re-drive the dead letters in `queue`.

        Functions that share a dead-letter queue of asynchronous invocations add it once each, with the same settings.

        Args:
            queue: the dead-letter queue, made or imported. One that is made is tagged, so that the command finds all
                the rest by the queue.
            written_by: who writes its messages.
            function: what could not process the events: the alias, version or function that was invoked. Needed unless
                SQS moves the messages. One whose timeout is longer than a run is warned of: its events are re-driven
                by hand.
            source: for `WrittenBy.QUEUE` the queue that the messages come from, or a list of them; for
                `WrittenBy.STREAM` the table whose stream it is, or the Kinesis stream. Left out otherwise.
            settings: when, how fast, which, and how often at most. Left out: `RedriveSettings()`.

        Raises:
            ConfigurationError: these cannot be re-driven so; nothing has been built then.
        """
        chosen = settings or RedriveSettings()
        check = Check(self, "")
        check_queue(check, queue, written_by=written_by, function=function, source=source, settings=chosen)
        known = self._queues.get(queue.queue_arn)
        if known is not None:
            _check_shared(check, known, written_by, function, chosen)
        entry = known or self._made(queue, written_by, chosen)
        if written_by is WrittenBy.QUEUE:
            sources = source if isinstance(source, list | tuple) else [source]
            self.permissions.move_back(queue, cast("list[sqs.IQueue]", sources))
            return entry
        if function is not None:
            entry.functions.append(function)
            warn_of_slow(entry, function)
            self.permissions.invoke(function.function_arn)
        if written_by is WrittenBy.STREAM:
            self.permissions.read(cast("dynamodb.ITable | kinesis.IStream", source))
        return entry

    def metric_redriven(self, queue: sqs.IQueue) -> cloudwatch.Metric:
        """How many events of `queue` were taken by what they were given to."""
        return published.redrive_metric(published.REDRIVEN, queue, statistic="Sum")

    def metric_failed(self, queue: sqs.IQueue) -> cloudwatch.Metric:
        """How many events of `queue` failed once more."""
        return published.redrive_metric(published.FAILED, queue, statistic="Sum")

    def metric_parked(self, queue: sqs.IQueue) -> cloudwatch.Metric:
        """How many events of `queue` were parked."""
        return published.redrive_metric(published.PARKED, queue, statistic="Sum")

    def metric_skipped(self, queue: sqs.IQueue) -> cloudwatch.Metric:
        """How many events of `queue` were left alone."""
        return published.redrive_metric(published.SKIPPED, queue, statistic="Sum")

    def metric_remaining(self, queue: sqs.IQueue) -> cloudwatch.Metric:
        """How many events were in `queue` at the end of a run."""
        return published.redrive_metric(published.REMAINING, queue, statistic="Maximum")

    def _made(self, queue: sqs.IQueue, written_by: WrittenBy, settings: RedriveSettings) -> RedrivenQueue:
        self.permissions.consume(queue)
        entry = RedrivenQueue(
            self,
            _child_id(self, queue),
            queue=queue,
            written_by=written_by,
            settings=settings,
            handler=self.function.alias,
            role=self.role,
            undelivered=self.dead_letter_queue,
            alarm_route=self._route,
            written_down=self._written_down,
        )
        for starter in (entry.schedule, *entry.rules):
            if starter is not None:
                starter.node.add_dependency(self.permissions.policy)
        self._queues[queue.queue_arn] = entry
        return entry


def _child_id(redrive: Construct, queue: sqs.IQueue) -> str:
    """The place of `queue` in the stack: it stays the same when the stack gets another place in the app."""
    stack = cdk.Stack.of(redrive)
    if cdk.Stack.of(queue) is not stack:
        return cdk.Names.unique_id(queue)
    return ".".join(queue.node.path.split("/")[len(stack.node.path.split("/")) :])


def _check_shared(
    check: Check,
    known: RedrivenQueue,
    written_by: WrittenBy,
    function: lambda_.IFunction | None,
    settings: RedriveSettings,
) -> None:
    """Fail unless one more function shares a queue that is `known`."""
    path = known.queue.node.path
    arns = [each.function_arn for each in known.functions]
    check.require(
        written_by is WrittenBy.ASYNCHRONOUS and getattr(function, "function_arn", None) not in arns,
        f"{path} is re-driven already.",
        remedy="Add each queue once; only functions that share a queue of asynchronous invocations add it each.",
    )
    check.require(
        known.is_like(written_by, settings),
        f"{path} is re-driven already, with other settings.",
        remedy="Give all functions that share the queue the same RedriveSettings.",
    )
