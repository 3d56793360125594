import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import Node, StackReading
from constructs_lib.review.reading.functions import Callee, callee_of, functions_of
from constructs_lib.review.reading.permissions import permissions_are_known
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.functions.common import qualifier_words, values_at

__all__ = ["permission_for_another_qualifier"]

_PERMISSION: Final = "AWS::Lambda::Permission"
_CALLERS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    # As which service it calls, and where the function stands.
    "AWS::ApiGateway::Method": ("apigateway.amazonaws.com", ("Integration", "Uri")),
    "AWS::ApiGatewayV2::Integration": ("apigateway.amazonaws.com", ("IntegrationUri",)),
    "AWS::Events::Rule": ("events.amazonaws.com", ("Targets", "Arn")),
    "AWS::S3::Bucket": (
        "s3.amazonaws.com",
        ("NotificationConfiguration", "LambdaConfigurations", "Function"),
    ),
    "AWS::SNS::Subscription": ("sns.amazonaws.com", ("Endpoint",)),
}
_ROLES: Final = (("Integration", "Credentials"), ("CredentialsArn",), ("Targets", "RoleArn"))
_URI: Final = re.compile(r"/functions/(\$\{[^{}]+\}(?::[\w-]+)?)/invocations$")


@rule(
    severity=Severity.ERROR,
    remedy="Set the permission's FunctionName to the alias that is called (in the CDK: alias.add_permission).",
    source="https://docs.aws.amazon.com/lambda/latest/dg/using-aliases.html",
)
def permission_for_another_qualifier(stack: StackReading) -> Iterator[Found]:
    """A service may call another qualifier of a function than the one that it calls: Lambda refuses its calls."""
    if not permissions_are_known(stack):
        return
    permissions = stack.whole.referring((_PERMISSION,), _its_function)
    for function in functions_of(stack):
        allowed = _allowed(permissions.get(function.node, ()))
        for by in dict.fromkeys(each.by for each in function.invocations):
            service, place = _CALLERS.get(by.type, ("", ()))
            qualifiers = [*allowed.get(service, ()), *allowed.get("*", ())]
            for callee in _called(by, place, function.node) if qualifiers and by.surely_made else ():
                if callee.qualifier is not None and callee.qualifier not in qualifiers:
                    yield Found(
                        node=by,
                        message=f"{by.path} calls {qualifier_words(callee.qualifier)} of {function.node.path}, and "
                        f"{service} may call {qualifier_words(qualifiers[0])} only.",
                    )


def _allowed(permissions: Sequence[Node]) -> Mapping[str, list[str]]:
    """Services to the qualifiers of a function that they may call; none where some are unknown."""
    found: dict[str, list[str]] = {}
    for each in permissions:
        principal = each.text("Principal")
        callee = callee_of(each.stack, each.value("FunctionName"))
        if principal is None or callee is None or callee.qualifier is None:
            return {}
        found.setdefault(principal, []).append(callee.qualifier)
    return found


def _called(by: Node, place: tuple[str, ...], function: Node) -> Iterator[Callee]:
    """What of a function a resource calls, unless it does so as a role."""
    if not any(values_at(by.properties, role) for role in _ROLES):
        for value in values_at(by.properties, place):
            callee = callee_of(by.stack, _function_in(value))
            if callee is not None and callee.function is function:
                yield callee


def _function_in(value: Any) -> Any:
    found = _URI.search(value) if isinstance(value, str) else None
    return found[1] if found else value


def _its_function(permission: Node) -> list[Node | None]:
    callee = callee_of(permission.stack, permission.value("FunctionName"))
    return [callee.function if callee else None]
