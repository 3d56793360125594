"""Which metrics AWS services publish, with which dimensions and units, as their documentation said on a day."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Final

from constructs_lib.review.knowledge.metrics import (
    databases,
    edge,
    functions,
    messages,
    operations,
    servers,
    streams,
)
from constructs_lib.review.knowledge.metrics.model import Kind, Published, Service

__all__ = ["AS_OF", "CATALOGUE", "Kind", "Published", "Service", "service_by_any_case"]

AS_OF: Final = date(2026, 11, 22)
"""The day on which the pages were read."""

CATALOGUE: Final[Mapping[str, Service]] = {
    **functions.SERVICES,
    **messages.SERVICES,
    **streams.SERVICES,
    **databases.SERVICES,
    **edge.SERVICES,
    **servers.SERVICES,
    **operations.SERVICES,
}
"""Namespace to what is published in it. A namespace that is not here is unknown."""


@cache
def service_by_any_case(namespace: str) -> str | None:
    """The namespace that is written so, upper and lower case aside."""
    return next((each for each in CATALOGUE if each.lower() == namespace.lower()), None)
