"""Parked messages go back to where they were parked from, to be tried from the beginning."""

from base64 import b64decode
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from botocore.exceptions import ClientError
from redrive.letters import Letters
from redrive.model import Action, Letter, Outcome
from redrive.pace import Pace
from redrive.parking import DETAIL
from redrive.redriving import Task, judged
from redrive.to_queue import NoSourceError, Sources

from constructs_lib.dead_letters.command.failing import in_a_line
from constructs_lib.dead_letters.command.queues import Known, queue_name
from constructs_lib.dead_letters.command.results import Results
from constructs_lib.dead_letters.command.seen import Looking, Seen, parked_detail, see
from constructs_lib.dead_letters.command.surroundings import Surroundings

__all__ = ["unpark"]

_GIVEN: Final = ("DataType", "StringValue", "BinaryValue")


class _LostError(Exception):
    """It is not known where a message belongs; the text says why."""


def unpark(
    *, known: Known, results: Results, surroundings: Surroundings, stopped: Callable[[], bool]
) -> None:
    """Send back what the filters let pass; a message is deleted once its queue has it.

    What was parked from the dead-letter queue of a queue goes to that queue, since SQS moves nothing back that somebody
    else has sent to a dead-letter queue; all else goes to the dead-letter queue that it was parked from.
    """
    sqs, route = surroundings.connect("sqs"), results.route
    letters = Letters(sqs, known.url)
    home = cache(lambda origin: _home(sqs, origin))
    pace = Pace(route.rate_per_second, elapsed=surroundings.now, sleep=surroundings.sleep)
    with Looking(letters) as looking:
        for letter in looking:
            if stopped():
                break
            seen = see(letter, known)
            task = Task(letter=letter, failed_at=seen.failed_at, error_type=seen.error_type)
            if (verdict := judged(route, task, surroundings.now())) is not None:
                results(_action(seen, Outcome.SKIPPED, verdict[1]))
                continue
            try:
                url = home(str(parked_detail(letter).get("origin", "")))
                if not route.dry_run:
                    pace.wait()
                    sqs.send_message(QueueUrl=url, **_message(letter, fifo=url.endswith(".fifo")))
                    looking.delete(letter)
            except _LostError as error:
                results(_action(seen, Outcome.FAILED, str(error)))
            except ClientError as error:
                results(_action(seen, Outcome.FAILED, in_a_line(error)))
            else:
                results(_action(seen, Outcome.REDRIVEN, f"back in {url.rpartition('/')[2]}"))
    results.report.remaining = letters.count()


def _action(seen: Seen, outcome: Outcome, reason: str) -> Action:
    return Action(
        message_id=seen.letter.message_id,
        outcome=outcome,
        reason=reason,
        error_type=seen.error_type,
        attempts=seen.attempts or 0,
    )


def _home(sqs: Any, origin: str) -> str:
    """The URL of the queue that what was parked from the queue `origin` goes back to."""
    if not origin:
        raise _LostError("it was too large to be told where it was parked from")
    parts = origin.split(":")
    url = sqs.get_queue_url(QueueName=parts[-1], QueueOwnerAWSAccountId=parts[4])["QueueUrl"]
    try:
        sources = Sources(sqs, url).all()
    except NoSourceError:
        return str(url)
    if len(sources) > 1:
        names = ", ".join(each.rpartition("/")[2] for each in sources)
        raise _LostError(
            f"{queue_name(origin)} is the dead-letter queue of {names}, and it does not say which"
        )
    return sources[0]


def _message(letter: Letter, *, fifo: bool) -> dict[str, Any]:
    """`letter` as it was before it was parked."""
    detail = parked_detail(letter)
    moved = detail.get("attributes")
    if isinstance(moved, Mapping):
        own = {name: _decoded(value) for name, value in moved.items()}
    else:
        own = {name: value for name, value in letter.attributes.items() if name != DETAIL}
    message: dict[str, Any] = {
        "MessageBody": letter.body,
        "MessageAttributes": {
            name: {key: value[key] for key in _GIVEN if key in value} for name, value in own.items()
        },
    }
    if fifo:
        # The same parked message within five minutes is one message.
        message |= {
            "MessageGroupId": str(detail.get("group", "")),
            "MessageDeduplicationId": letter.message_id,
        }
    return message


def _decoded(value: Mapping[str, Any]) -> Mapping[str, Any]:
    if "BinaryValue" not in value:
        return value
    return {**value, "BinaryValue": b64decode(value["BinaryValue"])}
