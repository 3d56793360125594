"""What one more function adds to a template."""

from typing import Any

from benchmarks.workload import Side, new_stack

__all__ = ["LIMIT", "resources", "template"]

LIMIT = 500
"""Resources in a stack. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"""


def template(side: Side, count: int) -> dict[str, Any]:
    """What `side` synthesizes for that many functions."""
    with new_stack() as (app, stack):
        side(stack)(count)
        found: dict[str, Any] = app.synth().get_stack_by_name(stack.stack_name).template
        return found


def resources(side: Side) -> tuple[int, int]:
    """The resources of one function, and how many such functions fit in a stack beside what they share."""
    one, two = (len(template(side, count)["Resources"]) for count in (1, 2))
    each = two - one
    return each, (LIMIT - (one - each)) // each
