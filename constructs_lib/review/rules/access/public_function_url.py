from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule

__all__ = ["public_function_url"]


@rule(
    severity=Severity.WARNING,
    remedy="Use AuthType AWS_IAM, or acknowledge it with what guards the function: a signature that it checks, a web "
    "application firewall in front of it.",
    source="https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html",
)
def public_function_url(stack: StackReading) -> Iterator[Found]:
    """A function's address is open to everybody who knows it."""
    for url in stack.of_type("AWS::Lambda::Url"):
        if url.text("AuthType") == "NONE":
            yield Found(node=url, message=f"{url.path} has AuthType NONE.")
