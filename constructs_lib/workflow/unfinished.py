"""Executions that ended without having undone anything: whoever started them hears of it through the parking queue.

An execution that times out or is stopped runs no compensation, nor does one that ends with an error that nothing
catches, such as States.DataLimitExceeded.
https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
"""

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from constructs_lib.checks import acknowledge
from constructs_lib.workflow.endings import COMPENSATED_ERROR, NOT_COMPENSATED_ERROR

__all__ = ["park_unfinished"]

_FINDINGS = ("Serverless::Serverless-EventBusDLQ", "constructs_lib::target-without-dead-letters")
_REASON = "The target is itself the queue where what failed is kept; EventBridge tries to reach it for a day."
_STOPPED = {"status": ["TIMED_OUT", "ABORTED"]}
_BROKEN = {
    "status": ["FAILED"],
    "error": [{"anything-but": [COMPENSATED_ERROR, NOT_COMPENSATED_ERROR]}],
}


def park_unfinished(
    scope: Construct, construct_id: str, machine: sfn.StateMachine, queue: sqs.IQueue
) -> events.Rule:
    """A rule that sends the status of each execution that undid nothing, with its input, to `queue`."""
    either = [{"stateMachineArn": [machine.state_machine_arn], **each} for each in (_STOPPED, _BROKEN)]
    rule = events.Rule(
        scope,
        construct_id,
        description="Executions of a saga that ended without having undone what they began",
        event_pattern=events.EventPattern(
            source=["aws.states"],
            detail_type=["Step Functions Execution Status Change"],
            detail={"$or": either},
        ),
    )
    rule.add_target(targets.SqsQueue(queue))
    acknowledge(rule, dict.fromkeys(_FINDINGS, _REASON))
    _warn_of_imported(scope, queue.encryption_master_key)
    return rule


def _warn_of_imported(scope: Construct, key: kms.IKey | None) -> None:
    """Warn where CDK cannot tell `key` to let EventBridge in.

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html#compatibility-with-aws-services
    """
    if key is not None and not isinstance(key.node.default_child, kms.CfnKey):
        cdk.Annotations.of(scope).add_warning_v2(
            "constructs-lib:saga-key-untold",
            "encryption_key is imported, so it was not told to let executions be parked that undid nothing. Its policy "
            "must allow kms:Decrypt and kms:GenerateDataKey to events.amazonaws.com; without that they are lost.",
        )
