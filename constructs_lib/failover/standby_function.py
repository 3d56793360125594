"""The capacities of a standby function, as settings that the controller changes."""

from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_applicationautoscaling as autoscaling
from aws_cdk import aws_lambda as lambda_

from constructs_lib.alarms import function_subject
from constructs_lib.checks import Check, is_token
from constructs_lib.failover.sleeper import Sleeper
from constructs_lib.failover.standby import Capacity, ColdStandby, HotStandby, WarmStandby

__all__ = ["sleepers_of_function", "unqualified"]

_ASLEEP = Capacity(reserved=0)


def sleepers_of_function(
    check: Check, name: str, standby: HotStandby | WarmStandby | ColdStandby
) -> list[Sleeper]:
    """What is to be woken of a function: its reserved concurrency first, in which the provisioned one has to fit."""
    function = standby.function
    _check_function(check, name, function)
    if isinstance(standby, HotStandby):
        return []
    full = _full(check, name, function, standby.full)
    if isinstance(standby, WarmStandby):
        _check_reduced(check, name, standby.reduced, full)
        return _made_of(check, name, function, standby.reduced, full)
    check.require(
        full.reserved != 0,
        f"{name} has a full capacity of 0 reserved executions.",
        remedy="Give `full`, its capacity once the standby has taken over.",
    )
    return _made_of(check, name, function, _ASLEEP, full)


def _check_function(check: Check, name: str, function: lambda_.IFunction) -> None:
    check.require(
        hasattr(function, "function_arn"),
        f"{name}.function is {function!r}.",
        remedy="Give a function or an alias, such as the alias of a HardenedFunction.",
    )
    scaled = isinstance(function, lambda_.Alias) and any(
        isinstance(each, autoscaling.CfnScalableTarget) for each in function.node.find_all()
    )
    check.require(
        not scaled,
        f"{name}.function has provisioned concurrency that scales by itself.",
        remedy="Application Auto Scaling would undo what the controller sets: give the alias a fixed number, or none.",
    )


def _made_of(
    check: Check, name: str, function: lambda_.IFunction, reduced: Capacity, full: Capacity
) -> list[Sleeper]:
    for what, capacity in (("reduced", reduced), ("full", full)):
        _check_capacity(check, f"{name}.{what}", capacity)
    subject = function_subject(function)
    resources = _resources(function)
    called = function.node.path.removesuffix("/Live")
    found = []
    if reduced.reserved != full.reserved:
        found.append(
            Sleeper(
                kind="reserved",
                name=f"reserved concurrency of {called}",
                asleep=reduced.reserved,
                awake=full.reserved,
                target={"function": subject.function_name},
                arn=unqualified(function),
                resource=resources.get("function"),
            )
        )
    if reduced.provisioned != full.provisioned:
        check.require(
            subject.qualifier is not None,
            f"{name} has provisioned concurrency, and its function is no alias.",
            remedy="Only aliases have provisioned concurrency: give the alias that traffic uses.",
        )
        found.append(
            Sleeper(
                kind="provisioned",
                name=f"provisioned concurrency of {called}",
                asleep=reduced.provisioned,
                awake=full.provisioned,
                target={"function": subject.function_name, "alias": str(subject.qualifier)},
                arn=function.function_arn,
                resource=resources.get("alias"),
            )
        )
    check.require(
        bool(found),
        f"{name} has nothing to wake: its reduced capacity is its full one.",
        remedy="Give HotStandby(function=...).",
    )
    return found


def _check_capacity(check: Check, name: str, capacity: Capacity) -> None:
    check.instance(name, capacity, Capacity)
    check.within(f"{name}.reserved", capacity.reserved, 0, 1_000_000)
    check.within(f"{name}.provisioned", capacity.provisioned, 0, 1_000_000)
    reserved = capacity.reserved
    if reserved is None or is_token(reserved) or is_token(capacity.provisioned):
        return
    check.require(
        capacity.provisioned <= reserved,
        f"{name} has {capacity.provisioned} provisioned and {reserved} reserved executions.",
        remedy="Provisioned environments count against the reserved ones: raise these or lower those.",
    )


def _check_reduced(check: Check, name: str, reduced: Capacity, full: Capacity) -> None:
    check.instance(f"{name}.reduced", reduced, Capacity)
    check.require(
        reduced.reserved != 0,
        f"{name}.reduced has 0 reserved executions: it could not be invoked.",
        remedy="That is a ColdStandby(function=...).",
    )
    for what, less, more in (
        ("reserved", reduced.reserved, full.reserved),
        ("provisioned", reduced.provisioned, full.provisioned),
    ):
        # None is as many as the account has.
        known = not is_token(less) and not is_token(more) and more is not None
        check.require(
            not known or (less is not None and less <= cast("int", more)),
            f"{name}.reduced has {less} {what} executions, and full has {more}.",
            remedy="Give a reduced capacity that is at most the full one.",
        )


def _full(check: Check, name: str, function: lambda_.IFunction, given: Capacity | None) -> Capacity:
    if given is not None:
        return given
    resources = _resources(function)
    check.require(
        bool(resources),
        f"{name} has no full capacity, and its function is not in this app.",
        remedy="Give `full`, its capacity once the standby has taken over.",
    )
    base = cast("lambda_.CfnFunction", resources["function"])
    provisioned = 0
    if "alias" in resources:
        alias = cast("lambda_.CfnAlias", resources["alias"])
        config = cdk.Stack.of(alias).resolve(alias.provisioned_concurrency_config) or {}
        provisioned = config.get("provisionedConcurrentExecutions", 0)
    return Capacity(reserved=cast("int | None", base.reserved_concurrent_executions), provisioned=provisioned)


def _resources(function: lambda_.IFunction) -> dict[str, cdk.CfnResource]:
    """What a function of this app is made of; nothing for an imported one."""
    found: dict[str, cdk.CfnResource] = {}
    base = function
    if isinstance(function, lambda_.Alias):
        found["alias"] = cast("lambda_.CfnAlias", function.node.default_child)
        base = function.version.lambda_
    if not isinstance(base, lambda_.Function):
        return {}
    found["function"] = cast("lambda_.CfnFunction", base.node.default_child)
    return found


def unqualified(function: lambda_.IFunction) -> str:
    """The ARN of the function itself, which is not that of its alias."""
    version = getattr(function, "version", None)
    base: lambda_.IFunction = function if version is None else version.lambda_
    return base.function_arn
