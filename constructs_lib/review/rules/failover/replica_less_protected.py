from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import at, flag_of, has
from constructs_lib.review.reading.tables import tables_of
from constructs_lib.review.rule import Found, rule

__all__ = ["replica_less_protected"]

_PROTECTIONS: Final = {
    "point-in-time recovery": ("PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled"),
    "deletion protection": ("DeletionProtectionEnabled",),
}


@rule(
    severity=Severity.WARNING,
    remedy="Give each replica PointInTimeRecoverySpecification and DeletionProtectionEnabled: both hold for one "
    "replica.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-dynamodb-globaltable-replicaspecification.html",
)
def replica_less_protected(stack: StackReading) -> Iterator[Found]:
    """A replica of a table lacks a protection that another has."""
    for table in tables_of(stack):
        for what, keys in _PROTECTIONS.items():
            flags = {str(each.get("Region")): _flag(each, keys) for each in table.replicas or ()}
            without = [region for region, flag in flags.items() if flag is False]
            if without and any(flags.values()):
                yield Found(
                    node=table.node,
                    message=f"{table.node.path} has no {what} in {', '.join(without)}; elsewhere it has.",
                )


def _flag(replica: Mapping[str, Any], keys: Sequence[str]) -> bool | None:
    return flag_of(at(replica, *keys)) if has(replica, *keys) else False
