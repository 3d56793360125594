"""The route: all that the handler has to know of a queue, as one document."""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_sqs as sqs

from constructs_lib.dead_letters.redrive.settings import RedriveSettings, WrittenBy

__all__ = ["chosen", "route_document"]


def route_document(
    queue: sqs.IQueue,
    written_by: WrittenBy,
    function_arn: object,
    settings: RedriveSettings,
    *,
    started_by: str,
) -> dict[str, Any]:
    """The event that lets the handler re-drive `queue`.

    Args:
        queue: the dead-letter queue.
        written_by: who writes its messages.
        function_arn: what is invoked again; None where the messages say so, or SQS moves them.
        settings: how fast, which, and how often.
        started_by: ``schedule``, ``alarm`` or ``hand``.
    """
    return {
        "queue_url": queue.queue_url,
        "queue_arn": queue.queue_arn,
        "written_by": str(written_by),
        "function": function_arn,
        **chosen(settings),
        "started_by": started_by,
    }


def chosen(settings: RedriveSettings) -> dict[str, Any]:
    """What the handler has to know of `settings`."""
    return {
        "rate_per_second": settings.rate_per_second,
        "max_attempts": settings.max_attempts,
        "minimum_age_seconds": _seconds(settings.minimum_age),
        "maximum_age_seconds": _seconds(settings.maximum_age),
        "error_types": list(settings.error_types),
        "except_error_types": list(settings.except_error_types),
        "dry_run": settings.dry_run,
    }


def _seconds(age: cdk.Duration | None) -> int | None:
    return None if age is None else int(age.to_seconds())
