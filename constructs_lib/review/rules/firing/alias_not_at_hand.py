from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import is_known
from constructs_lib.review.reading.functions import LATEST, function_of
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import FUNCTION, readings, title, watched

__all__ = ["alias_not_at_hand"]


@rule(
    severity=Severity.WARNING,
    remedy="Name an alias that exists, or acknowledge this where another tool makes it.",
    source="https://docs.aws.amazon.com/lambda/latest/dg/configuration-aliases.html",
)
def alias_not_at_hand(stack: StackReading) -> Iterator[Found]:
    """An alarm is on an alias that no template at hand makes."""
    for alarm, metric in readings(stack):
        node = watched(alarm, metric, "FunctionName", FUNCTION)
        if metric.namespace != "AWS/Lambda" or node is None:
            continue
        name = ((metric.dimensions or {}).get("Resource") or "").rpartition(":")
        qualifier = name[2]
        if (
            not name[1]
            or not is_known(qualifier)
            or qualifier.isdigit()
            or qualifier == LATEST
            or "}" in qualifier
        ):
            continue
        aliases = function_of(node).aliases
        if all(each.text("Name") not in (None, qualifier) for each in aliases):
            yield Found(
                node=alarm.node,
                message=f"{title(alarm, metric)} is on the alias {qualifier} of {node.path}, which has "
                f"{', '.join(sorted(str(each.text('Name')) for each in aliases)) or 'none'}.",
            )
