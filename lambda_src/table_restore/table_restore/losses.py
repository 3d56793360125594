"""What a restore loses, and applying it again.

DynamoDB names policies of automatic scaling and of access, alarms, tags, streams, time to live and point-in-time
recovery (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_RestoreTableToPointInTime.html), and the
table class (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Restore.Tutorial.html). The rest belongs
to one table, as those do.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from table_restore.applying import APPLIERS
from table_restore.reading import Clients
from table_restore.restoring import Overrides
from table_restore.settings import TableSettings

__all__ = ["LATER", "Loss", "as_restored", "losses", "reapply", "wanted"]

LATER: Final = frozenset(
    {
        "ConcurrentUpdateException",
        "ContinuousBackupsUnavailableException",
        "InternalServerError",
        "InternalServiceException",
        "LimitExceededException",
        "ResourceInUseException",
        "Throttling",
        "ThrottlingException",
    }
)
"""What AWS answers `reapply` while an earlier change is under way, or it cannot now.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html,
https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html
"""

_SYSTEM_TAG: Final = "aws:"
"""https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Tagging.html"""
_WHOLE: Final = {
    "deletion_protection": "protection from deletion",
    "billing": "capacity {value}",
    "encryption": "encryption by the key {value}",
    "table_class": "table class {value}",
    "stream": "stream with {value}",
    "recovery_days": "point-in-time recovery over {value} days",
    "resource_policy": "resource policy",
}
"""What is lost as a whole, in the order in which it is applied."""
_EACH: Final = {
    "tags": "tags {names}",
    "kinesis": "writes to the Kinesis stream {names}",
    "contributor_insights": "Contributor Insights of {names}",
    "scaling": "automatic scaling of {names}",
}
"""Of what each entry may be lost; it is applied after what is lost as a whole."""
_AT_ONCE: Final = frozenset({"tags"})
_TTL: Final = "time to live by {value}"
_BY_HAND: Final = {
    "global_indexes": (
        "global secondary index {names}",
        "Add the index with UpdateTable, one at a time; DynamoDB fills it from the items.",
    ),
    "local_indexes": (
        "local secondary index {names}",
        "It can only be made with the table: restore again with indexes if you need it.",
    ),
    "vector_indexes": ("vector index {names}", "Add the index with UpdateTable, one at a time."),
    "alarms": (
        "alarm {names}",
        "It names the source. Deploy your app with the new table, so that it watches that one.",
    ),
    "event_sources": (
        "event source mapping {names}",
        "It reads the source's stream. Deploy your app with the new table, which has a stream of its own.",
    ),
    "replicas": (
        "replicas in {names}",
        "A restored table has one Region. Make it a global table again in your app.",
    ),
}


@dataclass(frozen=True, kw_only=True)
class Loss:
    """One thing that the source has and the restored table has not.

    Attributes:
        setting: the attribute of `TableSettings`, e.g. ``ttl``.
        what: what it is, for people.
        value: what the source has; plain data. Of what has names it is the lost part by its names.
        by_hand: what somebody has to do; empty where `reapply` does it.
    """

    setting: str
    what: str
    value: Any
    by_hand: str = ""


def losses(source: TableSettings, restored: TableSettings) -> tuple[Loss, ...]:
    """What `restored` lacks of `source`, in the order in which it should be applied: time to live comes last.

    What of it has to be done by hand stands behind that.
    """
    source = _moved(source, restored)
    return (
        *_lost_as_a_whole(source, restored),
        *_lost_entries(source, restored),
        *(
            [Loss(setting="ttl", what=_TTL.format(value=source.ttl), value=source.ttl)]
            if source.ttl and source.ttl != restored.ttl
            else []
        ),
        *_left_to_people(source, restored),
    )


def wanted(source: TableSettings, overrides: Overrides) -> TableSettings:
    """What `source` is like with `overrides`: what was chosen is no loss. Indexes that were left out still are."""
    billing = dict(source.billing)
    if overrides.billing_mode not in ("", billing["BillingMode"]):
        billing = {"BillingMode": overrides.billing_mode}
    if overrides.read_units:
        billing["ProvisionedThroughput"] = {
            "ReadCapacityUnits": overrides.read_units,
            "WriteCapacityUnits": overrides.write_units,
        }
    return replace(
        source,
        billing=billing,
        encryption=overrides.kms_key or source.encryption,
        scaling={} if billing["BillingMode"] == "PAY_PER_REQUEST" else source.scaling,
    )


def as_restored(source: TableSettings, overrides: Overrides, target: str) -> TableSettings:
    """What the table with the ARN `target` will be like, by the documentation, once `source` is restored to it."""
    like = wanted(source, overrides)
    keys = {each["AttributeName"] for each in like.keys}
    bare = overrides.without_indexes
    return TableSettings(
        arn=target,
        keys=like.keys,
        attributes={name: kind for name, kind in like.attributes.items() if not bare or name in keys},
        global_indexes={} if bare else like.global_indexes,
        local_indexes={} if bare else like.local_indexes,
        vector_indexes={} if bare else like.vector_indexes,
        billing=like.billing,
        encryption=like.encryption,
    )


def reapply(clients: Clients, table: str, loss: Loss) -> None:
    """Give `table`, a name, what it lost. Doing it again does no harm.

    Raises:
        ValueError: it has to be done by hand.
        botocore.exceptions.ClientError: AWS refused; for now, if its code is one of `LATER`.
    """
    if loss.by_hand:
        raise ValueError(f"{loss.what} cannot be applied: {loss.by_hand}")
    APPLIERS[loss.setting](clients, table, loss.value)


def _moved(source: TableSettings, restored: TableSettings) -> TableSettings:
    """`source` with what of it would be the restored table's own."""
    own_tags = {key: value for key, value in source.tags.items() if not key.startswith(_SYSTEM_TAG)}
    policy = re.sub(rf"{re.escape(source.arn)}(?![\w.-])", lambda _: restored.arn, source.resource_policy)
    there = {""} | {f"index/{name}" for name in restored.global_indexes}
    return replace(
        source,
        tags=own_tags,
        resource_policy=policy,
        scaling={key: each for key, each in source.scaling.items() if key.rpartition(" ")[0] in there},
        contributor_insights={
            name: mode
            for name, mode in source.contributor_insights.items()
            if not name or name in restored.global_indexes
        },
    )


def _lost_as_a_whole(source: TableSettings, restored: TableSettings) -> Iterator[Loss]:
    for setting, what in _WHOLE.items():
        value, present = getattr(source, setting), getattr(restored, setting)
        if value and not _same(setting, value, present):
            shown = value["BillingMode"] if setting == "billing" else value
            yield Loss(setting=setting, what=what.format(value=shown), value=value)


def _same(setting: str, value: Any, present: Any) -> bool:
    if setting == "billing":
        return not _missing(value, present)
    if setting == "resource_policy" and present:
        return bool(json.loads(value) == json.loads(present))
    return bool(value == present)


def _missing(wanted: Mapping[str, Any], there: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in wanted.items() if there.get(name) != value}


def _lost_entries(source: TableSettings, restored: TableSettings) -> Iterator[Loss]:
    for setting, what in _EACH.items():
        missing = _missing(getattr(source, setting), getattr(restored, setting))
        for part in [missing] if setting in _AT_ONCE and missing else _one_by_one(missing):
            yield Loss(setting=setting, what=what.format(names=_named(part)), value=part)


def _left_to_people(source: TableSettings, restored: TableSettings) -> Iterator[Loss]:
    for setting, (what, by_hand) in _BY_HAND.items():
        theirs, own = getattr(source, setting), getattr(restored, setting)
        if setting == "replicas":
            parts = [dict.fromkeys(theirs)] if set(theirs) - set(own) else []
        else:
            parts = _one_by_one({name: value for name, value in theirs.items() if name not in own})
        for part in parts:
            value = list(part) if setting == "replicas" else part
            yield Loss(setting=setting, what=what.format(names=_named(part)), value=value, by_hand=by_hand)


def _one_by_one(entries: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{name: value} for name, value in entries.items()]


def _named(entries: Mapping[str, Any]) -> str:
    return ", ".join(name or "the table" for name in entries)
