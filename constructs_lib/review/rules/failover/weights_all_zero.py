from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import number_of
from constructs_lib.review.reading.records import Record, group_of, records_of
from constructs_lib.review.rule import Found, rule

__all__ = ["weights_all_zero"]


@rule(
    severity=Severity.WARNING,
    remedy="Give those records a Weight above 0 that shall get traffic.",
    source="https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html",
)
def weights_all_zero(stack: StackReading) -> Iterator[Found]:
    """All weighted records of a name have the weight 0: they all get traffic, as if they had the same."""
    for record in records_of(stack):
        group = group_of(record)
        if group[0] is record and len(group) > 1 and all(_weight(each) == 0 for each in group):
            yield Found(
                node=record.node, message=f"{record.title} and all others of {record.name} have the Weight 0."
            )


def _weight(record: Record) -> float | None:
    return number_of(record.data.get("Weight"))
