"""Can I use the parts without the bundle? Each takes any function, here one that another app deploys."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_

from constructs_lib.alarms import FunctionAlarms, function_subject
from constructs_lib.dead_letters import DeadLetters, add_dead_letters


def build(app: cdk.App) -> None:
    """Dead letters and alarms for a function that is imported by its name."""
    stack = cdk.Stack(app, "PartsAlone")
    function = lambda_.Function.from_function_attributes(
        stack,
        "Elsewhere",
        function_arn=stack.format_arn(
            service="lambda",
            resource="function",
            resource_name="orders",
            arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
        ),
        role=iam.Role.from_role_name(stack, "ElsewhereRole", "orders-role"),
        same_environment=True,
    )
    queue = add_dead_letters(stack, "DeadLetters", function=function, settings=DeadLetters(retry_attempts=1))
    FunctionAlarms(
        stack,
        "Alarms",
        subject=function_subject(
            function,
            timeout=cdk.Duration.seconds(30),
            queue_name=queue.queue_name if queue is not None else None,
            asynchronous=True,
        ),
    )


if __name__ == "__main__":
    app = cdk.App()
    build(app)
    app.synth()
