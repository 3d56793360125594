from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import Reading, StackReading
from constructs_lib.review.reading.data import at, is_known
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.limits.common import names_stack, says_which
from constructs_lib.template import TemplateError

__all__ = ["export_twice"]


@rule(
    severity=Severity.ERROR,
    remedy="Give each export a name of its own, such as one that begins with the name of the stack.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html",
)
def export_twice(stack: StackReading) -> Iterator[Found]:
    """Two outputs are exported under one name: the second stack is refused."""
    for name, first, output in stack.whole.once("exports-twice", _collect).get(stack.key, ()):
        yield Found(node=None, message=f"The output {output} is exported as {name}, as {first} is.")


def _collect(whole: Reading) -> dict[str, list[tuple[str, str, str]]]:
    """Keys of stacks to the exports in them whose name is taken: the name, whose it is, and the output."""
    owners: dict[tuple[str, ...], str] = {}
    found: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for stack in whole.stacks:
        for output, declared in stack.template.section("Outputs").items():
            name = _export_name(stack, declared)
            if name is None:
                continue
            account, region = stack.template.account, stack.region
            written = at(declared, "Export", "Name")
            whole_name = is_known(name) and not names_stack(written)
            realm = (account, region) if account and region and whole_name else (stack.key,)
            first = owners.setdefault((name, *realm), f"{output} of {stack.key}")
            if first != f"{output} of {stack.key}":
                found[stack.key].append((name, first, str(output)))
    return found


def _export_name(stack: StackReading, declared: Any) -> str | None:
    written = at(declared, "Export", "Name")
    condition = at(declared, "Condition")
    if written is None or (condition is not None and stack.values.holds(str(condition)) is not True):
        return None
    try:
        name = stack.values.plain(written)
    except TemplateError:
        return None
    return name if isinstance(name, str) and says_which(name) else None
