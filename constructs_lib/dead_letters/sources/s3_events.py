"""Which events of a bucket a rule catches."""

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Any, TypedDict

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_s3 as s3

from constructs_lib.checks import Check, is_token

__all__ = ["Filters", "S3EventType", "check_filters", "pattern_of"]

# The largest number that a pattern can compare with:
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
_LARGEST_NUMBER = 5_000_000_000
_LONGEST_KEY = 1_024


class S3EventType(StrEnum):
    """What can happen to an object: https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventBridge.html."""

    OBJECT_CREATED = "Object Created"
    OBJECT_DELETED = "Object Deleted"
    OBJECT_RESTORE_INITIATED = "Object Restore Initiated"
    OBJECT_RESTORE_COMPLETED = "Object Restore Completed"
    OBJECT_RESTORE_EXPIRED = "Object Restore Expired"
    OBJECT_STORAGE_CLASS_CHANGED = "Object Storage Class Changed"
    OBJECT_ACCESS_TIER_CHANGED = "Object Access Tier Changed"
    OBJECT_ACL_UPDATED = "Object ACL Updated"
    OBJECT_TAGS_ADDED = "Object Tags Added"
    OBJECT_TAGS_DELETED = "Object Tags Deleted"


# https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
_WITH_SIZE = {
    S3EventType.OBJECT_CREATED,
    S3EventType.OBJECT_RESTORE_INITIATED,
    S3EventType.OBJECT_RESTORE_COMPLETED,
}


class Filters(TypedDict):
    """The arguments of a source that say which events."""

    event_types: Sequence[S3EventType]
    prefix: str | None
    suffix: str | None
    minimum_size: cdk.Size | None
    maximum_size: cdk.Size | None


def check_filters(
    check: Check,
    *,
    event_types: Sequence[S3EventType],
    prefix: str | None,
    suffix: str | None,
    minimum_size: cdk.Size | None,
    maximum_size: cdk.Size | None,
) -> None:
    """Fail unless the arguments make a pattern that can match."""
    check.instance("event_types", event_types, list, tuple)
    check.require(len(event_types) > 0, "event_types is empty.", remedy="Name at least one S3EventType.")
    for each in event_types:
        check.instance("event_types", each, S3EventType)
    for name, part in (("prefix", prefix), ("suffix", suffix)):
        check.instance(name, part, str, None)
        check.require(
            part is None or is_token(part) or 0 < len(part.encode()) <= _LONGEST_KEY,
            f"{name} is {check.shown(part)}.",
            remedy=f"Give 1 to {_LONGEST_KEY:,} bytes, as a key has, or leave it out.",
        )
    check.require(
        prefix is None or suffix is None or not (is_token(prefix) or is_token(suffix)),
        "prefix and suffix are both given, and one is known only at deployment.",
        remedy="The two become one pattern with a wildcard, in which some characters are escaped: give fixed ones.",
    )
    sizes = [_bytes(check, "minimum_size", minimum_size), _bytes(check, "maximum_size", maximum_size)]
    if minimum_size is None and maximum_size is None:
        return
    unsized = [each.value for each in event_types if each not in _WITH_SIZE]
    check.require(
        not unsized,
        f"a size is given, which events of the type {', '.join(unsized)} do not tell.",
        remedy="They would never match: make another source for them, or leave the size out.",
    )
    low, high = sizes
    check.require(
        low is None or high is None or low <= high,
        "minimum_size is larger than maximum_size.",
        remedy="No object would match: swap them.",
    )


def pattern_of(
    bucket: s3.IBucket,
    *,
    event_types: Sequence[S3EventType],
    prefix: str | None,
    suffix: str | None,
    minimum_size: cdk.Size | None,
    maximum_size: cdk.Size | None,
) -> events.EventPattern:
    """The pattern of the events of `bucket` that are asked for."""
    wanted: dict[str, Any] = {}
    if prefix is not None and suffix is not None:
        wanted["key"] = [{"wildcard": f"{_plain(prefix)}*{_plain(suffix)}"}]
    elif prefix is not None:
        wanted["key"] = [{"prefix": prefix}]
    elif suffix is not None:
        wanted["key"] = [{"suffix": suffix}]
    bounds: list[str | float] = []
    for operator, size in ((">=", minimum_size), ("<=", maximum_size)):
        if size is not None:
            bounds += [operator, size.to_bytes()]
    if bounds:
        wanted["size"] = [{"numeric": bounds}]
    detail: dict[str, Any] = {"bucket": {"name": [bucket.bucket_name]}}
    if wanted:
        detail["object"] = wanted
    return events.EventPattern(
        source=["aws.s3"], detail_type=[each.value for each in event_types], detail=detail
    )


def _plain(text: str) -> str:
    """`text` as it stands in a wildcard pattern."""
    return re.sub(r"([*\\])", r"\\\1", text)


def _bytes(check: Check, name: str, size: cdk.Size | None) -> float | None:
    check.instance(name, size, cdk.Size, None)
    if size is None:
        return None
    check.require(
        not is_token(size), f"{name} is known only at deployment.", remedy="Give a fixed aws_cdk.Size."
    )
    number = size.to_bytes()
    check.within(name, number, 0, _LARGEST_NUMBER, unit="bytes")
    return number
