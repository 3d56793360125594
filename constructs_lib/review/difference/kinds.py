"""Which kinds of changes there are, and which of two is the worse one."""

from collections.abc import Mapping
from typing import Final

from constructs_lib.review.finding import Severity

__all__ = ["INVERSE", "severity_of"]

_WORSE_AND_BETTER: Final = (
    ("actions-disabled", "actions-enabled"),
    ("actions-gone", "actions-added"),
    ("alarm-gone", "alarm-added"),
    ("alarm-slower", "alarm-faster"),
    ("backup-gone", "backup-added"),
    ("backups-kept-shorter", "backups-kept-longer"),
    ("composite-fewer", "composite-more"),
    ("concurrency-gone", "concurrency-added"),
    ("concurrency-lowered", "concurrency-raised"),
    ("coverage-down", "coverage-up"),
    ("data-kept-shorter", "data-kept-longer"),
    ("dead-letters-gone", "dead-letters-added"),
    ("deletion-policy-weaker", "deletion-policy-stronger"),
    ("deletion-protection-off", "deletion-protection-on"),
    ("deployment-at-once", "deployment-gradual"),
    ("destination-gone", "destination-added"),
    ("encryption-off", "encryption-on"),
    ("event-source-gone", "event-source-added"),
    ("event-source-off", "event-source-on"),
    ("events-given-up-sooner", "events-given-up-later"),
    ("failure-uncaught", "failure-caught"),
    ("filter-added", "filter-gone"),
    ("finding-new", "finding-gone"),
    ("health-check-gone", "health-check-added"),
    ("health-check-weaker", "health-check-stronger"),
    ("key-off", "key-on"),
    ("key-rotation-off", "key-rotation-on"),
    ("log-metric-gone", "log-metric-added"),
    ("logs-kept-shorter", "logs-kept-longer"),
    ("lock-gone", "lock-added"),
    ("memory-lowered", "memory-raised"),
    ("missing-data-weakened", "missing-data-strengthened"),
    ("mute-added", "mute-gone"),
    ("partial-batches-off", "partial-batches-on"),
    ("point-in-time-recovery-off", "point-in-time-recovery-on"),
    ("policy-widened", "policy-narrowed"),
    ("receive-count-lowered", "receive-count-raised"),
    ("record-gone", "record-added"),
    ("replica-gone", "replica-added"),
    ("replication-gone", "replication-added"),
    ("retention-shortened", "retention-lengthened"),
    ("retries-fewer", "retries-more"),
    ("rollback-alarms-fewer", "rollback-alarms-more"),
    ("rollback-off", "rollback-on"),
    ("runtime-older", "runtime-newer"),
    ("scaling-gone", "scaling-added"),
    ("schedule-gone", "schedule-added"),
    ("schedule-off", "schedule-on"),
    ("schedule-slower", "schedule-faster"),
    ("standby-gone", "standby-added"),
    ("subscription-gone", "subscription-added"),
    ("suppressor-added", "suppressor-gone"),
    ("suppressor-longer", "suppressor-shorter"),
    ("target-gone", "target-added"),
    ("threshold-loosened", "threshold-tightened"),
    ("timeout-shortened", "timeout-lengthened"),
    ("tracing-off", "tracing-on"),
    ("ttl-longer", "ttl-shorter"),
    ("versioning-off", "versioning-on"),
    ("visibility-shortened", "visibility-lengthened"),
    ("wide-open", "closed"),
)
_NEITHER: Final = (
    ("cost-up", "cost-down"),
    ("data-gone", "data-added"),
    ("stack-gone", "stack-added"),
    *(
        (each, each)
        for each in (
            "alarm-watches-other",
            "composite-rule-changed",
            "data-renamed",
            "data-replaced",
            "dead-letters-elsewhere",
            "destination-elsewhere",
            "health-check-changed",
            "missing-data-changed",
            "moved",
            "not-compared",
            "record-changed",
            "renamed",
            "replaced",
            "runtime-changed",
            "schedule-changed",
            "type-changed",
        )
    ),
)
INVERSE: Final[Mapping[str, str]] = {
    kind: other for pair in (*_WORSE_AND_BETTER, *_NEITHER) for kind, other in (pair, pair[::-1])
}
"""What a change is called, to what it is called where it is taken back."""
_WORSE: Final = frozenset(worse for worse, _ in _WORSE_AND_BETTER)


def severity_of(kind: str) -> Severity:
    """A warning where a protection is weaker, a note otherwise."""
    return Severity.WARNING if kind in _WORSE else Severity.NOTE
