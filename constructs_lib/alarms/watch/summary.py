"""Says what was watched, what was not, and why."""

from collections import Counter, defaultdict
from collections.abc import Sequence

import aws_cdk as cdk

from constructs_lib.alarms.watch.planning import HAS_ALARMS, NOT_INCLUDED, LeftOut, Plan
from constructs_lib.alarms.watch.room import LARGEST_STACK
from constructs_lib.alarms.watch.tree import Resource

__all__ = ["tell_no_room", "tell_of_stack", "tell_unused"]

_MOST_NAMES = 10
_COUNTED_ONLY = {NOT_INCLUDED}
_ID = "constructs-lib:watch"


def tell_of_stack(stack: cdk.Stack, made: Sequence[Plan], left_out: Sequence[LeftOut]) -> None:
    """Annotate `stack` with what has got alarms and what has not."""
    if not made and all(each.reason == HAS_ALARMS for each in left_out):
        return
    parts = [f"Watch gives alarms to {_counted(made)}." if made else "Watch gives alarms to nothing here."]
    by_reason: dict[str, list[Resource]] = defaultdict(list)
    for each in left_out:
        by_reason[each.reason].append(each.resource)
    parts += [f"Left out, since it {reason}: {_named(found, reason)}." for reason, found in by_reason.items()]
    silent: dict[str, list[Resource]] = defaultdict(list)
    for plan in made:
        if plan.why_no_logs:
            silent[plan.why_no_logs].append(plan.resource)
    parts += [f"No alarms on log lines, since it {why}: {_named(found)}." for why, found in silent.items()]
    cdk.Annotations.of(stack).add_info_v2(f"{_ID}-summary", " ".join(parts))


def tell_no_room(stack: cdk.Stack, plans: Sequence[Plan], *, nested_stacks: bool) -> None:
    """Warn that `plans` would make `stack` larger than CloudFormation takes."""
    remedy = (
        "Not even a nested stack fits: split this stack."
        if nested_stacks
        else "Let their alarms stand in nested stacks: Watch(nested_stacks=True). Or leave some out by exclude."
    )
    cdk.Annotations.of(stack).add_warning_v2(
        f"{_ID}-no-room",
        f"Watch gives no alarms to {_counted(plans)}: with them, this stack would have more than {LARGEST_STACK} "
        f"resources. {remedy}",
    )


def tell_unused(stack: cdk.Stack, unused: Sequence[str]) -> None:
    """Warn of what was given and means nothing."""
    cdk.Annotations.of(stack).add_warning_v2(
        f"{_ID}-unused",
        f"Watch found nothing that these are about: {', '.join(unused)}. A pattern is a path such as "
        "'Stack/Service' or 'Stack/*/Queue', as cdk synth and tree.json show it.",
    )


def _counted(plans: Sequence[Plan]) -> str:
    counts = Counter({plan.resource.path: plan.kind.word for plan in plans}.values())
    return ", ".join(f"{number} {_plural(word, number)}" for word, number in counts.items())


def _plural(word: str, number: int) -> str:
    return word if number == 1 else f"{word}s"


def _named(resources: Sequence[Resource], reason: str = "") -> str:
    if reason in _COUNTED_ONLY:
        return str(len(resources))
    names = [each.known_as for each in resources]
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
