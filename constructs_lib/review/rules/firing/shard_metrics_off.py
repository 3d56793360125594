from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import readings, title, watched

__all__ = ["shard_metrics_off"]


@rule(
    severity=Severity.WARNING,
    remedy="Set DesiredShardLevelMetrics of the stream, or leave ShardId out.",
    source="https://docs.aws.amazon.com/streams/latest/dev/monitoring-with-cloudwatch.html",
)
def shard_metrics_off(stack: StackReading) -> Iterator[Found]:
    """An alarm is on a single shard, and its stream publishes no metrics of each."""
    for alarm, metric in readings(stack):
        stream = watched(alarm, metric, "StreamName", "AWS::Kinesis::Stream")
        if metric.namespace != "AWS/Kinesis" or "ShardId" not in (metric.dimensions or {}) or stream is None:
            continue
        if not stream.has("DesiredShardLevelMetrics"):
            yield Found(node=alarm.node, message=f"{title(alarm, metric)} is on a shard of {stream.path}.")
