from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.health_checks import health_checks_of
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.failover.common import APIS, DOMAINS, endpoint_types

__all__ = ["health_check_of_internal_endpoint"]


@rule(
    severity=Severity.ERROR,
    remedy="Let an alarm decide (Type: CLOUDWATCH_METRIC), or check a name that leads to a public endpoint.",
    source="https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateHealthCheck.html",
)
def health_check_of_internal_endpoint(stack: StackReading) -> Iterator[Found]:
    """A health check asks an endpoint inside a VPC, where Route 53's checkers cannot reach it."""
    for check in health_checks_of(stack):
        if not check.sends_requests or check.endpoint is None:
            continue
        endpoint = check.endpoint
        internal = (
            endpoint.type.startswith("AWS::ElasticLoadBalancing") and endpoint.text("Scheme") == "internal"
        )
        private = endpoint.type in (*APIS, *DOMAINS) and endpoint_types(endpoint) == ["PRIVATE"]
        if internal or private:
            yield Found(
                node=check.node, message=f"{check.node.path} asks {endpoint.path}, which is not public."
            )
