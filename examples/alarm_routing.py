"""Who is told of what? The pager of what is critical, the team's chat of warnings, a ticket for each page."""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_sqs as sqs

from constructs_lib.alarms import (
    AlarmRoute,
    AlarmSettings,
    AlarmTopic,
    FunctionAlarmSettings,
    Severity,
    SeverityRoute,
    StateChange,
)
from constructs_lib.bundling import PythonCode
from constructs_lib.dead_letters import DeadLetterQueue
from constructs_lib.resilient_function import ResilientFunction

HANDLERS = Path(__file__).parent / "handlers"


def build(app: cdk.App) -> None:
    """A function whose critical alarms page and open a ticket, and whose warnings are shown in a chat."""
    stack = cdk.Stack(app, "AlarmRouting")

    # The pager; where it cannot be reached, an OpsItem says so.
    pager = AlarmTopic(
        stack,
        "Pager",
        undelivered=AlarmRoute(alarm=[actions.SsmAction(actions.OpsItemSeverity.CRITICAL)]),
    )
    pager.add_https("https://events.pager.example.com/alarms")

    # The team; what does not reach it by chat or mail goes to the pager.
    team = AlarmTopic(stack, "Team", undelivered=pager.route, encryption_key=pager.key)
    team.add_slack_channel(workspace_id="T0123456789", channel_id="C0123456789")
    team.add_email("orders-team@example.com")

    # A queue that makes tickets, by a rule on the alarm's change of state.
    unmade = DeadLetterQueue(stack, "UnmadeTickets")
    tickets = sqs.Queue(
        stack,
        "Tickets",
        enforce_ssl=True,
        dead_letter_queue=sqs.DeadLetterQueue(queue=unmade, max_receive_count=5),
    )
    ticket = StateChange(targets=[targets.SqsQueue(tickets, dead_letter_queue=unmade)])

    ResilientFunction(
        stack,
        "Orders",
        code=PythonCode.from_folder(HANDLERS / "orders"),
        handler="orders.handler",
        alarm_route=SeverityRoute(
            critical=AlarmRoute(alarm=[pager.topic, ticket], ok=[pager.topic]),
            warning=team.route,
        ),
        alarms=FunctionAlarmSettings(throttles=AlarmSettings(severity=Severity.WARNING)),
    )


if __name__ == "__main__":
    app = cdk.App()
    build(app)
    app.synth()
