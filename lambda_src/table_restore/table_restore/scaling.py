"""The automatic scaling of a table's capacity, by Application Auto Scaling."""

from collections.abc import Mapping
from typing import Any, Final

__all__ = ["put_scaling", "scaling_of"]

_NAMESPACE: Final = "dynamodb"
_TARGET: Final = ("MinCapacity", "MaxCapacity", "SuspendedState")
_POLICY: Final = (
    "PolicyName",
    "PolicyType",
    "StepScalingPolicyConfiguration",
    "TargetTrackingScalingPolicyConfiguration",
)
_ACTION: Final = ("ScheduledActionName", "Schedule", "Timezone", "ScalableTargetAction")
"""What the calls that make a target, a policy and a scheduled action take of their descriptions.

https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html
"""


def scaling_of(client: Any, table: str) -> dict[str, dict[str, Any]]:
    """The scalable targets of the table of this name and of its indexes.

    They are keyed by the resource without the table, and the dimension, e.g.
    ``index/by-day dynamodb:index:ReadCapacityUnits``; for the table itself the resource is empty.
    """
    found: dict[str, dict[str, Any]] = {}
    whole = f"table/{table}"
    for target in _listed(client, "describe_scalable_targets", "ScalableTargets"):
        resource, dimension = target["ResourceId"], target["ScalableDimension"]
        if resource != whole and not resource.startswith(f"{whole}/"):
            continue
        of_it = {"ResourceId": resource, "ScalableDimension": dimension}
        found[f"{resource.removeprefix(whole).lstrip('/')} {dimension}".strip()] = {
            "Target": _some(target, _TARGET),
            "Policies": [
                _some(each, _POLICY)
                for each in _listed(client, "describe_scaling_policies", "ScalingPolicies", **of_it)
            ],
            "Actions": [
                _some(each, _ACTION)
                for each in _listed(client, "describe_scheduled_actions", "ScheduledActions", **of_it)
                if "EndTime" not in each and not each["Schedule"].startswith("at(")
            ],
        }
    return found


def put_scaling(client: Any, table: str, scaling: Mapping[str, Mapping[str, Any]]) -> None:
    """Scale the table of this name, and its indexes, as `scaling_of` found another."""
    for key, each in scaling.items():
        tail, _, dimension = key.rpartition(" ")
        resource = f"table/{table}/{tail}" if tail else f"table/{table}"
        of_it = {
            "ServiceNamespace": _NAMESPACE,
            "ResourceId": resource,
            "ScalableDimension": dimension,
        }
        client.register_scalable_target(**of_it, **each["Target"])
        for policy in each["Policies"]:
            client.put_scaling_policy(**of_it, **policy)
        for action in each["Actions"]:
            client.put_scheduled_action(**of_it, **action)


def _listed(client: Any, call: str, what: str, **request: Any) -> list[dict[str, Any]]:
    pages = client.get_paginator(call).paginate(ServiceNamespace=_NAMESPACE, **request)
    return [each for page in pages for each in page[what]]


def _some(described: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: described[name] for name in names if name in described}
