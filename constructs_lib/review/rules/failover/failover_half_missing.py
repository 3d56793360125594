from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import Reading, StackReading
from constructs_lib.review.reading.data import has, is_known
from constructs_lib.review.reading.records import Record, records_of
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.failover.common import HALVES

__all__ = ["failover_half_missing"]


@rule(
    severity=Severity.WARNING,
    remedy="Make the record that is missing, with the same name and type, or review the template that has it "
    "together with this one.",
    source="https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-failover.html",
)
def failover_half_missing(stack: StackReading) -> Iterator[Found]:
    """A failover record has no other half in these templates."""
    for record in records_of(stack):
        other = HALVES.get(record.failover or "")
        if other and record.name and record.type and not _may_be_there(record, other):
            yield Found(
                node=record.node,
                message=f"{record.title} is {record.failover}, and no record of its name is {other}.",
            )


def _may_be_there(record: Record, other: str) -> bool:
    halves = record.node.stack.whole.once("failover-halves", _halves)
    if halves.get("", ()):
        return True
    found = halves.get(other, {})
    if record.name in found:
        return bool(found[record.name] & {record.type, None})
    # A name that is known only at deployment can be any other.
    return (
        bool(found)
        if not is_known(record.name)
        else any(name is None or not is_known(name) for name in found)
    )


def _halves(whole: Reading) -> dict[str, dict[str | None, set[str | None]]]:
    """The half to its names, and those to their types; an empty text for a half that is unknown."""
    found: dict[str, dict[str | None, set[str | None]]] = {}
    for each in records_of(whole):
        if has(each.data, "Failover"):
            found.setdefault(each.failover or "", {}).setdefault(each.name, set()).add(each.type)
    return found
