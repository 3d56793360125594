from collections import defaultdict
from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import Node, StackReading
from constructs_lib.review.reading.data import has
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.schedules.common import RULE, SCHEDULE, Target, runs_again_soon, targets_of

__all__ = ["target_without_dead_letters"]


@rule(
    severity=Severity.WARNING,
    remedy="Set DeadLetterConfig of the target to a standard queue (dead_letter_queue of the target in the CDK), and "
    "alarm on it.",
    source="https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-event-delivery.html",
)
def target_without_dead_letters(stack: StackReading) -> Iterator[Found]:
    """What a rule or a schedule cannot deliver is dropped after the last retry, and nobody can tell what it was."""
    without: dict[Node, list[Target]] = defaultdict(list)
    for target in targets_of(stack, RULE, SCHEDULE):
        if not has(target.data, "DeadLetterConfig", "Arn") and not runs_again_soon(target.by):
            without[target.by].append(target)
    for node, targets in without.items():
        many = f" to {len(targets)} targets" if len(targets) > 1 else ""
        yield Found(
            node=node, message=f"{node.path} has no DeadLetterConfig for what it cannot deliver{many}."
        )
