"""What a saga's arguments must be, found before anything is built."""

import re
from collections import Counter
from collections.abc import Sequence

import aws_cdk as cdk

from constructs_lib.checks import Check, is_token
from constructs_lib.workflow.step_checking import LONGEST_SECONDS, check_step
from constructs_lib.workflow.steps import Parallel, Step, in_order
from constructs_lib.workflow.times import Times

__all__ = ["EXPRESS_SECONDS", "check_steps", "check_timeout"]

EXPRESS_SECONDS = 300
"""How long an express execution can run.

https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
"""
_LONGEST_STATE_NAME = 80
"""https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html"""
_LONGEST_NAME = _LONGEST_STATE_NAME - len("Merge undo ")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)
_MOST_BRANCHES = 40


def check_steps(check: Check, steps: Sequence[Step | Parallel], *, express: bool) -> None:
    """Fail unless the steps make a saga that Step Functions can run, and that can be undone."""
    check.require(len(steps) > 0, "steps is empty.", remedy="Give a Step for each thing to do.")
    names = []
    for number, each in enumerate(steps):
        check.instance(f"steps[{number}]", each, Step, Parallel)
        names.append(_name(check, each))
        if isinstance(each, Parallel):
            _check_group(check, each)
            names += [_name(check, step) for step in each.steps]
    for name, count in Counter(names).items():
        check.require(
            count == 1,
            f"{count} steps or groups are called {name!r}.",
            remedy="Give each a name of its own: results and idempotency keys go by it.",
        )
    for step in in_order(steps):
        check_step(check, step, express=express)


def _name(check: Check, named: Step | Parallel) -> str:
    name = named.name
    check.require(
        isinstance(name, str) and _NAME.fullmatch(name) is not None and len(name) <= _LONGEST_NAME,
        f"a {type(named).__name__} is called {name!r}.",
        remedy=f"Give 1 to {_LONGEST_NAME} ASCII letters, digits and underscores, with a letter first.",
    )
    return name


def _check_group(check: Check, group: Parallel) -> None:
    check.within(f"{group.name}: the number of steps", len(group.steps), 2, _MOST_BRANCHES)
    for number, step in enumerate(group.steps):
        check.instance(f"{group.name}.steps[{number}]", step, Step)


def check_timeout(
    check: Check,
    steps: Sequence[Step | Parallel],
    times: Times,
    timeout: cdk.Duration | None,
    *,
    express: bool,
) -> None:
    """Fail unless there is time to do every step and to undo it: a workflow that times out undoes nothing."""
    longest = EXPRESS_SECONDS if express else LONGEST_SECONDS
    check.duration("timeout", timeout, 1, longest)
    check.require(
        timeout is None or not is_token(timeout),
        "timeout is a token: whether the steps fit into it cannot be told.",
        remedy="Give a number.",
    )
    available = longest if timeout is None else timeout.to_seconds()
    needed = times.without_retries(steps)
    check.require(
        needed < available,
        f"its steps and compensations can take {needed:g} seconds, tried once each, and the workflow is over after "
        f"{available:g}: one that times out undoes nothing.",
        remedy="Give steps shorter timeouts"
        + (", or make a standard workflow." if express else ", or the saga a longer one."),
    )
    at_worst = times.at_worst(steps)
    if at_worst > available:
        cdk.Annotations.of(check.scope).add_warning_v2(
            "constructs-lib:saga-times-out",
            f"With every retry, the steps and compensations of the saga can take {at_worst:g} seconds, and it is over "
            f"after {available:g}: one that times out undoes nothing. Give fewer retries or shorter timeouts.",
        )
