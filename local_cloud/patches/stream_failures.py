"""The records of batches that a stream's mapping has given up, for queues, topics and buckets.

Only what is written to a bucket has the event itself.
https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
"""

import json
import logging
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from local_cloud.patches import deliveries, lambda_metrics, source_metrics
from local_cloud.patches.lambda_function import Invoked
from local_cloud.patches.stream_records import Record, Shard

_LOG = logging.getLogger("local_cloud.stream_failures")


def give_up(
    mapping: dict[str, Any],
    shard: Shard,
    records: Sequence[Record],
    *,
    condition: str,
    invocations: int,
    answer: dict[str, Any] | None,
    config: dict[str, Any],
) -> None:
    """Send what became of records to the mapping's destination, if it has one."""
    target = ((mapping.get("DestinationConfig") or {}).get("OnFailure") or {}).get("Destination")
    if not target:
        return
    said: dict[str, Any] = {
        "requestContext": {
            "requestId": str(uuid.uuid4()),
            "functionArn": mapping["FunctionArn"],
            "condition": condition,
            "approximateInvokeCount": invocations,
        }
    }
    if answer is not None:
        said["responseContext"] = {"statusCode": 200, "executedVersion": config.get("Version", "$LATEST")}
        if answer.get("error"):
            said["responseContext"]["functionError"] = answer.get("function_error") or "Unhandled"
    said |= {
        "version": "1.0",
        "timestamp": _moment(datetime.now(UTC)),
        "KinesisBatchInfo" if shard.kinesis else "DDBStreamBatchInfo": {
            "shardId": shard.identifier,
            "startSequenceNumber": records[0].sequence_number,
            "endSequenceNumber": records[-1].sequence_number,
            "approximateArrivalOfFirstRecord": _moment(datetime.fromtimestamp(records[0].arrival, UTC)),
            "approximateArrivalOfLastRecord": _moment(datetime.fromtimestamp(records[-1].arrival, UTC)),
            "batchSize": len(records),
            "streamArn": shard.stream,
        },
    }
    try:
        if target.split(":")[2] == "s3":
            event = {"Records": [record.said for record in records]}
            folder = f"aws/lambda/{mapping['UUID']}/{shard.identifier}"
            deliveries.put_record(target, folder, {**said, "payload": json.dumps(event)})
        else:
            deliveries.send(target, json.dumps(said))
    except deliveries.DeliveryError as error:
        _LOG.warning("on-failure destination of %s: %s", mapping["UUID"], error)
        lambda_metrics.publish(Invoked.of(config), {"DestinationDeliveryFailures": 1})
    else:
        source_metrics.count(mapping, delivered=len(records))


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
