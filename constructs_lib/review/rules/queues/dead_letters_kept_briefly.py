from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.ranges import lasting
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.queues import DEFAULT_RETENTION, queues_of
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.queues.common import sources_of

__all__ = ["dead_letters_kept_briefly"]


@rule(
    severity=Severity.WARNING,
    remedy="Set MessageRetentionPeriod to 1209600, which is 14 days (retention_period in the CDK).",
    source="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html",
)
def dead_letters_kept_briefly(stack: StackReading) -> Iterator[Found]:
    """Dead letters are kept for 4 days or less: a long weekend, and nobody can read them any more."""
    for queue in queues_of(stack):
        kept = queue.retention
        if not queue.is_dead_letter or kept is None or kept > DEFAULT_RETENTION:
            continue
        # Where its source keeps messages as long, the rule about that says more.
        if not any(each.retention is not None and kept <= each.retention for each in sources_of(queue)):
            yield Found(node=queue.node, message=f"{queue.node.path} keeps dead letters for {lasting(kept)}.")
