from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import is_known
from constructs_lib.review.reading.records import plain_name, records_of
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.failover.common import DOMAINS

__all__ = ["record_unlike_api_domain"]


@rule(
    severity=Severity.WARNING,
    remedy="Make a domain name of API Gateway for the record's name in each Region, and let the record lead to "
    "that.",
    source="https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html",
)
def record_unlike_api_domain(stack: StackReading) -> Iterator[Found]:
    """A record leads to a domain of API Gateway with another name: requests by the record's name are refused."""
    for record in records_of(stack):
        target = record.target
        if target is None or target.type not in DOMAINS or not record.name or not is_known(record.name):
            continue
        domain = plain_name(target.text("DomainName"))
        if domain and not _serves(domain, record.name):
            yield Found(
                node=record.node,
                message=f"{record.title} has the name {record.name}, and leads to {target.path}, for {domain}.",
            )


def _serves(domain: str, name: str) -> bool:
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-custom-domains.html: a wildcard is one label.
    return domain == name or (domain.startswith("*.") and name.partition(".")[2] == domain[2:])
