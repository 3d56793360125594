from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import Node, StackReading
from constructs_lib.review.reading.health_checks import health_checks_of
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.failover.common import api_behind

__all__ = ["health_check_needs_sign_in"]


@rule(
    severity=Severity.WARNING,
    remedy="Give the health check a route without authorization, which says no more than whether it works.",
    source="https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html",
)
def health_check_needs_sign_in(stack: StackReading) -> Iterator[Found]:
    """A health check asks a route that wants authorization, which Route 53 cannot give: it is never healthy."""
    for check in health_checks_of(stack):
        api, path = api_behind(stack, check.host), check.value("ResourcePath")
        if api is None or not isinstance(path, str) or not (check.type or "").startswith("HTTP"):
            continue
        for route in _routes(api, path.partition("?")[0]):
            kind = route.text("AuthorizationType", default="NONE")
            wants = "an API key" if route.flag("ApiKeyRequired") else kind
            if wants not in (None, "NONE"):
                yield Found(
                    node=check.node,
                    message=f"{check.node.path} asks {path} of {api.path}; {route.path} wants {wants}.",
                )


def _routes(api: Node, path: str) -> list[Node]:
    """The routes at hand that answer a GET of a path, which begins with the stage."""
    if api.type == "AWS::ApiGateway::RestApi":
        inside = "/" + path.strip("/").partition("/")[2]
        found = api.stack.whole.referring(("AWS::ApiGateway::Method",), _api_of).get(api, [])
        return [
            each for each in found if each.text("HttpMethod") in ("GET", "ANY") and _path_of(each) == inside
        ]
    whole = "/" + path.strip("/")
    below = "/" + path.strip("/").partition("/")[2]
    keys = {f"{method} {each}" for method in ("GET", "ANY") for each in (whole, below)}
    found = api.stack.whole.referring(("AWS::ApiGatewayV2::Route",), _http_api_of).get(api, [])
    return [each for each in found if each.text("RouteKey") in keys]


def _path_of(method: Node) -> str | None:
    """The path of a method; None where any of its parts is unknown."""
    parts: list[str] = []
    resource = method.target("ResourceId")
    while resource is not None and resource.type == "AWS::ApiGateway::Resource":
        part = resource.text("PathPart")
        if part is None or len(parts) > _DEEPEST:
            return None
        parts.append(part)
        resource = resource.target("ParentId")
    return "/" + "/".join(reversed(parts)) if resource is not None else None


_DEEPEST: Final = 50


def _api_of(method: Node) -> list[Node | None]:
    return [method.target("RestApiId", types=("AWS::ApiGateway::RestApi",))]


def _http_api_of(route: Node) -> list[Node | None]:
    return [route.target("ApiId", types=("AWS::ApiGatewayV2::Api",))]
