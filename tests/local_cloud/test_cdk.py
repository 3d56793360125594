"""The CDK CLI deploys, updates and destroys an app of every resource type in two Regions, unmodified."""

import json
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from local_cloud import LocalCloud
from local_cloud.server import REGIONS

APP = Path(__file__).with_name("everything_app.py")


@pytest.fixture(scope="module")
def outputs(
    bootstrapped_cloud: LocalCloud, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, dict[str, str]]]:
    work = tmp_path_factory.mktemp("everything")
    app = ["--app", f"{sys.executable} {APP}"]
    found = work / "outputs.json"
    bootstrapped_cloud.cdk(
        "deploy",
        "--all",
        *app,
        "--require-approval=never",
        "--concurrency=2",
        f"--outputs-file={found}",
        cwd=work,
    )
    yield json.loads(found.read_text())
    bootstrapped_cloud.cdk("destroy", "--all", "--force", *app, cwd=work)
    for region in REGIONS:
        stacks = bootstrapped_cloud.client("cloudformation", region).describe_stacks()["Stacks"]
        assert not [s["StackName"] for s in stacks if s["StackName"].startswith(("Everything", "Global"))]


def _get(url: str, *, signed_for: str | None = None) -> tuple[int, str]:
    request = AWSRequest("GET", url)
    if signed_for:
        SigV4Auth(Credentials("test", "test"), "execute-api", signed_for).add_auth(request)
    call = urllib.request.Request(url, headers=dict(request.headers))  # noqa: S310 - the local cloud
    try:
        with urllib.request.urlopen(call, timeout=10) as answer:  # noqa: S310 - the local cloud
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


@pytest.mark.parametrize("region", REGIONS)
def test_api_answers_through_the_alias_in_both_regions(
    bootstrapped_cloud: LocalCloud, outputs: dict[str, dict[str, str]], region: str
) -> None:
    stack = outputs[f"Everything-{region}"]

    status, body = _get(bootstrapped_cloud.url(stack["Url"] + "/open"))

    assert (status, body) == (
        200,
        f"arn:aws:lambda:{region}:000000000000:function:{stack['FunctionName']}:live",
    )


def test_route_with_iam_authorization_takes_requests_signed_for_its_region_only(
    bootstrapped_cloud: LocalCloud, outputs: dict[str, dict[str, str]]
) -> None:
    url = bootstrapped_cloud.url(outputs["Everything-us-east-1"]["Url"] + "/signed")
    assert _get(url, signed_for="us-east-1")[0] == 200
    assert _get(url) == (403, '{"message": "Forbidden"}')
    # A signature of version 4 holds for one Region, and a name that fails over leads to another.
    assert _get(url, signed_for="us-west-2") == (403, '{"message": "Forbidden"}')


def test_error_of_a_function_does_not_leave_the_api(
    bootstrapped_cloud: LocalCloud, outputs: dict[str, dict[str, str]]
) -> None:
    url = bootstrapped_cloud.url(outputs["Everything-us-east-1"]["Url"] + "/open?fail=1")
    assert _get(url) == (500, '{"message": "Internal Server Error"}')


def test_what_the_app_declares_of_a_function_can_be_read_back(
    bootstrapped_cloud: LocalCloud, outputs: dict[str, dict[str, str]]
) -> None:
    client = bootstrapped_cloud.client("lambda", "us-west-2")
    name = outputs["Everything-us-west-2"]["FunctionName"]

    config = client.get_function_configuration(FunctionName=name, Qualifier="live")
    assert "DeadLetters" in config["DeadLetterConfig"]["TargetArn"]
    assert config["LoggingConfig"]["LogFormat"] == "JSON"
    assert client.get_function_concurrency(FunctionName=name)["ReservedConcurrentExecutions"] == 20
    provisioned = client.get_provisioned_concurrency_config(FunctionName=name, Qualifier="live")
    assert provisioned["RequestedProvisionedConcurrentExecutions"] == 2
    invocation = client.get_function_event_invoke_config(FunctionName=name, Qualifier="live")
    assert (invocation["MaximumRetryAttempts"], invocation["MaximumEventAgeInSeconds"]) == (1, 3600)
    signing = client.get_function_code_signing_config(FunctionName=name)["CodeSigningConfigArn"]
    assert ":code-signing-config:csc-" in signing


def test_global_table_replicates_and_keeps_its_settings(
    bootstrapped_cloud: LocalCloud, outputs: dict[str, dict[str, str]]
) -> None:
    name = outputs["Global"]["TableName"]
    east, west = (bootstrapped_cloud.client("dynamodb", region) for region in REGIONS)

    east.put_item(TableName=name, Item={"id": {"S": "1"}})

    assert west.get_item(TableName=name, Key={"id": {"S": "1"}})["Item"] == {"id": {"S": "1"}}
    for client in (east, west):
        recovery = client.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
        assert recovery["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
        assert (
            client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]["AttributeName"]
            == "expires"
        )
