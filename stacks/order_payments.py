"""What takes the money of orders, and gives it back."""

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from constructs_lib.checks import acknowledge
from stacks.config import Config
from stacks.order_functions import allow, order_function
from stacks.order_steps import STEP_ALARMS
from stacks.order_tables import OrderTables

__all__ = ["OrderPayments"]

_PROVIDER_SECONDS = 6
"""The provider's time; process_payment waits for 8 (lambda_src/process_payment/process_payment/wiring.py)."""


class OrderPayments(Construct):
    """process_payment -> the payment provider, behind a circuit breaker.

    Attributes:
        process_payment: charges and refunds, a step of the workflow.
        sandbox: the provider's stand-in, with charges of its own; no money moves.
        breakers: what this Region's functions know of the provider. It is not replicated: each Region finds out for
            itself whether it reaches the provider.
    """

    def __init__(self, scope: Construct, construct_id: str, *, tables: OrderTables, config: Config) -> None:
        """Make them.

        Args:
            scope: the parent.
            construct_id: the id in `scope`.
            tables: this Region's tables.
            config: the settings of the app.
        """
        super().__init__(scope, construct_id)
        self.breakers = dynamodb.TableV2(
            self,
            "Breakers",
            partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        reason = "It holds what is known of a dependency at the moment; restoring that would be wrong."
        acknowledge(self.breakers, {"AwsSolutions::AwsSolutions-DDB3": reason})
        self.sandbox = order_function(
            self,
            "Sandbox",
            handler="payment_sandbox",
            description="Stands in for a payment provider",
            config=config,
            timeout=cdk.Duration.seconds(_PROVIDER_SECONDS),
            environment={"CHARGES_TABLE_NAME": tables.charges.table_name},
            asynchronous=False,
        )
        tables.charges.grant(self.sandbox, "dynamodb:PutItem", "dynamodb:UpdateItem")
        self.process_payment = order_function(
            self,
            "ProcessPayment",
            handler="process_payment",
            description="Has the money of an order taken, or given back",
            config=config,
            timeout=cdk.Duration.seconds(30),
            environment={
                "ORDERS_TABLE_NAME": tables.orders.table_name,
                "BREAKER_TABLE_NAME": self.breakers.table_name,
                "PAYMENT_PROVIDER_ARN": self.sandbox.alias.function_arn,
            },
            asynchronous=False,
            alarms=STEP_ALARMS,
        )
        allow(self.process_payment, tables.orders.table_arn, "dynamodb:UpdateItem")
        self.breakers.grant(self.process_payment, "dynamodb:GetItem", "dynamodb:PutItem")
        self.sandbox.grant_invoke(self.process_payment)
