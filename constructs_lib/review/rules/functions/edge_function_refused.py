from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import is_known
from constructs_lib.review.reading.functions import LATEST
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.functions._edge import AtTheEdge, at_the_edge
from constructs_lib.review.rules.functions.common import is_image

__all__ = ["edge_function_refused"]

_TIMEOUTS = {"viewer": 5, "origin": 30}
"""Seconds: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-lambda-at-edge"""
_MOST_STORAGE = 512
_VIEWER_MEMORY = 128


@rule(
    severity=Severity.ERROR,
    remedy="Take it away, or let the distribution call another function (in the CDK: EdgeFunction).",
    source="https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-at-edge-function-restrictions.html",
)
def edge_function_refused(stack: StackReading) -> Iterator[Found]:
    """A distribution calls a function as Lambda@Edge does not support it: CloudFront refuses it."""
    said = set()
    for each in at_the_edge(stack.whole):
        if each.node.stack is stack and each.node.surely_made and each.distribution.surely_made:
            for what in _against(each):
                message = f"{each.distribution.path} calls {each.node.path}, {what}."
                if message not in said:
                    said.add(message)
                    yield Found(node=each.node, message=message)


def _against(edge: AtTheEdge) -> Iterator[str]:
    node = edge.node
    qualifier = edge.callee.qualifier
    if qualifier is not None and not qualifier.isdecimal():
        yield "as $LATEST and not as a version" if qualifier == LATEST else f"by the alias {qualifier}"
    if node.stack.region not in (None, "us-east-1"):
        yield f"which is in {node.stack.region} and not in us-east-1"
    variables = node.value("Environment", "Variables")
    if isinstance(variables, dict) and variables and is_known(list(variables)):
        yield "which has environment variables"
    if node.count("VpcConfig", "SubnetIds"):
        yield "which is in a VPC"
    if node.count("Layers"):
        yield "which has layers"
    if is_image(node):
        yield "which is a container image"
    if node.value("Architectures") == ["arm64"]:
        yield "which runs on arm64"
    if (storage := node.number("EphemeralStorage", "Size")) and storage > _MOST_STORAGE:
        yield f"which has {storage:g} MB of ephemeral storage, more than {_MOST_STORAGE}"
    yield from _too_much(edge)


def _too_much(edge: AtTheEdge) -> Iterator[str]:
    kind = (edge.event or "").partition("-")[0]
    timeout, memory = edge.node.number("Timeout"), edge.node.number("MemorySize")
    if kind in _TIMEOUTS and timeout is not None and timeout > _TIMEOUTS[kind]:
        yield f"which has a Timeout of {timeout:g} s, more than {_TIMEOUTS[kind]} for {edge.event}"
    if kind == "viewer" and memory is not None and memory > _VIEWER_MEMORY:
        yield f"which has {memory:g} MB of memory, more than {_VIEWER_MEMORY} for {edge.event}"
