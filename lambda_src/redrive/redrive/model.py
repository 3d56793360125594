"""What is re-driven and how, what a dead letter is, and what became of it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Final, Self

from redrive.values import WrittenBy, problem_of

__all__ = ["Action", "Letter", "Outcome", "Report", "Route", "RouteError", "WrittenBy", "unqualified"]

_FUNCTION_ARN: Final = 7
"""The parts of the ARN of a function without a qualifier."""


class RouteError(ValueError):
    """The route says something that can't be done."""


@dataclass(frozen=True, kw_only=True)
class Route:
    """One dead-letter queue and how its letters are re-driven; ages are in seconds.

    Attributes:
        queue_url: the dead-letter queue.
        queue_arn: its ARN, under which the ledger remembers.
        written_by: who wrote the letters.
        function: the function or qualifier that gets events again. Left out: the one that a letter names.
        rate_per_second: events a second at most.
        max_attempts: how often one event is re-driven before it is parked.
        minimum_age_seconds: what failed less long ago is left alone.
        maximum_age_seconds: what failed longer ago is parked.
        error_types: only what failed with one of these is re-driven; the rest is left alone. Empty: all of it.
        except_error_types: what failed with one of these is parked.
        dry_run: nothing is changed, only counted.
        started_by: ``schedule``, ``alarm`` or ``hand``, for the audit.
    """

    queue_url: str
    queue_arn: str
    written_by: WrittenBy
    function: str | None = None
    rate_per_second: int = 5
    max_attempts: int = 3
    minimum_age_seconds: int | None = None
    maximum_age_seconds: int | None = None
    error_types: tuple[str, ...] = ()
    except_error_types: tuple[str, ...] = ()
    dry_run: bool = False
    started_by: str = "hand"

    @classmethod
    def from_json(cls, given: Any) -> Self:
        """The route that a document describes.

        Raises:
            RouteError: it lacks something, has something unknown, or a value is out of its range.
        """
        if not isinstance(given, Mapping):
            raise RouteError(f"The route is {given!r}: give an object.")
        known = cls.__dataclass_fields__
        if unknown := sorted(set(given) - set(known)):
            raise RouteError(f"The route has {', '.join(unknown)}: it may have {', '.join(known)}.")
        if missing := [name for name in ("queue_url", "queue_arn", "written_by") if not given.get(name)]:
            raise RouteError(f"The route has no {', '.join(missing)}.")
        for name, value in given.items():
            if problem := problem_of(name, value):
                raise RouteError(f"{name} is {value!r}: {problem}.")
        route = cls(
            **{
                **given,
                "written_by": WrittenBy(given["written_by"]),
                "error_types": tuple(given.get("error_types") or ()),
                "except_error_types": tuple(given.get("except_error_types") or ()),
            }
        )
        route._check_together()
        return route

    def to_json(self) -> dict[str, Any]:
        """The document that `from_json` reads."""
        return {
            **asdict(self),
            "error_types": [*self.error_types],
            "except_error_types": [*self.except_error_types],
        }

    @property
    def queue_name(self) -> str:
        """The queue's name, the dimension of the metrics."""
        return self.queue_arn.rpartition(":")[2]

    @property
    def fifo(self) -> bool:
        """Whether the queue keeps an order."""
        return self.queue_arn.endswith(".fifo")

    def _check_together(self) -> None:
        low, high = self.minimum_age_seconds, self.maximum_age_seconds
        if low is not None and high is not None and low >= high:
            raise RouteError(
                f"minimum_age_seconds is {low} and maximum_age_seconds {high}: nothing is left between."
            )
        if self.written_by is WrittenBy.QUEUE and (self.error_types or self.except_error_types):
            raise RouteError(
                "error_types and except_error_types can't be told of what a queue's redrive policy wrote: such a "
                "message carries no error. Leave them out."
            )
        if self.written_by in _NEED_FUNCTION and self.function is None:
            raise RouteError(
                f"The route has no function: a letter written by a {self.written_by} does not say which one."
            )


_NEED_FUNCTION: Final = (WrittenBy.TOPIC,)


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One message of a dead-letter queue, as SQS gives it.

    Attributes:
        message_id: SQS's id; it stays the same until the message is deleted.
        receipt: what it is deleted or released by; each receipt of the message has its own.
        body: as it is.
        attributes: its message attributes, as SQS writes them (``{"DataType": ..., "StringValue": ...}``).
        system: its system attributes, e.g. ``SentTimestamp``.
    """

    message_id: str
    receipt: str
    body: str
    attributes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    system: Mapping[str, str] = field(default_factory=dict)

    @property
    def sent_at(self) -> float:
        """When it was sent, in seconds.

        A standard queue keeps the time of the first sending when its redrive policy moves a message; a FIFO queue
        writes the time of the move.
        https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
        """
        return int(self.system.get("SentTimestamp", "0")) / 1000

    def text(self, name: str) -> str:
        """The text of a message attribute; empty where there is none."""
        return str(self.attributes.get(name, {}).get("StringValue", ""))


class Outcome(StrEnum):
    """What became of one letter in one run."""

    REDRIVEN = "redriven"
    """The function took the event, or the source queue has it again; the letter is deleted."""
    FAILED = "failed"
    """The function failed again; the letter waits for the next run."""
    PARKED = "parked"
    """It lies in the parking queue, with the reason."""
    SKIPPED = "skipped"
    """A filter leaves it alone, or another run or route has it."""
    POSTPONED = "postponed"
    """What should take it is throttled, out of reach, or slower than a run; that is no attempt."""
    SETTLED = "settled"
    """An earlier run had done or parked it and could not delete it any more; now it is deleted."""


@dataclass(frozen=True, kw_only=True)
class Action:
    """What a run did with one letter; in a dry run, what it would do.

    Attributes:
        message_id: the letter.
        outcome: what became of it.
        reason: why, in words.
        error_type: what the event had failed with; ``unknown`` where the letter does not say.
        attempts: how often the event has been re-driven.
        function: which function got it; empty where none did.
    """

    message_id: str
    outcome: Outcome
    reason: str = ""
    error_type: str = "unknown"
    attempts: int = 0
    function: str = ""


@dataclass(kw_only=True)
class Report:
    """What one run did.

    Attributes:
        queue: the queue's name.
        dry_run: whether nothing was changed.
        outcomes: how many letters had which outcome.
        errors: how many letters had failed with which error.
        moving: how many messages a move task of SQS takes back; 0 where none was started.
        remaining: about how many messages the queue still has.
        stopped: why the run ended before it had seen all; empty where it saw all.
    """

    queue: str
    dry_run: bool = False
    outcomes: dict[Outcome, int] = field(default_factory=dict)
    errors: dict[str, int] = field(default_factory=dict)
    moving: int = 0
    remaining: int = 0
    stopped: str = ""

    def add(self, action: Action) -> None:
        """Count `action`."""
        self.outcomes[action.outcome] = self.outcomes.get(action.outcome, 0) + 1
        self.errors[action.error_type] = self.errors.get(action.error_type, 0) + 1

    def count(self, outcome: Outcome) -> int:
        """How many letters had `outcome`."""
        return self.outcomes.get(outcome, 0)

    def to_json(self) -> dict[str, Any]:
        """As the handler answers."""
        return {**asdict(self), "outcomes": {str(each): self.count(each) for each in Outcome}}


def unqualified(function: str) -> str:
    """The ARN of a function without its version or alias."""
    return ":".join(function.split(":")[:_FUNCTION_ARN])
