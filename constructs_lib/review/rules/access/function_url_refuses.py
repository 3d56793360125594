from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import Node, StackReading
from constructs_lib.review.reading.functions import callee_of
from constructs_lib.review.reading.permissions import permissions_are_known, permissions_of
from constructs_lib.review.rule import Found, rule

__all__ = ["function_url_refuses"]


@rule(
    severity=Severity.ERROR,
    remedy="Add an AWS::Lambda::Permission with Action lambda:InvokeFunctionUrl, Principal * and FunctionUrlAuthType "
    "NONE (CDK: function.add_function_url does).",
    source="https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html",
)
def function_url_refuses(stack: StackReading) -> Iterator[Found]:
    """A function's address wants no signature, and nobody may call it: every request gets 403."""
    if not permissions_are_known(stack):
        return
    for url in stack.of_type("AWS::Lambda::Url"):
        called = callee_of(stack, url.value("TargetFunctionArn"))
        if called is None or url.text("AuthType") != "NONE" or not url.surely_made:
            continue
        permissions = permissions_of(called.function)
        if called.function.surely_made and not any(_lets(each) for each in permissions):
            yield Found(
                node=url,
                message=f"{url.path} has AuthType NONE, and {called.function.path} no permission to be called by it.",
            )


def _lets(permission: Node) -> bool:
    action = permission.text("Action") or "lambda:InvokeFunctionUrl"
    return action in ("*", "lambda:*", "lambda:InvokeFunctionUrl")
