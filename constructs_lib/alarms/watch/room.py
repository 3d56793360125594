"""How many resources fit in a stack."""

from collections.abc import Sequence

from constructs_lib.alarms.routing.actions import Action
from constructs_lib.alarms.routing.route import Route
from constructs_lib.alarms.routing.state_change import StateChange
from constructs_lib.alarms.sets.grouping import groups
from constructs_lib.alarms.table.definition import AlarmDefinition, Operand
from constructs_lib.alarms.watch.planning import Plan
from constructs_lib.checks import is_token

__all__ = ["LARGEST_STACK", "chunks", "least", "size"]

LARGEST_STACK = 500
"""https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"""
_MOST_VALUES = 150
"""A nested stack gets each value of its parent as a parameter, of which it can have 200; topics take some, too."""


def least(plan: Plan) -> int:
    """The resources that `plan` makes whatever its route: alarms, what makes metrics of log lines, a composite."""
    return len(plan.rows) + sum(_reads_logs(row) for row in plan.rows) + 1


def _reads_logs(row: AlarmDefinition) -> bool:
    operands = [each for each in row.operands.values() if isinstance(each, Operand)]
    return row.log_filter is not None or any(each.log_filter is not None for each in operands)


def size(plan: Plan, route: Route) -> int:
    """The resources that `plan` makes with `route`."""
    made = groups({row.construct_id: row.severity for row in plan.rows}, route, plan.kind.word)
    # An action that is no topic may come with a resource for each alarm, such as a permission.
    others = [each.actions for each in made if each.actions.has_other_actions]
    actions = (action for each in others for given in each.by_state().values() for action in given)
    return least(plan) - 1 + len(made) + sum(_brings(action) for action in actions)


def _brings(action: Action) -> int:
    """How many resources `action` may come with; a rule may come with a permission for each of its targets."""
    return 1 + len(action.targets) if isinstance(action, StateChange) else 1


def chunks(plans: Sequence[Plan], route: Route) -> list[list[Plan]]:
    """`plans` in groups of which each fits in a stack of its own."""
    found: list[list[Plan]] = []
    room = values = 0
    for plan in plans:
        resources, tokens = size(plan, route), sum(is_token(each) for each in vars(plan.subject).values())
        if resources > room or tokens > values:
            found.append([])
            room, values = LARGEST_STACK, _MOST_VALUES
        found[-1].append(plan)
        room, values = room - resources, values - tokens
    return found
