"""Which composites stand over the alarms of a set, so that one fault tells everybody once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from constructs_lib.alarms.routing.route import AlarmRoute, Route, actions_of
from constructs_lib.alarms.table.definition import Severity

__all__ = ["HEALTH", "Group", "groups"]

HEALTH = "Health"
_HEALTH_TEXT = "At least one alarm of {subject} rings; the rule names those that it covers."
_SEVERITY_TEXT = "[{severity}] At least one alarm of {subject} rings; the rule names those that it covers."


@dataclass(frozen=True, kw_only=True)
class Group:
    """A composite over alarms.

    Attributes:
        construct_id: its id.
        description: its description.
        children: the ids of what it covers.
        actions: what it does.
    """

    construct_id: str
    description: str
    children: Sequence[str]
    actions: AlarmRoute


def groups(
    alarms: Mapping[str, Severity], route: Route, subject: str, runbook: str | None = None
) -> list[Group]:
    """The composites over `alarms`, an id each with its severity; those covered by another one come first.

    ``Health`` covers what is critical or a warning. Where these two tell the same people, it tells them; where they do
    not, each has a composite of its own, and ``Health`` tells nobody. What is only information has a composite of its
    own where somebody wants to know. Each names `subject` and ends with `runbook`, a link that all alarms share.
    """
    ending = f" Runbook: {runbook}" if runbook else ""
    by_severity = {
        severity: [name for name, given in alarms.items() if given is severity] for severity in Severity
    }
    unwell = [severity for severity in (Severity.CRITICAL, Severity.WARNING) if by_severity[severity]]
    told = [actions_of(route, severity) for severity in unwell]
    found: list[Group] = []
    health: list[str] = []
    together = all(each.way == told[0].way for each in told)
    for severity, actions in zip(unwell, told, strict=True):
        if together or actions.tells_nobody:
            health += by_severity[severity]
        else:
            found.append(_of(severity, by_severity[severity], actions, subject, ending))
            health.append(found[-1].construct_id)
    informed = actions_of(route, Severity.INFO)
    if by_severity[Severity.INFO] and not informed.tells_nobody:
        found.append(_of(Severity.INFO, by_severity[Severity.INFO], informed, subject, ending))
    if health:
        found.append(
            Group(
                construct_id=HEALTH,
                description=_HEALTH_TEXT.format(subject=subject) + ending,
                children=[name for name in alarms if name in health] if together else health,
                actions=told[0] if together else AlarmRoute.silent(),
            )
        )
    return found


def _of(severity: Severity, children: Sequence[str], actions: AlarmRoute, subject: str, ending: str) -> Group:
    return Group(
        construct_id=severity.value.capitalize(),
        description=_SEVERITY_TEXT.format(severity=severity.value, subject=subject) + ending,
        children=children,
        actions=actions,
    )
