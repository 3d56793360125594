"""Events of a versioned bucket on the default bus say which version of the object they are about.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
"""

import contextvars
import json
from collections.abc import Callable
from typing import Any

from local_cloud.hooks import replace

_version: contextvars.ContextVar[str | None] = contextvars.ContextVar("version", default=None)


def install() -> None:
    replace("services.s3._fire_s3_event", _remembering_version)
    replace("services.eventbridge._dispatch_event", _with_version)


def _remembering_version(original: Callable[..., None]) -> Callable[..., None]:
    def fire(*arguments: Any, version_id: str | None = None, **named: Any) -> None:
        token = _version.set(version_id)
        try:
            original(*arguments, version_id=version_id, **named)
        finally:
            _version.reset(token)

    return fire


def _with_version(original: Callable[..., None]) -> Callable[..., None]:
    def dispatch(event: dict[str, Any], view: Any = None) -> None:
        version = _version.get()
        if version and event.get("Source") == "aws.s3":
            detail = json.loads(event["Detail"])
            detail["object"]["version-id"] = version
            event = {**event, "Detail": json.dumps(detail)}
        original(event, view)

    return dispatch
