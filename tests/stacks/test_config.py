import json
import os
import subprocess
import sys
from typing import Any

import aws_cdk as cdk
import pytest

from stacks.config import Config, SettingError
from tests.synthesis import ROOT

SIGNED_IN = {"CDK_DEFAULT_ACCOUNT": "111122223333", "CDK_DEFAULT_REGION": "eu-central-1"}


TWO = {"regions": "us-east-1,us-west-2", "domain": "example.com"}


def read(context: dict[str, Any], environment: dict[str, str] | None = None) -> Config:
    return Config.read(({"stage": "dev"} | context).get, environment or {})


def regions(config: Config) -> list[str | None]:
    return [environment.region for environment in config.environments]


def test_a_stage_is_enough() -> None:
    config = read({})

    assert config.stage == "dev"
    assert regions(config) == [None]
    assert config.domain is None
    assert config.alarm_email is None
    assert not config.local


def test_the_cdk_cli_says_where_to_deploy_to() -> None:
    (environment,) = read({}, SIGNED_IN).environments

    assert (environment.account, environment.region) == ("111122223333", "eu-central-1")


@pytest.mark.parametrize(
    "given",
    [["us-east-1", "us-west-2"], "us-east-1,us-west-2", " us-east-1 , us-west-2, "],
)
def test_regions_come_as_a_list_or_as_a_text_the_primary_first(given: object) -> None:
    settings = {"regions": given, "domain": "example.com"}

    assert regions(read(settings, SIGNED_IN)) == ["us-east-1", "us-west-2"]


def test_two_regions_may_have_a_witness_and_a_zone_that_is_known() -> None:
    config = read(TWO | {"witness_region": "us-east-2", "hosted_zone_id": "Z0123456789ABC"}, SIGNED_IN)

    assert (config.witness_region, config.hosted_zone_id) == ("us-east-2", "Z0123456789ABC")


@pytest.mark.parametrize(
    "region", ["us-east-1", "us-gov-west-1", "ap-southeast-4", "cn-north-1", "eusc-de-east-1"]
)
def test_any_partition_has_its_regions(region: str) -> None:
    assert regions(read({"regions": [region]})) == [region]


@pytest.mark.parametrize("empty", [None, "", []])
def test_what_is_left_empty_is_left_out(empty: object) -> None:
    config = read({"regions": empty, "domain": empty or None, "alarm_email": empty or None})

    assert regions(config) == [None]
    assert config.domain is None


@pytest.mark.parametrize(
    ("stage", "policy", "local"),
    [
        ("prod", cdk.RemovalPolicy.RETAIN, False),
        ("dev", cdk.RemovalPolicy.DESTROY, False),
        ("local", cdk.RemovalPolicy.DESTROY, True),
    ],
)
def test_only_production_keeps_its_data(stage: str, policy: cdk.RemovalPolicy, local: bool) -> None:  # noqa: FBT001
    config = read({"stage": stage})

    assert config.removal_policy is policy
    assert config.local is local


WRONG_TWO: list[tuple[dict[str, Any], str, str]] = [
    ({"domain": None}, "domain", "two Regions need a name that fails over"),
    ({"regions": "us-east-1,us-west-2,us-east-2"}, "regions", "are more than a primary and a standby"),
    (
        {"witness_region": "us-west-2"},
        "witness_region",
        "us-west-2 is no third Region beside us-east-1 and us-west-2",
    ),
    ({"regions": "us-east-1", "witness_region": "us-west-2"}, "witness_region", "is no third Region"),
    ({"witness_region": "Ohio"}, "witness_region", "'Ohio' is not a Region"),
    ({"hosted_zone_id": "example.com"}, "hosted_zone_id", "'example.com' is not a hosted zone's id"),
]


@pytest.mark.parametrize(("context", "key", "problem"), WRONG_TWO)
def test_fails_on_two_regions_that_cannot_work(context: dict[str, Any], key: str, problem: str) -> None:
    with pytest.raises(SettingError) as failure:
        read(TWO | context, SIGNED_IN)

    assert str(failure.value).startswith(f'context "{key}": ')
    assert problem in str(failure.value)


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"stage": None}, "stage", "it is missing"),
    ({"stage": ""}, "stage", "it is missing"),
    ({"stage": "Prod"}, "stage", "'Prod' is not lower-case"),
    ({"stage": "pr od"}, "stage", "'pr od' is not"),
    ({"stage": 1}, "stage", "1 is not"),
    ({"stage": "a" * 17}, "stage", "is not"),
    ({"regions": "virginia"}, "regions", "'virginia' is not a list of Regions"),
    ({"regions": ["us-east-1", 2]}, "regions", "is not a list of Regions"),
    ({"regions": {"us-east-1": True}}, "regions", "is not a list of Regions"),
    ({"regions": True}, "regions", "True is not a list of Regions"),
    ({"regions": ["us-east-1", "us-east-1"]}, "regions", "names a Region twice"),
    ({"domain": "https://example.com"}, "domain", "'https://example.com' is not a hosted zone's name"),
    ({"domain": "example"}, "domain", "'example' is not"),
    ({"domain": ["example.com"]}, "domain", "is not"),
    ({"domain": "example.com"}, "domain", "it needs a known account and Region"),
    ({"alarm_email": "team"}, "alarm_email", "'team' is not an e-mail address"),
    ({"alarm_email": "a b@example.com"}, "alarm_email", "is not an e-mail address"),
]


@pytest.mark.parametrize(("context", "key", "problem"), WRONG)
def test_fails_with_the_key_of_a_wrong_setting(context: dict[str, Any], key: str, problem: str) -> None:
    with pytest.raises(SettingError) as failure:
        read(context)

    message = str(failure.value)
    assert message.startswith(f'context "{key}": ')
    assert problem in message
    signing_in = "Sign in to AWS first, or leave it out."
    assert message.endswith((f"Set it in cdk.json, or with: cdk --context {key}=...", signing_in))


@pytest.mark.parametrize(
    ("key", "meant"), [("Stage", "stage"), ("alarm_mail", "alarm_email"), ("region", "regions")]
)
def test_fails_on_a_key_that_is_misspelt(key: str, meant: str) -> None:
    with pytest.raises(
        SettingError, match=rf'context "{key}": there is no such setting\. Did you mean {meant}\?'
    ):
        Config.read({"stage": "dev"}.get, {}, ["stage", "@aws-cdk/core:enableStackNameDuplicates", key])


def test_settings_cannot_be_changed_afterwards() -> None:
    config = read({})

    with pytest.raises(AttributeError):
        config.stage = "prod"  # type: ignore[misc] # that is the point


@pytest.mark.parametrize(
    ("context", "line"),
    [
        ({"stage": "Prod"}, "context \"stage\": 'Prod' is not lower-case letters and digits"),
        ({}, 'context "stage": it is missing.'),
        ({"stage": "dev", "regions": "nowhere"}, "context \"regions\": 'nowhere' is not a list of Regions"),
    ],
)
def test_the_app_says_so_in_one_line_and_fails(context: dict[str, Any], line: str) -> None:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("CDK_")}
    environment["CDK_CONTEXT_JSON"] = json.dumps(context)
    done = subprocess.run(
        [sys.executable, "app.py"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert done.stdout == ""
    (said,) = done.stderr.splitlines()
    assert said.startswith(line)
