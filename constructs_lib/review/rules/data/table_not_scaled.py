from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import Node, StackReading
from constructs_lib.review.reading.tables import TABLE, tables_of
from constructs_lib.review.rule import Found, rule

__all__ = ["table_not_scaled"]


@rule(
    severity=Severity.WARNING,
    remedy="Set BillingMode to PAY_PER_REQUEST, or let Application Auto Scaling change the capacity.",
    source="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/AutoScaling.html",
)
def table_not_scaled(stack: StackReading) -> Iterator[Found]:
    """A table has a fixed capacity: what is above it is throttled."""
    for table in tables_of(stack):
        if table.node.type != TABLE or table.billing != "PROVISIONED":
            continue
        if not stack.whole.referring(("AWS::ApplicationAutoScaling::ScalableTarget",), _its_table).get(
            table.node
        ):
            yield Found(
                node=table.node, message=f"{table.node.path} has provisioned capacity that nothing scales."
            )


def _its_table(target: Node) -> list[Node | None]:
    written = target.value("ResourceId")
    kind, _, rest = written.partition("/") if isinstance(written, str) else ("", "", "")
    name = rest if "${" in rest else rest.partition("/")[0]
    return [target.stack.find(name, TABLE)] if kind == "table" else []
