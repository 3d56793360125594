from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import Node, StackReading
from constructs_lib.review.reading.functions import callee_of
from constructs_lib.review.reading.permissions import permissions_are_known, permissions_of
from constructs_lib.review.rule import Found, rule

__all__ = ["function_url_half_permitted"]

_INVOKE = "lambda:InvokeFunction"
_BOTH = ("*", "lambda:*", "lambda:Invoke*", "lambda:InvokeFunction*")


@rule(
    severity=Severity.WARNING,
    remedy=f"Add an AWS::Lambda::Permission with Action {_INVOKE}, Principal * and InvokedViaFunctionUrl true beside "
    "the one for lambda:InvokeFunctionUrl (CDK: function.add_function_url adds both).",
    source="https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html",
)
def function_url_half_permitted(stack: StackReading) -> Iterator[Found]:
    """A function's open address has one of two permissions: addresses made since October 2025 answer 403."""
    if not permissions_are_known(stack):
        return
    for url in stack.of_type("AWS::Lambda::Url"):
        called = callee_of(stack, url.value("TargetFunctionArn"))
        if called is None or url.text("AuthType") != "NONE" or not url.surely_made:
            continue
        permissions = permissions_of(called.function)
        by_url = any(each.text("Action") == "lambda:InvokeFunctionUrl" for each in permissions)
        if by_url and called.function.surely_made and not any(map(_may_invoke, permissions)):
            yield Found(
                node=url,
                message=f"{url.path} has AuthType NONE, and nobody may {_INVOKE} of {called.function.path}.",
            )


def _may_invoke(permission: Node) -> bool:
    """Whether a permission may let everybody invoke: what a service has is for that service only."""
    action = permission.text("Action")
    principal = permission.text("Principal")
    invokes = action is None or action in (_INVOKE, *_BOTH)
    return invokes and (principal is None or not principal.endswith(".amazonaws.com"))
