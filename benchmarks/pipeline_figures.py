"""The data pipeline: the memory in which a file of any size is processed.

The file lies in the local cloud's S3; the handler runs in a process of its own, whose peak is Linux's own figure.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from uuid import uuid4

from benchmarks.figures import Figure
from constructs_lib.handlers import handler_folder
from local_cloud import LocalCloud

__all__ = ["figures", "process"]

_ROOT: Final = Path(__file__).parent.parent
_MB: Final = 1024**2
_LARGE, _SMALL = 1024 * _MB, 8 * _MB
_MOST_MEMORY: Final = 256
"""MB, for a file of 1 GB."""
_HANDLERS: Final = ("process_file", "handler_toolkit")
_KEY: Final = "incoming/sales.csv"
_FILE_ID: Final = "f" * 64


def figures(size: int = _LARGE) -> list[Figure]:
    """Peak memory, in all and against a small file, and how fast it goes."""
    with LocalCloud() as cloud:
        small, large = (process(cloud, each) for each in (_SMALL, size))
    name = f"a file of {size // _MB} MB through process_file"
    rate = size / _MB / large["seconds"]
    return [
        Figure(
            name=f"{name}: peak memory",
            ours=f"{large['peak'] / _MB:.0f} MB, {rate:.1f} MB a CPU second",
            judged=large["peak"] / _MB,
            target=_MOST_MEMORY,
            unit=" MB",
        ),
        Figure(
            name=f"{name}: peak memory",
            ours=f"{large['peak'] / _MB:.0f} MB",
            other=f"one of {_SMALL // _MB} MB: {small['peak'] / _MB:.0f} MB",
            judged=large["peak"] / small["peak"],
            target=1.2,
        ),
    ]


def process(cloud: LocalCloud, size: int) -> dict[str, float]:
    """The seconds of the processor that a file of `size` bytes takes, and the peak of the memory in bytes."""
    places = _places(cloud)
    uploads, s3 = places["UPLOADS_BUCKET_NAME"], cloud.client("s3")
    with TemporaryDirectory() as folder:
        file = Path(folder, "sales.csv")
        with file.open("w") as rows:
            rows.writelines(_rows(size))
        s3.upload_file(str(file), uploads, _KEY)
    message = {
        "file_id": _FILE_ID,
        "bucket": uploads,
        "key": _KEY,
        "version_id": s3.head_object(Bucket=uploads, Key=_KEY)["VersionId"],
        "size": size,
        "correlation_id": "benchmark",
    }
    cloud.client("dynamodb").put_item(
        TableName=places["MANIFEST_TABLE_NAME"],
        Item={"file_id": {"S": _FILE_ID}, "status": {"S": "received"}},
    )
    run = subprocess.run(  # noqa: S603 - this project's own command
        [sys.executable, "-m", "benchmarks.pipeline_runs", json.dumps(message)],
        env={**os.environ, **cloud.environment, **places},
        cwd=_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode:
        raise RuntimeError(run.stderr or run.stdout)
    found: dict[str, float] = json.loads(run.stdout)
    return found


def _rows(size: int) -> Iterator[str]:
    """A file of about `size` bytes, whose rows differ."""
    header = "order_id,sku,quantity,unit_price,currency,sold_at\n"
    yield header
    left, number = size - len(header), 0
    while left > 0:
        row = (
            f"order-{number:09},SKU-{number % 997},{number % 9 + 1},{number % 90}.99,EUR,"
            f"2026-11-{number % 28 + 1:02}T10:00:00+01:00\n"
        )
        yield row
        left, number = left - len(row), number + 1


def _places(cloud: LocalCloud) -> dict[str, str]:
    """New buckets and a new table, and what else the handler's environment says."""
    run, s3, dynamodb = uuid4().hex, cloud.client("s3"), cloud.client("dynamodb")
    buckets = {f"{kind.upper()}_BUCKET_NAME": f"{kind}-{run}" for kind in ("uploads", "output", "quarantine")}
    for bucket in buckets.values():
        s3.create_bucket(Bucket=bucket)
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    key: list[Any] = [{"AttributeName": "file_id", "KeyType": "HASH"}]
    names: list[Any] = [{"AttributeName": "file_id", "AttributeType": "S"}]
    dynamodb.create_table(
        TableName=f"manifest-{run}", KeySchema=key, AttributeDefinitions=names, BillingMode="PAY_PER_REQUEST"
    )
    return {
        **buckets,
        "MANIFEST_TABLE_NAME": f"manifest-{run}",
        "PYTHONPATH": os.pathsep.join(str(handler_folder(name)) for name in _HANDLERS),
        "POWERTOOLS_SERVICE_NAME": "process_file",
        "POWERTOOLS_METRICS_NAMESPACE": "DataPipeline",
        "POWERTOOLS_TRACE_DISABLED": "true",
    }
