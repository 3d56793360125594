from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.ranges import Range, figure
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import at, number_of
from constructs_lib.review.reading.tables import Table, tables_of
from constructs_lib.review.rule import Found, rule

__all__ = ["table_setting_out_of_range"]

_DAYS: Final = Range(keys=("PointInTimeRecoverySpecification", "RecoveryPeriodInDays"), low=1, high=35)
_UNITS: Final = {
    # https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ProvisionedThroughput.html and
    # https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_OnDemandThroughput.html
    "ProvisionedThroughput": ("ReadCapacityUnits", "WriteCapacityUnits"),
    "OnDemandThroughput": ("MaxReadRequestUnits", "MaxWriteRequestUnits"),
}
_NO_LIMIT: Final = -1


@rule(
    severity=Severity.ERROR,
    remedy="Set the property to a value that DynamoDB takes, or leave it out.",
    source="https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PointInTimeRecoverySpecification.html",
)
def table_setting_out_of_range(stack: StackReading) -> Iterator[Found]:
    """A table has a setting that DynamoDB refuses."""
    for table in tables_of(stack):
        for place in (table.node.properties, *(table.replicas or ())):
            days = number_of(at(place, *_DAYS.keys))
            if days is not None and _DAYS.refuses(days):
                yield Found(
                    node=table.node,
                    message=f"{table.node.path} has a {_DAYS.name} of {figure(days)}; it may be {_DAYS}.",
                )
        for message in _capacities(table):
            yield Found(node=table.node, message=message)


def _capacities(table: Table) -> Iterator[str]:
    for place in (table.node.properties, *table.node.items("GlobalSecondaryIndexes")):
        for key, names in _UNITS.items():
            # What a table that is paid by request has of capacity, another rule tells.
            if key == "ProvisionedThroughput" and table.billing != "PROVISIONED":
                continue
            for name in names:
                value = number_of(at(place, key, name))
                if value is not None and value < 1 and (key == "ProvisionedThroughput" or value != _NO_LIMIT):
                    yield f"{table.node.path} has {name} of {figure(value)}; it needs at least 1."
