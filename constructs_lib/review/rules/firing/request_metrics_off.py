from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import at, is_known
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import made_with, readings, title, watched

__all__ = ["request_metrics_off"]


@rule(
    severity=Severity.ERROR,
    remedy="Give the bucket a MetricsConfiguration whose Id is the FilterId of the alarm.",
    source="https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-configurations.html",
)
def request_metrics_off(stack: StackReading) -> Iterator[Found]:
    """An alarm is on request metrics that the bucket does not publish."""
    for alarm, metric in readings(stack):
        bucket = watched(alarm, metric, "BucketName", "AWS::S3::Bucket")
        wanted = (metric.dimensions or {}).get("FilterId")
        if metric.namespace != "AWS/S3" or bucket is None or wanted is None or not made_with(alarm, bucket):
            continue
        found = [at(each, "Id") for each in bucket.items("MetricsConfigurations")]
        if is_known(wanted) and is_known(found) and wanted not in found:
            yield Found(
                node=alarm.node,
                message=f"{title(alarm, metric)} has the FilterId {wanted}, and {bucket.path} has "
                f"{', '.join(map(str, found)) or 'no MetricsConfigurations'}.",
            )
