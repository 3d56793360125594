from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import Reading, StackReading
from constructs_lib.review.reading.data import at
from constructs_lib.review.reading.statements import statements_of
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.schedules.common import RULE, SCHEDULE

__all__ = ["schedule_disabled"]

_SWITCHES: Final = {RULE: "events:EnableRule", SCHEDULE: "scheduler:UpdateSchedule"}
_POLICIES: Final = ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy")


@rule(
    severity=Severity.WARNING,
    remedy="Set State to ENABLED, or remove it.",
    source="https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html",
)
def schedule_disabled(stack: StackReading) -> Iterator[Found]:
    """A rule or a schedule is switched off, and nobody at hand may switch it on: it only looks as if something ran."""
    for node in stack.of_type(RULE, SCHEDULE):
        if node.text("State") == "DISABLED" and _SWITCHES[node.type] not in stack.whole.once(
            "switches", _allowed
        ):
            yield Found(node=node, message=f"{node.path} has the State DISABLED.")


def _allowed(whole: Reading) -> set[str]:
    """Which of the switches any policy at hand allows."""
    documents = [(each, each.value("PolicyDocument")) for each in whole.of_type(*_POLICIES)]
    documents += [
        (role, at(policy, "PolicyDocument"))
        for role in whole.of_type("AWS::IAM::Role")
        for policy in role.items("Policies")
    ]
    statements = [
        found for node, document in documents for found in statements_of(node, document) if found.allows
    ]
    return {action for action in _SWITCHES.values() if any(each.is_about(action) for each in statements)}
