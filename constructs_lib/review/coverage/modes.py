"""All failure modes, by the kind of resource."""

from collections.abc import Mapping
from typing import Final

from constructs_lib.review.coverage.event_modes import RULE_MODES, SCHEDULE_MODES, TOPIC_MODES
from constructs_lib.review.coverage.function_modes import CONSUMER_MODES, FUNCTION_MODES
from constructs_lib.review.coverage.mode import Mode
from constructs_lib.review.coverage.service_modes import (
    DEAD_LETTER_MODES,
    HTTP_API_MODES,
    QUEUE_MODES,
    REST_API_MODES,
    STATE_MACHINE_MODES,
    TABLE_MODES,
)

__all__ = ["MODES"]

MODES: Final[Mapping[str, tuple[Mode, ...]]] = {
    "function": FUNCTION_MODES,
    "stream consumer": CONSUMER_MODES,
    "queue": QUEUE_MODES,
    "dead-letter queue": DEAD_LETTER_MODES,
    "table": TABLE_MODES,
    "HTTP API": HTTP_API_MODES,
    "REST API": REST_API_MODES,
    "state machine": STATE_MACHINE_MODES,
    "schedule": SCHEDULE_MODES,
    "rule": RULE_MODES,
    "topic": TOPIC_MODES,
}
"""Kind of resource to the ways in which it fails."""
