"""Where the records of a failed batch lie in a stream."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from redrive.malformed import MalformedError

__all__ = ["KINESIS", "TABLE", "Batch", "batch_of"]

KINESIS: Final = "kinesis"
TABLE: Final = "dynamodb"
_INFOS: Final = {"KinesisBatchInfo": KINESIS, "DDBStreamBatchInfo": TABLE}


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Records of one shard, from the first to the last one.

    Attributes:
        service: `KINESIS` or `TABLE`.
        stream: the stream's ARN.
        shard: the shard.
        first: the sequence number of its first record.
        last: that of its last one.
        size: how many records the function was given.
    """

    service: str
    stream: str
    shard: str
    first: str
    last: str
    size: int


def batch_of(record: Mapping[str, Any]) -> Batch | None:
    """The batch that a record of an on-failure destination points at; None where it has an event of its own.

    https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
    https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html

    Raises:
        MalformedError: it points nowhere.
    """
    for name, service in _INFOS.items():
        if name in record:
            return _batch(name, service, record[name])
    return None


def _batch(name: str, service: str, info: Any) -> Batch:
    try:
        batch = Batch(
            service=service,
            stream=str(info["streamArn"]),
            shard=str(info["shardId"]),
            first=str(info["startSequenceNumber"]),
            last=str(info["endSequenceNumber"]),
            size=int(info["batchSize"]),
        )
        backwards = int(batch.first) > int(batch.last)
    except (KeyError, TypeError, ValueError) as error:
        raise MalformedError(f"its {name} is incomplete: {error!r}") from error
    if backwards or batch.size < 1:
        raise MalformedError(f"its {name} ends before it begins: {info}")
    return batch
