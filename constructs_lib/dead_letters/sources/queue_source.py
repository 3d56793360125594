"""An SQS queue whose messages a function processes, and of which none is lost."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from constructs_lib.alarms.routing.route import Route, check_route
from constructs_lib.alarms.services import QueueAlarms, QueueAlarmSettings
from constructs_lib.checks import Check, is_token
from constructs_lib.dead_letters.redrive.settings import RedriveSettings, WrittenBy
from constructs_lib.dead_letters.sources.common import check_common, check_role, filters_of, keep_redriving
from constructs_lib.dead_letters.sources.queue_arguments import (
    check_batches,
    check_concurrency,
    check_of_new_queue,
)
from constructs_lib.dead_letters.sources.queue_mapping import acknowledge_mapping
from constructs_lib.dead_letters.sources.queue_pair import FifoOptions, queue_pair
from constructs_lib.dead_letters.sources.queue_timing import (
    LEAST_RECEIVES,
    QueueTiming,
    check_existing_queue,
    dead_letter_queue_of,
)

__all__ = ["QueueSource"]

_SHORTEST_AGE = 60


class QueueSource(Construct):
    """Feeds a function from a queue: what fails is tried again, then kept, told of, and re-driven.

    The function has to answer which messages of a batch failed (`ReportBatchItemFailures`), as the batch processor of
    Powertools does; only these come again.

    Attributes:
        function: what gets the messages.
        queue: where to send them.
        dead_letter_queue: where a message goes that failed each time.
        event_source_mapping: what connects queue and function.
        alarms: on the age of messages, on a queue that nobody empties, and on dead letters; None where there are none.
    """

    queue: sqs.IQueue
    dead_letter_queue: sqs.IQueue

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        function: lambda_.IFunction,
        queue: sqs.IQueue | None = None,
        dead_letter_queue: sqs.IQueue | None = None,
        fifo: FifoOptions | None = None,
        batch_size: int = 10,
        max_batching_window: cdk.Duration | None = None,
        max_concurrency: int | None = None,
        filters: Sequence[Mapping[str, Any]] = (),
        enabled: bool = True,
        visibility_timeout: cdk.Duration | None = None,
        max_receive_count: int | None = None,
        retention_period: cdk.Duration | None = None,
        redrive: RedriveSettings | None = RedriveSettings(),  # noqa: B008 - a frozen value
        alarms: QueueAlarmSettings | None = QueueAlarmSettings(),  # noqa: B008 - likewise
        maximum_age: cdk.Duration | None = None,
        maximum_backlog: int | None = None,
        alarm_route: Route | None = None,
        encryption_key: kms.IKey | None = None,
        removal_policy: cdk.RemovalPolicy | None = None,
    ) -> None:
        """Feed `function` from a queue that is made for it, or from `queue`.

        Args:
            scope: the parent.
            construct_id: the id in `scope`.
            function: a function, version or alias; of a `ResilientFunction` its alias.
            queue: an existing queue, which is checked and left as it is. Left out, one is made.
            dead_letter_queue: where the failed messages of `queue` go, where that is imported. Left out: what the app
                knows of `queue`.
            fifo: makes a FIFO queue. Left out, a standard queue.
            batch_size: messages an invocation, up to 10; up to 10,000 of a standard queue with a batching window.
            max_batching_window: for how long batches of a standard queue are gathered, up to 5 minutes. Left out:
                messages do not wait.
            max_concurrency: how many batches are processed at once at most, 2 to 1,000. Left out: as many as Lambda
                has room for.
            filters: patterns, as `aws_cdk.aws_lambda.FilterCriteria.filter` makes them, of the messages that the
                function gets; others are deleted. Left out: it gets all.
            enabled: whether the queue is read.
            visibility_timeout: for how long a message is hidden that was received. Left out: six times the function's
                timeout plus the batching window; of a function whose timeout the app does not know, it is needed.
            max_receive_count: how often a message is received before it is a dead letter, at least 5. Left out: 5.
            retention_period: for how long the queue keeps a message, less than 14 days. Left out: 4 days.
            redrive: when dead letters are given to the queue again. None leaves them where they are.
            alarms: thresholds, and what is switched off. None makes no alarms.
            maximum_age: how old a message may grow before an alarm rings. Left out: as long as all tries of one
                message take; of a queue whose timings the app does not know, there is no such alarm.
            maximum_backlog: how many messages may wait. Left out: there is no such alarm.
            alarm_route: whom the alarms tell. Left out: they publish to the stack's `AlarmTopic`.
            encryption_key: encrypts both queues. Left out: the keys of SQS.
            removal_policy: what becomes of both queues with the stack. Left out, they are retained.

        Raises:
            ConfigurationError: an argument cannot work; nothing has been built then.
        """
        check = Check(scope, construct_id)
        check_common(
            check,
            function=function,
            written_by=WrittenBy.QUEUE,
            redrive=redrive,
            alarms=alarms,
            alarms_kind=QueueAlarmSettings,
            encryption_key=encryption_key,
            removal_policy=removal_policy,
        )
        check_role(check, function)
        check_route(check, alarm_route)
        check.offers("queue", queue, "queue_arn", remedy="Give an aws_cdk.aws_sqs.Queue, made or imported.")
        check.offers(
            "dead_letter_queue",
            dead_letter_queue,
            "queue_arn",
            remedy="Give an aws_cdk.aws_sqs.Queue, made or imported.",
        )
        check.instance("fifo", fifo, FifoOptions, None)
        check_of_new_queue(
            check,
            queue,
            fifo=fifo,
            visibility_timeout=visibility_timeout,
            max_receive_count=max_receive_count,
            retention_period=retention_period,
            encryption_key=encryption_key,
            removal_policy=removal_policy,
        )
        check.require(
            queue is not None or dead_letter_queue is None,
            "dead_letter_queue is given, but no queue.",
            remedy="It tells of an imported queue; for a queue that is made, one is made too.",
        )
        check_batches(
            check, batch_size, max_batching_window, fifo=fifo is not None if queue is None else queue.fifo
        )
        check_concurrency(check, function, max_concurrency)
        window = 0 if max_batching_window is None else max_batching_window.to_seconds()
        timing: QueueTiming | None
        if queue is None:
            timing = QueueTiming.of(
                check,
                function,
                window=window,
                visibility_timeout=visibility_timeout,
                retention_period=retention_period,
                max_receive_count=LEAST_RECEIVES if max_receive_count is None else max_receive_count,
                fifo=fifo is not None,
            )
        else:
            timing = check_existing_queue(check, function, queue, dead_letter_queue, window)
        super().__init__(scope, construct_id)
        with check.all_or_nothing():
            self.function = function
            if queue is None:
                self.dead_letter_queue, self.queue = queue_pair(
                    self, cast("QueueTiming", timing), fifo, encryption_key, removal_policy
                )
            else:
                known = dead_letter_queue_of(queue)
                self.queue = queue
                self.dead_letter_queue = dead_letter_queue or cast("sqs.DeadLetterQueue", known).queue
            self.event_source_mapping = lambda_.EventSourceMapping(
                self,
                "Mapping",
                target=function,
                event_source_arn=self.queue.queue_arn,
                batch_size=batch_size,
                max_batching_window=max_batching_window,
                max_concurrency=max_concurrency,
                filters=filters_of(filters),
                enabled=enabled,
                report_batch_item_failures=True,
            )
            self.queue.grant_consume_messages(function).apply_before(self.event_source_mapping)
            acknowledge_mapping(self.event_source_mapping)
            self.alarms = (
                None
                if alarms is None
                else QueueAlarms(
                    self,
                    "Alarms",
                    queue=self.queue,
                    dead_letter_queue=self.dead_letter_queue,
                    maximum_age=_age_of_all_tries(timing) if maximum_age is None else maximum_age,
                    maximum_backlog=maximum_backlog,
                    settings=alarms,
                    route=alarm_route,
                )
            )
            keep_redriving(
                self,
                self.dead_letter_queue,
                written_by=WrittenBy.QUEUE,
                function=function,
                source=self.queue,
                redrive=redrive,
            )

    def grant_send_messages(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let `grantee` send messages to the queue, and use its key."""
        return self.queue.grant_send_messages(grantee)


def _age_of_all_tries(timing: QueueTiming | None) -> cdk.Duration | None:
    tries = None if timing is None else timing.all_tries
    if timing is None or tries is None or is_token(timing.retention) or tries >= timing.retention:
        return None
    return cdk.Duration.seconds(max(tries, _SHORTEST_AGE))
