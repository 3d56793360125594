"""How do failed events get another chance by themselves? Re-drive them by the clock, and once an outage is over."""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sqs as sqs

from constructs_lib.alarms import AlarmTopic, ThresholdAlarm
from constructs_lib.alarms.services import QueueAlarms
from constructs_lib.bundling import PythonCode
from constructs_lib.dead_letters import DeadLetterQueue, DeadLetters, Redrive, RedriveSettings, WrittenBy
from constructs_lib.resilient_function import ResilientFunction

HANDLERS = Path(__file__).parent / "handlers"


def build(app: cdk.App) -> None:
    """A function whose failed events go back to it, and a queue of which SQS moves messages back."""
    stack = cdk.Stack(app, "Redriven")
    AlarmTopic.of(stack).add_email("orders-team@example.com")
    outage = ThresholdAlarm(
        stack,
        "Outage",
        metric=cloudwatch.Metric(
            namespace="Shop",
            metric_name="PaymentProviderErrors",
            statistic="Sum",
            period=cdk.Duration.minutes(1),
        ),
        threshold=5,
        lowest=0,
        means="The payment provider does not answer.",
    )

    ResilientFunction(
        stack,
        "Charge",
        code=PythonCode.from_folder(HANDLERS / "orders"),
        handler="orders.handler",
        dead_letters=DeadLetters(
            redrive=RedriveSettings(
                schedule=scheduler.ScheduleExpression.rate(cdk.Duration.minutes(30)),
                on_ok=[outage],  # at once when the provider is back
                max_attempts=5,
                except_error_types=["ValidationError"],  # it never gets better: a person should look
            )
        ),
    )

    failed = DeadLetterQueue(stack, "FailedShipments")
    shipments = sqs.Queue(
        stack,
        "Shipments",
        dead_letter_queue=sqs.DeadLetterQueue(queue=failed, max_receive_count=5),
        enforce_ssl=True,
    )
    QueueAlarms(stack, "ShipmentsAlarms", queue=shipments)
    Redrive.of(stack).add_queue(failed, written_by=WrittenBy.QUEUE, source=shipments)


if __name__ == "__main__":
    app = cdk.App()
    build(app)
    app.synth()
