import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sqs as sqs

from constructs_lib.dead_letters import DeadLetterQueue
from tests.gates import findings
from tests.synthesis import Synthesized, fresh_stack, synthesize

QUEUE = "AWS::SQS::Queue"


@pytest.fixture(scope="module")
def default() -> Synthesized:
    stack = fresh_stack()
    DeadLetterQueue(stack, "Failed")
    return synthesize(stack)


def test_keeps_encrypted_messages_for_two_weeks_and_outlives_its_stack(default: Synthesized) -> None:
    default.template.has_resource(
        QUEUE,
        {
            "Properties": {"MessageRetentionPeriod": 1_209_600, "SqsManagedSseEnabled": True},
            "DeletionPolicy": "Retain",
            "UpdateReplacePolicy": "Retain",
        },
    )
    assert not {"FifoQueue", "QueueName", "RedrivePolicy"} & default.only(QUEUE).keys()


def test_lets_nobody_in_without_tls(default: Synthesized) -> None:
    (statement,) = default.only("AWS::SQS::QueuePolicy")["PolicyDocument"]["Statement"]

    assert (statement["Effect"], statement["Principal"]) == ("Deny", {"AWS": "*"})
    assert statement["Action"] == "sqs:*"
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_a_key_of_ones_own_may_encrypt_it() -> None:
    stack = fresh_stack()
    key = kms.Key(stack, "Key")
    DeadLetterQueue(stack, "Failed", encryption_key=key, removal_policy=cdk.RemovalPolicy.DESTROY)

    found = synthesize(stack)

    assert found.only(QUEUE)["KmsMasterKeyId"] == {"Fn::GetAtt": [found.only_id("AWS::KMS::Key"), "Arn"]}
    assert found.of_type(QUEUE)[found.only_id(QUEUE)]["DeletionPolicy"] == "Delete"


def test_is_itself_a_queue_of_cdk() -> None:
    assert isinstance(DeadLetterQueue(fresh_stack(), "Failed"), sqs.Queue)


def test_is_acknowledged_where_another_queue_is_not() -> None:
    stack = fresh_stack()
    DeadLetterQueue(stack, "Failed")
    sqs.Queue(stack, "Other", enforce_ssl=True)

    places = {place for found in findings(stack.node.root) for place in found.constructs}  # type: ignore[arg-type]

    assert places == {"Stack/Other/Resource"}
