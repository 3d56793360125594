"""What an alarm does when it rings.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
"""

from typing import Final

from constructs_lib.review.difference.setting import Members, Setting, absent, flag, lower, present
from constructs_lib.review.difference.words import duration, on_or_off

__all__ = ["MEMBERS", "SETTINGS"]

_ALARM: Final = "AWS::CloudWatch::Alarm"
_COMPOSITE: Final = "AWS::CloudWatch::CompositeAlarm"
_ALARMS: Final = (_ALARM, _COMPOSITE)
_TOPIC: Final = "AWS::SNS::Topic"
_SUBSCRIPTION: Final = "AWS::SNS::Subscription"

SETTINGS: Final = (
    Setting(
        types=_ALARMS,
        keys=("ActionsEnabled",),
        what="its actions",
        kinds=("actions-disabled", "actions-enabled"),
        rank=flag,
        default=True,
        shown=on_or_off,
        why="it rings and tells nobody",
    ),
    Setting(
        types=(_COMPOSITE,),
        keys=("ActionsSuppressor",),
        what="the alarm that silences it",
        kinds=("suppressor-added", "suppressor-gone"),
        rank=absent,
        shown=None,
        why="while that rings, this tells nobody",
    ),
    *(
        Setting(
            types=(_COMPOSITE,),
            keys=(key,),
            what=what,
            kinds=("suppressor-longer", "suppressor-shorter"),
            rank=lower,
            shown=duration,
        )
        for key, what in (
            ("ActionsSuppressorWaitPeriod", "the time that it waits whether it is silenced"),
            ("ActionsSuppressorExtensionPeriod", "the time that it stays silent afterwards"),
        )
    ),
    Setting(
        types=(_TOPIC,),
        keys=("KmsMasterKeyId",),
        what="the key that encrypts it",
        kinds=("encryption-off", "encryption-on"),
        rank=present,
        shown=None,
    ),
    Setting(
        types=(_SUBSCRIPTION,),
        keys=("RedrivePolicy", "deadLetterTargetArn"),
        what="the queue for what cannot be delivered",
        kinds=("dead-letters-gone", "dead-letters-added"),
        rank=present,
        shown=None,
        neither="dead-letters-elsewhere",
        why="what cannot be delivered is lost",
    ),
    Setting(
        types=(_SUBSCRIPTION,),
        keys=("FilterPolicy",),
        what="the filter of what it hears",
        kinds=("filter-added", "filter-gone"),
        rank=absent,
        shown=None,
        why="what does not match is not delivered",
    ),
)
MEMBERS: Final = (
    *(
        Members(
            types=_ALARMS,
            keys=((key,),),
            kinds=("actions-gone", "actions-added"),
            gone=f"no longer tells {{}} when {when}",
            added=f"tells {{}} when {when} now",
        )
        for key, when in (
            ("AlarmActions", "it rings"),
            ("OKActions", "it is over"),
            ("InsufficientDataActions", "it has no data"),
        )
    ),
    Members(
        types=(_TOPIC,),
        keys=(("Subscription",),),
        by=("Endpoint",),
        kinds=("subscription-gone", "subscription-added"),
        gone="is no longer heard by {}",
        added="is heard by {} now",
    ),
)
