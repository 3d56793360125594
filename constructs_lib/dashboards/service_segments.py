"""Queues, tables and workflows on a dashboard."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import ClassVar

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn

from constructs_lib.checks import Check
from constructs_lib.dashboards.graph import Graph, Source
from constructs_lib.dashboards.segment import Segment
from constructs_lib.dashboards.service_graphs import QUEUE_GRAPHS, TABLE_GRAPHS, WORKFLOW_GRAPHS

__all__ = [
    "QueueSegment",
    "TableSegment",
    "WorkflowSegment",
    "dead_letter_sources",
]

_READS = re.compile("Get|Query|Scan")
_OPERATIONS = ("GetItem", "Query", "PutItem", "UpdateItem")


def dead_letter_sources(queue: sqs.IQueue | None) -> dict[str, Sequence[Source]]:
    """The source of the figures of a dead-letter queue, where there is one."""
    return {} if queue is None else {"dead_letters": [_queue(queue)]}


def _queue(queue: sqs.IQueue) -> Source:
    return Source(namespace="AWS/SQS", dimensions={"QueueName": queue.queue_name})


@dataclass(frozen=True)
class QueueSegment(Segment):
    """An SQS queue: messages, their age, how many wait, and its dead letters.

    Attributes:
        queue: the queue.
        dead_letter_queue: where its messages go that nobody could process. Left out: no such graph.
    """

    GRAPHS: ClassVar[tuple[Graph, ...]] = QUEUE_GRAPHS

    queue: sqs.IQueue
    _: KW_ONLY
    dead_letter_queue: sqs.IQueue | None = None

    @property
    def resource(self) -> cdk.IResource:
        """The queue."""
        return self.queue

    @property
    def sources(self) -> Mapping[str, Sequence[Source]]:
        """The queue and its dead letters."""
        return {"queue": [_queue(self.queue)], **dead_letter_sources(self.dead_letter_queue)}

    def check(self, check: Check) -> None:
        """Fail without a queue."""
        remedy = "Give an aws_cdk.aws_sqs.Queue, made or imported."
        check.require(hasattr(self.queue, "queue_name"), f"queue is {self.queue!r}.", remedy=remedy)
        check.offers("dead_letter_queue", self.dead_letter_queue, "queue_name", remedy=remedy)


@dataclass(frozen=True)
class TableSegment(Segment):
    """A DynamoDB table: requests, throttles, latency inside DynamoDB, and capacity.

    Attributes:
        table: the table.
        operations: the operations whose requests, latency and errors are drawn, since DynamoDB publishes these for
            each operation. Left out: reading and writing single items, and queries.
    """

    GRAPHS: ClassVar[tuple[Graph, ...]] = TABLE_GRAPHS

    table: dynamodb.ITable
    _: KW_ONLY
    operations: Sequence[str] = _OPERATIONS

    @property
    def resource(self) -> cdk.IResource:
        """The table."""
        return self.table

    @property
    def sources(self) -> Mapping[str, Sequence[Source]]:
        """The table, and each operation on it."""
        name = {"TableName": self.table.table_name}
        operations = {
            operation: Source(
                namespace="AWS/DynamoDB", dimensions={**name, "Operation": operation}, label=f"{operation} "
            )
            for operation in self.operations
        }
        return {
            "table": [Source(namespace="AWS/DynamoDB", dimensions=name)],
            "operation": list(operations.values()),
            "read": [source for operation, source in operations.items() if _READS.search(operation)],
            "write": [source for operation, source in operations.items() if not _READS.search(operation)],
        }

    def check(self, check: Check) -> None:
        """Fail without a table."""
        check.require(
            hasattr(self.table, "table_name"),
            f"table is {self.table!r}.",
            remedy="Give an aws_cdk.aws_dynamodb.Table, made or imported.",
        )
        check.instance("operations", self.operations, list, tuple)


@dataclass(frozen=True)
class WorkflowSegment(Segment):
    """A Step Functions state machine: executions, failures, and how long they take.

    Attributes:
        state_machine: the state machine.
    """

    GRAPHS: ClassVar[tuple[Graph, ...]] = WORKFLOW_GRAPHS

    state_machine: sfn.IStateMachine

    @property
    def resource(self) -> cdk.IResource:
        """The state machine."""
        return self.state_machine

    @property
    def sources(self) -> Mapping[str, Sequence[Source]]:
        """The state machine by its ARN."""
        arn = {"StateMachineArn": self.state_machine.state_machine_arn}
        return {"workflow": [Source(namespace="AWS/States", dimensions=arn)]}

    def check(self, check: Check) -> None:
        """Fail without a state machine."""
        check.require(
            hasattr(self.state_machine, "state_machine_arn"),
            f"state_machine is {self.state_machine!r}.",
            remedy="Give an aws_cdk.aws_stepfunctions.StateMachine, made or imported.",
        )
