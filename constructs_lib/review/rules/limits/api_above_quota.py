from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import Node, StackReading
from constructs_lib.review.rule import Found, rule

__all__ = ["api_above_quota"]

_QUOTA: Final = 300
_PARTS: Final = {
    "AWS::ApiGateway::RestApi": ("AWS::ApiGateway::Resource", "RestApiId", "resources"),
    "AWS::ApiGatewayV2::Api": ("AWS::ApiGatewayV2::Route", "ApiId", "routes"),
}


@rule(
    severity=Severity.WARNING,
    remedy="Use a greedy path such as {proxy+}, split the API behind one domain name, or ask AWS for a higher quota.",
    source="https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html",
)
def api_above_quota(stack: StackReading) -> Iterator[Found]:
    """An API has more resources or routes than accounts may have without asking."""
    parts = stack.whole.referring(tuple(part for part, *_ in _PARTS.values()), _api_of)
    for api in stack.of_type(*_PARTS):
        count = sum(each.surely_made for each in parts.get(api, ()))
        if count > _QUOTA:
            yield Found(
                node=api, message=f"{api.path} has {count} {_PARTS[api.type][2]}; the quota is {_QUOTA}."
            )


def _api_of(part: Node) -> list[Node | None]:
    return [part.target(key, types=(api,)) for api, (type_, key, _) in _PARTS.items() if part.type == type_]
