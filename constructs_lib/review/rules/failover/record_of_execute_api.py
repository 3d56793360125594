import re
from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.records import (
    Record,
    records_of,
)
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.failover.common import (
    api_behind,
)

__all__ = ["record_of_execute_api"]

_API: Final = re.compile(r"[a-z0-9]{10}\.execute-api\.")


@rule(
    severity=Severity.WARNING,
    remedy="Make a domain name of API Gateway for the record's name, and let an alias lead to that.",
    source="https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-custom-domains.html",
)
def record_of_execute_api(stack: StackReading) -> Iterator[Found]:
    """A record leads to an API's own address, which has no certificate for the record's name and refuses it."""
    for record in records_of(stack):
        found = [each for each in record.answers if _is_api(record, each)]
        if found:
            yield Found(node=record.node, message=f"{record.title} leads to {found[0]}.")


def _is_api(record: Record, answer: str) -> bool:
    # The name of a domain's own address begins with d-, that of an API is ten letters and digits.
    return api_behind(record.node.stack, answer) is not None or _API.match(answer) is not None
