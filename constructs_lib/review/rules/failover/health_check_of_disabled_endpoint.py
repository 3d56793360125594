from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.health_checks import health_checks_of
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.failover.common import api_behind

__all__ = ["health_check_of_disabled_endpoint"]


@rule(
    severity=Severity.ERROR,
    remedy="Let the health check ask a domain name of the API, or leave the API's own endpoint on.",
    source="https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-disable-default-endpoint.html",
)
def health_check_of_disabled_endpoint(stack: StackReading) -> Iterator[Found]:
    """A health check asks an API's own address, which is switched off and answers 403."""
    for check in health_checks_of(stack):
        api = api_behind(stack, check.host)
        if api is None or not api.surely_made or not (check.type or "").startswith("HTTP"):
            continue
        if api.flag("DisableExecuteApiEndpoint"):
            yield Found(
                node=check.node,
                message=f"{check.node.path} asks {check.host}, and {api.path} has DisableExecuteApiEndpoint.",
            )
