"""The incidents that prove a failure mode: what the metrics of a resource do before and while it fails.

The resource is called by its role, such as `function` or `queue`, and the part of it that fails `part`: one incident
proves the alarms of all resources that fail alike. Incidents have normal traffic before them; it is flat, so that an
alarm that rings in it would ring at all times.
"""

from functools import lru_cache
from typing import Final

from constructs_lib.replay.timelines.incidents.incident import Incident
from constructs_lib.replay.timelines.incidents.season import FLAT
from constructs_lib.replay.timelines.timeline import Timeline
from constructs_lib.review.coverage.course import Metrics
from constructs_lib.review.coverage.function_incidents import FUNCTION_INCIDENTS
from constructs_lib.review.coverage.service_incidents import SERVICE_INCIDENTS

__all__ = ["INCIDENTS", "played"]

_START: Final = "2026-03-02T00:00Z"
INCIDENTS: Final = {**FUNCTION_INCIDENTS, **SERVICE_INCIDENTS}
"""All incidents by their name."""


@lru_cache(maxsize=256)
def played(name: str, metrics: Metrics, facts: tuple[tuple[str, float], ...], lead: int) -> Timeline:
    """The timeline of an incident that comes after `lead` minutes of normal traffic."""
    course = INCIDENTS[name](metrics, dict(facts))
    incident = Incident(
        start=_START, duration=f"{lead + course.minutes}m", seed=1, season=FLAT, targets=course.others
    )
    for shape in course.shapes(f"{lead}m", f"{course.minutes}m"):
        incident = incident + shape
    return incident.timeline()
