"""How things are woken and put to sleep: each looks first, and does nothing where nothing is to be done."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from failover_controller.model import Sleeper

__all__ = ["KINDS", "ensure"]

Clients = Callable[[str], Any]
"""Service to client."""
Setting = int | bool | None
"""A number of executions, None for no number, or on and off."""

_SCHEDULE_INPUT: Final = (
    "ActionAfterCompletion",
    "Description",
    "EndDate",
    "FlexibleTimeWindow",
    "GroupName",
    "KmsKeyArn",
    "Name",
    "ScheduleExpression",
    "ScheduleExpressionTimezone",
    "StartDate",
    "Target",
)


def ensure(clients: Clients, sleeper: Sleeper, awake: bool) -> bool:  # noqa: FBT001 - of two settings, which
    """Give `sleeper` its setting for `awake`; whether something had to be done."""
    return KINDS[sleeper.kind](clients, sleeper.target, sleeper.awake if awake else sleeper.asleep)


def _reserved(clients: Clients, target: Mapping[str, str], wanted: Setting) -> bool:
    client, function = clients("lambda"), target["function"]
    present = client.get_function_concurrency(FunctionName=function).get("ReservedConcurrentExecutions")
    if present == wanted:
        return False
    if wanted is None:
        client.delete_function_concurrency(FunctionName=function)
    else:
        client.put_function_concurrency(FunctionName=function, ReservedConcurrentExecutions=wanted)
    return True


def _provisioned(clients: Clients, target: Mapping[str, str], wanted: Setting) -> bool:
    client = clients("lambda")
    place = {"FunctionName": target["function"], "Qualifier": target["alias"]}
    try:
        answer = client.get_provisioned_concurrency_config(**place)
    except client.exceptions.ProvisionedConcurrencyConfigNotFoundException:
        answer = {}
    present, failed = (
        answer.get("RequestedProvisionedConcurrentExecutions", 0),
        answer.get("Status") == "FAILED",
    )
    if present == wanted and not failed:
        return False
    if wanted:
        client.put_provisioned_concurrency_config(**place, ProvisionedConcurrentExecutions=wanted)
    else:
        client.delete_provisioned_concurrency_config(**place)
    return True


def _mapping(clients: Clients, target: Mapping[str, str], wanted: Setting) -> bool:
    client, uuid = clients("lambda"), target["uuid"]
    state = client.get_event_source_mapping(UUID=uuid)["State"]
    if state in (("Enabled", "Enabling") if wanted else ("Disabled", "Disabling")):
        return False
    client.update_event_source_mapping(UUID=uuid, Enabled=bool(wanted))
    return True


def _rule(clients: Clients, target: Mapping[str, str], wanted: Setting) -> bool:
    client = clients("events")
    # arn:aws:events:eu-west-1:111122223333:rule/name, or rule/bus/name
    *bus, name = target["arn"].split(":", 5)[5].split("/")[1:]
    place = {"Name": name, **({"EventBusName": "/".join(bus)} if bus else {})}
    if client.describe_rule(**place)["State"].startswith("ENABLED") == bool(wanted):
        return False
    (client.enable_rule if wanted else client.disable_rule)(**place)
    return True


def _schedule(clients: Clients, target: Mapping[str, str], wanted: Setting) -> bool:
    client = clients("scheduler")
    # arn:aws:scheduler:eu-west-1:111122223333:schedule/group/name
    _, group, name = target["arn"].split(":", 5)[5].split("/", 2)
    present = client.get_schedule(GroupName=group, Name=name)
    state = "ENABLED" if wanted else "DISABLED"
    if present["State"] == state:
        return False
    # What is left out of an update gets its default.
    client.update_schedule(**{key: present[key] for key in _SCHEDULE_INPUT if key in present}, State=state)
    return True


KINDS: Final[Mapping[str, Callable[[Clients, Mapping[str, str], Setting], bool]]] = {
    "reserved": _reserved,
    "provisioned": _provisioned,
    "mapping": _mapping,
    "rule": _rule,
    "schedule": _schedule,
}
"""Kind to what ensures its setting."""
