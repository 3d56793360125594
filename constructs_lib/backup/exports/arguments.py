"""What can be given for exports."""

import re
from collections.abc import Mapping, Sequence

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from constructs_lib.alarms.routing.route import Route, check_route
from constructs_lib.backup.common.tables import check_tables
from constructs_lib.backup.exports.bucket import ExportLifecycle
from constructs_lib.checks import Check, is_token
from constructs_lib.function import FunctionLogs

__all__ = ["MOST_TABLES", "check_arguments"]

MOST_TABLES = 100
"""How many tables one construct can export, within what a Lambda function can do in one run."""
_LONGEST_PREFIX = 512
"""Of the 1,024 characters of a key, which the names of the table and of DynamoDB's files need too."""
_PREFIX = re.compile(r"([a-zA-Z0-9!_.'()-]+(/[a-zA-Z0-9!_.'()-]+)*)?")
"""Characters that are safe in keys, but for the asterisk, which in a policy stands for others.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
"""


def check_arguments(
    check: Check,
    scope: Construct,
    *,
    tables: Sequence[dynamodb.ITable],
    schedules: Mapping[str, scheduler.ScheduleExpression | None],
    buckets: Mapping[str, s3.IBucket | None],
    of_new_bucket: Mapping[str, object],
    prefix: str,
    key: kms.IKey | None,
    route: Route | None,
    log_settings: FunctionLogs | None,
    removal_policy: cdk.RemovalPolicy | None,
) -> None:
    """Fail unless exports can be made of these."""
    check_tables(check, scope, tables, MOST_TABLES)
    for name, schedule in schedules.items():
        check.offers(
            name,
            schedule if name == "incremental_schedule" else schedule or "",
            "expression_string",
            remedy="Give a ScheduleExpression of aws_scheduler.",
        )
    for name, bucket in buckets.items():
        check.offers(name, bucket, "bucket_arn", remedy="Give a bucket of S3, made or imported.")
    check.offers("encryption_key", key, "key_arn", remedy="Give a key of KMS, made or imported.")
    for name, value, kind in (
        ("lifecycle", of_new_bucket["lifecycle"], ExportLifecycle),
        ("object_lock", of_new_bucket["object_lock"], s3.ObjectLockRetention),
        ("log_settings", log_settings, FunctionLogs),
        ("removal_policy", removal_policy, cdk.RemovalPolicy),
    ):
        check.instance(name, value, kind, None)
    if buckets["bucket"] is not None:
        for name, value in of_new_bucket.items():
            check.require(
                value is None,
                f"{name} is given, and an existing bucket too.",
                remedy="That bucket keeps its own settings: set it there, or leave bucket out.",
            )
    key_name = "" if key is None else key.key_arn.rpartition(":")[2]
    check.require(
        not key_name.startswith("alias/"),
        f"encryption_key is {key_name}.",
        remedy="A policy can name keys alone: give the key itself, imported by its ARN.",
    )
    check.instance("prefix", prefix, str)
    check.within(
        "the length of prefix", 0 if is_token(prefix) else len(prefix), 0, _LONGEST_PREFIX, unit="characters"
    )
    check.require(
        is_token(prefix) or _PREFIX.fullmatch(prefix) is not None,
        f"prefix is {check.shown(prefix)}.",
        remedy="Give letters, digits and !-_.'() with single slashes in between, none at the ends.",
    )
    check_route(check, route)
