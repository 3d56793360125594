"""Whether something is started, and what happens where it does not take the call.

https://docs.aws.amazon.com/scheduler/latest/APIReference/API_RetryPolicy.html,
https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_RetryPolicy.html
"""

from typing import Final

from constructs_lib.review.difference.setting import Members, Setting, higher, ordered, present
from constructs_lib.review.difference.words import duration

__all__ = ["MEMBERS", "SETTINGS"]

_SCHEDULE: Final = ("AWS::Scheduler::Schedule",)
_RULE: Final = ("AWS::Events::Rule",)
_PLACES: Final = (
    # Of which resources, below what, among which entries.
    (_SCHEDULE, ("Target",), (), ""),
    (_RULE, (), ("Targets",), "Id"),
)
SETTINGS: Final = (
    Setting(
        types=(*_SCHEDULE, *_RULE),
        keys=("State",),
        what="its state",
        kinds=("schedule-off", "schedule-on"),
        rank=ordered("DISABLED", ("ENABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS")),
        default="ENABLED",
        shown=None,
        why="nothing starts what it started",
    ),
    *(
        setting
        for types, below, among, by in _PLACES
        for setting in (
            Setting(
                types=types,
                keys=(*below, "RetryPolicy", "MaximumRetryAttempts"),
                among=among,
                by=by,
                what="how often a call is tried again",
                kinds=("retries-fewer", "retries-more"),
                rank=higher,
                default=185,
            ),
            Setting(
                types=types,
                keys=(*below, "RetryPolicy", "MaximumEventAgeInSeconds"),
                among=among,
                by=by,
                what="how long a call is tried",
                kinds=("events-given-up-sooner", "events-given-up-later"),
                rank=higher,
                default=86_400,
                shown=duration,
            ),
            Setting(
                types=types,
                keys=(*below, "DeadLetterConfig", "Arn"),
                among=among,
                by=by,
                what="the queue for calls that failed",
                kinds=("dead-letters-gone", "dead-letters-added"),
                rank=present,
                shown=None,
                neither="dead-letters-elsewhere",
                why="they are lost",
            ),
        )
    ),
)
MEMBERS: Final = (
    Members(
        types=_RULE,
        keys=(("Targets",),),
        by=("Arn",),
        kinds=("target-gone", "target-added"),
        gone="no longer calls {}",
        added="calls {} now",
    ),
)
