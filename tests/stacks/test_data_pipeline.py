"""The data pipeline as it is synthesized; nothing is bundled for it here."""

from functools import cache
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from syrupy.assertion import SnapshotAssertion

from stacks.config import Config
from stacks.data_pipeline import DataPipeline
from tests.delivery import lost_alarms
from tests.gates import UNSUBSCRIBED, lint, nagged, report
from tests.graph import circle
from tests.reviewing import unexplained
from tests.synthesis import RECOMMENDED, ROOT, Synthesized, fresh_app, scrubbed, synthesize

EMAIL = "team@example.com"


@cache
def built(stage: str) -> tuple[cdk.App, Synthesized]:
    """The stack of a stage, synthesized once and checked by cdk-nag on the way."""
    app = nagged(fresh_app(RECOMMENDED | {"aws:cdk:bundling-stacks": []}))
    environment = cdk.Environment(account="111122223333", region="us-east-1")
    address = EMAIL if stage == "prod" else None
    config = Config(stage=stage, environments=(environment,), alarm_email=address)
    stack = DataPipeline(app, f"DataPipeline-{stage}", config=config, env=environment)
    return app, synthesize(stack)


@pytest.fixture
def pipeline() -> Synthesized:
    return built("prod")[1]


def allowed_actions(pipeline: Synthesized, function: str) -> set[str]:
    """What the policies of a function's role let it do, but for logs and traces."""
    found: set[str] = set()
    for policy in pipeline.of_type("AWS::IAM::Policy").values():
        properties = policy["Properties"]
        if any(role.get("Ref", "").startswith(function) for role in properties["Roles"]):
            for statement in properties["PolicyDocument"]["Statement"]:
                actions = statement["Action"]
                found |= {actions} if isinstance(actions, str) else set(actions)
    return {action for action in found if not action.startswith(("logs:", "xray:"))}


@pytest.mark.parametrize("stage", ["dev", "prod"])
class TestGates:
    def test_cdk_nag_and_cdk_have_nothing_to_say_but_that_nobody_listens(self, stage: str) -> None:
        expected = set() if stage == "prod" else {f"Annotation::{UNSUBSCRIBED}"}

        assert {found.rule for found in report(built(stage)[0])} == expected

    def test_cfn_lint_has_nothing_to_say(self, stage: str) -> None:
        assert lint(built(stage)[1].body) == []

    def test_a_review_finds_nothing_that_is_not_explained(self, stage: str) -> None:
        assert unexplained(Path(built(stage)[0].outdir), ROOT / "stacks/acknowledged.yaml") == []

    def test_no_resources_need_each_other(self, stage: str) -> None:
        assert circle(built(stage)[1].resources) == []

    def test_every_alarm_is_heard(self, stage: str) -> None:
        assert lost_alarms(built(stage)[1].resources, subscribed=stage == "prod") == []


def test_the_template_is_as_the_snapshot_shows(pipeline: Synthesized, snapshot: SnapshotAssertion) -> None:
    assert scrubbed({key: pipeline.body[key] for key in ("Resources", "Outputs")}) == snapshot


def test_as_many_files_are_processed_at_once_as_the_queue_lets_through(pipeline: Synthesized) -> None:
    (mapping,) = (each["Properties"] for each in pipeline.of_type("AWS::Lambda::EventSourceMapping").values())

    assert mapping["ScalingConfig"] == {"MaximumConcurrency": 5}
    assert mapping["BatchSize"] == 1
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_a_message_is_hidden_for_six_times_as_long_as_a_file_may_take(pipeline: Synthesized) -> None:
    (queue,) = pipeline.of_type("AWS::SQS::Queue", under="FilesQueue").values()

    assert queue["Properties"]["VisibilityTimeout"] == 6 * 15 * 60


def test_functions_may_do_what_they_do_and_no_more(pipeline: Synthesized) -> None:
    assert allowed_actions(pipeline, "ProcessFile") == {
        "dynamodb:GetItem",
        "dynamodb:UpdateItem",
        "s3:AbortMultipartUpload",
        "s3:GetObjectVersion",
        "s3:PutObject",
        "sqs:ChangeMessageVisibility",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "sqs:GetQueueUrl",
        "sqs:ReceiveMessage",
    }
    assert {
        action for action in allowed_actions(pipeline, "IngestFile") if action.startswith("dynamodb")
    } == {"dynamodb:PutItem"}


def test_the_stage_prod_keeps_its_data(pipeline: Synthesized) -> None:
    kept: list[dict[str, Any]] = [
        *pipeline.of_type("AWS::S3::Bucket").values(),
        *pipeline.of_type("AWS::DynamoDB::GlobalTable", under="Manifest").values(),
        *pipeline.of_type("AWS::SQS::Queue").values(),
    ]

    assert {each["DeletionPolicy"] for each in kept} == {"Retain"}


def test_buckets_are_versioned_encrypted_private_and_logged(pipeline: Synthesized) -> None:
    buckets = {name: each["Properties"] for name, each in pipeline.of_type("AWS::S3::Bucket").items()}

    assert len(buckets) == 4
    for name, properties in buckets.items():
        logs = name.startswith("AccessLogs")
        assert all(properties["PublicAccessBlockConfiguration"].values())
        assert properties["BucketEncryption"]
        assert ("VersioningConfiguration" in properties) is not logs
        assert ("LoggingConfiguration" in properties) is not logs
