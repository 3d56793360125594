"""A Lambda context whose time passes when the test says so."""

from dataclasses import dataclass
from typing import cast

from aws_lambda_powertools.utilities.typing import LambdaContext

__all__ = ["FakeContext", "lambda_context"]


@dataclass
class FakeContext:
    """An invocation that ends in `left` seconds."""

    left: float = 30.0
    function_name: str = "orders"
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = "arn:aws:lambda:us-east-1:000000000000:function:orders"
    aws_request_id: str = "4a1f0e5c-0000-4000-8000-000000000000"

    def get_remaining_time_in_millis(self) -> int:
        return int(self.left * 1000)

    def spend(self, seconds: float) -> None:
        self.left -= seconds


def lambda_context(fake: FakeContext) -> LambdaContext:
    """`fake`, as a type checker wants it."""
    return cast(LambdaContext, fake)
