import re
from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.runtimes import RUNTIMES
from constructs_lib.review.reading import Node, StackReading
from constructs_lib.review.reading.functions import Function, functions_of
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.functions._provisioning import provisioned_surely
from constructs_lib.review.rules.functions.common import is_image

__all__ = ["snap_start_refused"]

_SUPPORTED = re.compile(r"java(?!8)|python3\.(?!\d$|10$|11$)|dotnet(?!core|6$)")
_MOST_STORAGE = 512
"""MB."""


@rule(
    severity=Severity.ERROR,
    remedy="Take away one of the two.",
    source="https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html",
)
def snap_start_refused(stack: StackReading) -> Iterator[Found]:
    """A function has SnapStart and something that SnapStart does not work with: Lambda refuses it."""
    for function in functions_of(stack):
        node = function.node
        if node.text("SnapStart", "ApplyOn") == "PublishedVersions" and node.surely_made:
            for what in _against(function):
                yield Found(node=node, message=f"{node.path} has SnapStart and {what}.")


def _against(function: Function) -> Iterator[str]:
    node = function.node
    runtime = node.text("Runtime")
    storage = node.number("EphemeralStorage", "Size")
    if runtime is not None and runtime in RUNTIMES and not _SUPPORTED.match(runtime):
        yield f"the runtime {runtime}"
    if is_image(node):
        yield "a container image"
    if storage is not None and storage > _MOST_STORAGE:
        yield f"{storage:g} MB of ephemeral storage, more than {_MOST_STORAGE}"
    if any(each.type == "AWS::EFS::AccessPoint" for each in _file_systems(function)):
        yield "an EFS file system"
    for each in provisioned_surely(function):
        yield f"provisioned concurrency ({each.path})"


def _file_systems(function: Function) -> Iterator[Node]:
    for index, _ in enumerate(function.node.items("FileSystemConfigs")):
        if found := function.node.target("FileSystemConfigs", index, "Arn"):
            yield found
