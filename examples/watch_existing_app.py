"""How do I watch an app that is there already? Add one line; the app stays as it is."""

import aws_cdk as cdk
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from constructs_lib.alarms import AlarmRoute, AlarmTopic
from constructs_lib.alarms.watch import Watch

TAKE = """
def handler(event, context):
    if event.get("refuse"):
        raise ValueError("refused")
    return {"statusCode": 202}
"""
PACK = """
def handler(event, context):
    return {"batchItemFailures": []}
"""


class Shop(Construct):
    """An app as it may have stood for years: it knows nothing of this library."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        """Orders come in by an API and are packed from a queue."""
        super().__init__(scope, construct_id)
        self.take = take = self._function("Take", TAKE)
        apigatewayv2.HttpApi(
            self, "Api", default_integration=integrations.HttpLambdaIntegration("Take", take)
        )
        orders = dynamodb.TableV2(
            self, "Orders", partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)
        )
        orders.grant_write_data(take)
        failed = sqs.Queue(self, "Failed", enforce_ssl=True)
        parcels = sqs.Queue(
            self,
            "Parcels",
            enforce_ssl=True,
            dead_letter_queue=sqs.DeadLetterQueue(queue=failed, max_receive_count=5),
        )
        parcels.grant_send_messages(take)
        pack = self._function("Pack", PACK)
        pack.add_event_source(sources.SqsEventSource(parcels, report_batch_item_failures=True))

    def _function(self, construct_id: str, code: str) -> lambda_.Function:
        return lambda_.Function(
            self,
            construct_id,
            code=lambda_.Code.from_inline(code),
            handler="index.handler",
            runtime=lambda_.Runtime.PYTHON_3_14,
            log_group=logs.LogGroup(self, f"{construct_id}Logs"),
        )


def on_call(stack: cdk.Stack) -> AlarmRoute:
    """Where the alarms of a stack go."""
    topic = AlarmTopic.of(stack)
    topic.add_email("on-call@example.com")
    return topic.route


def build(app: cdk.App) -> None:
    """The app as it was, and what watches it."""
    stack = cdk.Stack(app, "WatchExisting")
    Shop(stack, "Existing")

    cdk.Aspects.of(app).add(Watch(route=on_call))


if __name__ == "__main__":
    app = cdk.App()
    build(app)
    app.synth()
