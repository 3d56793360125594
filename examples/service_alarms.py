"""What of everything around a function? Alarms for its queue, table, API and workflow, each on what AWS publishes."""

import aws_cdk as cdk
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn

from constructs_lib.alarms import AlarmSettings, AlarmTopic, Profile, Severity
from constructs_lib.alarms.services import (
    HttpApiAlarms,
    QueueAlarms,
    QueueAlarmSettings,
    StateMachineAlarms,
    TableAlarms,
    TableAlarmSettings,
)


def build(app: cdk.App) -> None:
    """Resources of another team, imported by name, watched by this one."""
    stack = cdk.Stack(app, "ServiceAlarms")
    jobs = sqs.Queue.from_queue_arn(stack, "Jobs", stack.format_arn(service="sqs", resource="jobs"))
    orders = dynamodb.TableV2.from_table_name(stack, "Orders", "orders")
    shop = apigateway.HttpApi.from_http_api_attributes(stack, "Shop", http_api_id="a1b2c3d4e5")
    refund = sfn.StateMachine.from_state_machine_name(stack, "Refund", "refund")
    QueueAlarms(
        stack,
        "JobsAlarms",
        queue=jobs,
        maximum_age=cdk.Duration.minutes(15),
        settings=QueueAlarmSettings(
            oldest_message_age=AlarmSettings(severity=Severity.CRITICAL),
            runbook="https://wiki.example.com/jobs",
        ),
    )
    TableAlarms(stack, "OrdersAlarms", table=orders, settings=TableAlarmSettings(profile=Profile.STANDARD))
    HttpApiAlarms(stack, "ShopAlarms", api=shop)
    StateMachineAlarms(stack, "RefundAlarms", state_machine=refund)
    AlarmTopic.of(stack).add_email("team@example.com")


if __name__ == "__main__":
    app = cdk.App()
    build(app)
    app.synth()
