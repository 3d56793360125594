"""Tables, and tests that their backups can be restored: one that somebody starts, and one that a schedule starts."""

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler

from constructs_lib.backup import PointInTimeView, RestoreTest, UnchangedItems

VERIFIER = """
import boto3

def handler(event, context):
    client = boto3.client("dynamodb")
    page = client.scan(TableName=event["restored"], ConsistentRead=True)
    bad = [item["id"]["S"] for item in page["Items"] if item["total"]["N"].startswith("-")]
    return {"passed": not bad, "reasons": [f"{each} has a negative total" for each in bad]}
"""


def table(stack: cdk.Stack, name: str) -> dynamodb.TableV2:
    """A table with an index, and with all that a restore loses."""
    text = dynamodb.AttributeType.STRING
    made = dynamodb.TableV2(
        stack,
        name,
        partition_key=dynamodb.Attribute(name="id", type=text),
        global_secondary_indexes=[
            dynamodb.GlobalSecondaryIndexPropsV2(
                index_name="by-day", partition_key=dynamodb.Attribute(name="day", type=text)
            )
        ],
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True
        ),
        time_to_live_attribute="expires",
        dynamo_stream=dynamodb.StreamViewType.NEW_IMAGE,
        removal_policy=cdk.RemovalPolicy.DESTROY,
    )
    cdk.Tags.of(made).add("team", "shop")
    return made


def main() -> None:
    """Build it."""
    app = cdk.App()
    stack = cdk.Stack(app, "Restores", env=cdk.Environment(account="000000000000", region="us-east-1"))
    orders, mail = table(stack, "Orders"), table(stack, "Mail")
    verifier = lambda_.Function(
        stack,
        "Verifier",
        code=lambda_.Code.from_inline(VERIFIER),
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_14,
        timeout=cdk.Duration.seconds(30),
    )
    view = PointInTimeView(margin=cdk.Duration.seconds(1))
    tested = RestoreTest(
        stack,
        "Tested",
        tables=[orders],
        schedule=scheduler.ScheduleExpression.rate(cdk.Duration.days(1)),
        comparisons=[view],
        verifier=verifier,
        timeout=cdk.Duration.minutes(10),
        removal_policy=cdk.RemovalPolicy.DESTROY,
    )
    often = RestoreTest(
        stack,
        "Often",
        tables=[mail],
        schedule=scheduler.ScheduleExpression.rate(cdk.Duration.minutes(1)),
        comparisons=[view],
        timeout=cdk.Duration.minutes(10),
        removal_policy=cdk.RemovalPolicy.DESTROY,
    )
    unchanged = RestoreTest(
        stack,
        "Unchanged",
        tables=[orders],
        schedule=scheduler.ScheduleExpression.rate(cdk.Duration.days(1)),
        comparisons=[UnchangedItems(modified_attribute="at")],
        timeout=cdk.Duration.minutes(10),
        removal_policy=cdk.RemovalPolicy.DESTROY,
    )
    for name, value in {
        "Orders": orders.table_arn,
        "Mail": mail.table_arn,
        "Machine": tested.machine.state_machine_arn,
        "Function": tested.function.alias.function_arn,
        "Ledger": tested.ledger.table_name,
        "Failed": tested.failed.alarm_name,
        "Often": often.machine.state_machine_arn,
        "Unchanged": unchanged.machine.state_machine_arn,
    }.items():
        cdk.CfnOutput(stack, f"{name}Out", value=value)
    app.synth()


main()
