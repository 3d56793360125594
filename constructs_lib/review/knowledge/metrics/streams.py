"""Metrics of streams and what delivers them."""

from collections.abc import Mapping
from typing import Final

from constructs_lib.review.knowledge.metrics.model import Kind, Published, Service, dimension_sets, named

__all__ = ["SERVICES"]

_EVENTS: Final = Published(kind=Kind.EVENTS, sparse=True)
_SIZE: Final = Published(kind=Kind.SIZE, unit="Bytes", sparse=True)
_TIME: Final = Published(kind=Kind.TIME, unit="Milliseconds", sparse=True)
_SUCCESS: Final = Published(kind=Kind.SHARE, highest=1, sparse=True)

_KINESIS: Final = Service(
    source="https://docs.aws.amazon.com/streams/latest/dev/monitoring-with-cloudwatch.html",
    by=dimension_sets("StreamName", "StreamName ShardId"),
    at_least=dimension_sets("StreamName ConsumerName", "StreamName ConsumerName ShardId"),
    metrics={
        **named(
            "GetRecords.Bytes IncomingBytes OutgoingBytes PutRecord.Bytes PutRecords.Bytes SubscribeToShardEvent.Bytes",
            _SIZE,
        ),
        **named(
            "GetRecords.Latency PutRecord.Latency PutRecords.Latency SubscribeToShardEvent.MillisBehindLatest "
            "IteratorAgeMilliseconds GetRecords.IteratorAgeMilliseconds GetRecords.IteratorAge",
            _TIME,
        ),
        **named("GetRecords.Success PutRecord.Success", _SUCCESS),
        **named(
            "GetRecords.Records IncomingRecords OutgoingRecords PutRecords.Records PutRecords.Success "
            "PutRecords.TotalRecords PutRecords.SuccessfulRecords PutRecords.FailedRecords "
            "PutRecords.ThrottledRecords ReadProvisionedThroughputExceeded WriteProvisionedThroughputExceeded "
            "SubscribeToShard.RateExceeded SubscribeToShard.Success SubscribeToShardEvent.Records "
            "SubscribeToShardEvent.Success",
            _EVENTS,
        ),
    },
)

_DESTINATIONS: Final = (
    "S3",
    "Redshift",
    "Elasticsearch",
    "AmazonOpenSearchService",
    "AmazonOpenSearchServerless",
    "Splunk",
    "HttpEndpoint",
    "Snowflake",
    "Iceberg",
)
_FIREHOSE: Final = Service(
    source="https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-metrics.html",
    by=dimension_sets("DeliveryStreamName"),
    at_least=dimension_sets("DeliveryStreamName"),
    complete=False,
    metrics={
        **{
            f"DeliveryTo{to}.{what}": published
            for to in _DESTINATIONS
            for what, published in {
                "Bytes": _SIZE,
                "DataFreshness": Published(kind=Kind.LEVEL, unit="Seconds", sparse=True),
                "Records": _EVENTS,
                "Success": Published(kind=Kind.SHARE, sparse=True),
            }.items()
        },
        **named("IncomingBytes BackupToS3.Bytes DataReadFromKinesisStream.Bytes", _SIZE),
        **named(
            "IncomingRecords IncomingPutRequests BackupToS3.Records DataReadFromKinesisStream.Records "
            "ThrottledRecords ThrottledGetRecords ThrottledGetShardIterator ThrottledDescribeStream",
            _EVENTS,
        ),
        **named(
            "BackupToS3.DataFreshness KinesisMillisBehindLatest", Published(kind=Kind.LEVEL, sparse=True)
        ),
        **named(
            "KMSKeyAccessDenied KMSKeyDisabled KMSKeyInvalidState KMSKeyNotFound FailedConversion.Records "
            "SucceedConversion.Records SucceedProcessing.Records",
            _EVENTS,
        ),
        **named("ExecuteProcessing.Duration", _TIME),
        **named("ExecuteProcessing.Success BackupToS3.Success", Published(kind=Kind.SHARE, sparse=True)),
    },
)

SERVICES: Final[Mapping[str, Service]] = {"AWS/Kinesis": _KINESIS, "AWS/Firehose": _FIREHOSE}
