from collections.abc import Iterator, Mapping

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import Node, StackReading
from constructs_lib.review.reading.data import surely_has
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.functions.common import is_image

__all__ = ["package_incomplete"]


@rule(
    severity=Severity.ERROR,
    remedy="A .zip file needs Runtime and Handler; a container image must not have a Runtime; code in the template is "
    "for Node.js and Python only.",
    source="https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html",
)
def package_incomplete(stack: StackReading) -> Iterator[Found]:
    """A function's package and its settings do not go together: Lambda refuses it."""
    for node in stack.of_type("AWS::Lambda::Function"):
        if node.surely_made:
            yield from (Found(node=node, message=f"{node.path} {what}.") for what in _wrong(node))


def _wrong(node: Node) -> Iterator[str]:
    if is_image(node):
        if node.has("Runtime") and node.known("Runtime"):
            yield f"is a container image and has the Runtime {node.text('Runtime')}"
        return
    code = node.value("Code")
    if not isinstance(code, Mapping) or surely_has(code, "ImageUri"):
        return
    inline, zipped = surely_has(code, "ZipFile"), surely_has(code, "S3Bucket")
    if node.text("PackageType", default="Zip") == "Zip" and (inline or zipped):
        for key in ("Runtime", "Handler"):
            if not node.has(key):
                yield f"is a .zip file and has no {key}"
    runtime = node.text("Runtime")
    if inline and runtime is not None and not runtime.startswith(("nodejs", "python")):
        yield f"has its code in the template, and the Runtime {runtime}"
