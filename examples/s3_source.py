"""How do I process each file that is uploaded, and lose none? Events of the bucket, by prefix, suffix and size."""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3

from constructs_lib.bundling import PythonCode
from constructs_lib.dead_letters import S3Source
from constructs_lib.resilient_function import ResilientFunction

HANDLERS = Path(__file__).parent / "handlers"


def build(app: cdk.App) -> None:
    """Files below incoming/ are read by a function, which writes elsewhere."""
    stack = cdk.Stack(app, "Uploads")
    ingest = ResilientFunction(
        stack, "Ingest", code=PythonCode.from_folder(HANDLERS / "orders"), handler="orders.handler"
    )
    bucket = s3.Bucket(
        stack,
        "Files",
        enforce_ssl=True,
        versioned=True,
        server_access_logs_prefix="access/",
        lifecycle_rules=[s3.LifecycleRule(noncurrent_version_expiration=cdk.Duration.days(30))],
    )
    S3Source(
        stack,
        "Incoming",
        function=ingest.alias,
        bucket=bucket,
        prefix="incoming/",
        suffix=".csv",
        minimum_size=cdk.Size.bytes(1),
    )


if __name__ == "__main__":
    app = cdk.App()
    build(app)
    app.synth()
