import re
from collections.abc import Iterator
from typing import Any, Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import Node, Reading, StackReading
from constructs_lib.review.reading.data import texts_in
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import QUEUE, readings, title, watched
from constructs_lib.template import TemplateError

__all__ = ["dead_letters_of_nobody"]

_DEAD: Final = re.compile(r"dlq|dead[-_ ]?letter", re.IGNORECASE)
_WATCHERS: Final = ("AWS::CloudWatch::", "AWS::SQS::QueuePolicy", "AWS::IAM::")


@rule(
    severity=Severity.WARNING,
    remedy="Name the queue in the RedrivePolicy, the DeadLetterConfig or the OnFailure of what it is for.",
    source="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html",
)
def dead_letters_of_nobody(stack: StackReading) -> Iterator[Found]:
    """An alarm is on a queue of dead letters in which nobody leaves any."""
    used = stack.whole.once("queues that anything refers to", _used)
    for alarm, metric in readings(stack):
        node = watched(alarm, metric, "QueueName", QUEUE)
        if node is None or node in used or not _DEAD.search(f"{node.path} {node.text('QueueName') or ''}"):
            continue
        yield Found(
            node=alarm.node, message=f"{title(alarm, metric)} is on {node.path}, to which nothing refers."
        )


def _used(whole: Reading) -> set[Node]:
    """The queues that anything but alarms and permissions mentions, outputs included."""
    found: set[Node] = set()
    if not whole.of_type(QUEUE):
        return found
    for stack in whole.stacks:
        texts = [
            text
            for node in stack.nodes.values()
            if not node.type.startswith(_WATCHERS)
            for text in texts_in(node.properties)
        ]
        texts += texts_in([_output(stack, each) for each in stack.template.section("Outputs").values()])
        for text in texts:
            found.update(_queues(stack, text))
    return found


def _queues(stack: StackReading, text: str) -> Iterator[Node]:
    if "${" in text:
        yield from (each for each in stack.mentioned(text) if each.type == QUEUE)
    elif named := stack.find(text, QUEUE):
        yield named


def _output(stack: StackReading, written: Any) -> Any:
    try:
        return stack.values.plain(written)
    except TemplateError:
        return None
