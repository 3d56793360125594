"""The session that starts faster: its clients are boto3's, whatever it leaves out on the way."""

import json
import os
from pathlib import Path
from typing import Any

import boto3
import botocore
import pytest
from botocore.exceptions import UnknownServiceError
from handler_toolkit import client, make_session

REGION = "eu-west-1"


@pytest.fixture
def no_default_session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)


@pytest.fixture
def listed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The folders that are listed."""
    found: list[str] = []
    list_folder = os.listdir

    def listing(path: Any = ".") -> list[str]:
        found.append(str(path))
        return list_folder(path)

    monkeypatch.setattr(os, "listdir", listing)
    return found


def described(session: boto3.session.Session, service: Any) -> Any:
    """All of the model that a client of the service has."""
    return vars(session.client(service, region_name=REGION).meta.service_model)["_service_description"]


@pytest.mark.parametrize("service", ["s3", "dynamodb", "sqs", "sns", "stepfunctions", "lambda", "cloudwatch"])
def test_its_clients_have_the_models_that_boto3s_have(service: str) -> None:
    assert described(make_session(), service) == described(boto3.session.Session(), service)


def test_it_has_paginators_waiters_and_resources_too() -> None:
    session = make_session(region_name=REGION)
    s3 = session.client("s3")

    assert s3.can_paginate("list_objects_v2")
    assert "bucket_exists" in s3.waiter_names
    assert session.resource("dynamodb").Table("Orders").name == "Orders"


def test_it_knows_the_services_that_boto3_knows() -> None:
    ours, theirs = make_session(), boto3.session.Session()

    assert list(ours.get_available_services()) == theirs.get_available_services()
    assert "sqs" in ours.get_available_services()
    assert list(ours.get_available_resources()) == theirs.get_available_resources()
    assert ours.get_available_regions("sqs") == theirs.get_available_regions("sqs")


def test_a_service_that_does_not_exist_is_told_as_botocore_tells_it() -> None:
    with pytest.raises(UnknownServiceError, match=r"'sqss'.*Valid service names are: accessanalyzer, "):
        make_session(region_name=REGION).client("sqss")  # type: ignore[call-overload]  # a mistake


def test_it_looks_for_one_service_among_all(listed: list[str]) -> None:
    services = str(Path(botocore.__file__).parent / "data")

    make_session(region_name=REGION).client("sqs")
    assert [path for path in listed if path.startswith(services)]
    assert services not in listed

    boto3.session.Session(region_name=REGION).client("sqs")
    assert services in listed


def test_models_of_ones_own_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "pigs" / "2026-11-22"
    folder.mkdir(parents=True)
    metadata = {
        "apiVersion": "2026-11-22",
        "endpointPrefix": "pigs",
        "protocol": "json",
        "protocols": ["json"],
        "jsonVersion": "1.0",
        "serviceFullName": "Pigs",
        "serviceId": "Pigs",
        "signatureVersion": "v4",
        "targetPrefix": "Pigs",
    }
    model = {"version": "2.0", "metadata": metadata, "operations": {}, "shapes": {}}
    (folder / "service-2.json").write_text(json.dumps(model))
    monkeypatch.setenv("AWS_DATA_PATH", str(tmp_path))

    session = make_session(region_name=REGION)

    assert "pigs" in session.get_available_services()
    options: Any = {"service_name": "pigs", "endpoint_url": "http://127.0.0.1:1"}
    assert session.client(**options).meta.service_model.service_name == "pigs"


def test_its_profile_counts_for_more_than_the_environments(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "config"
    config.write_text("[profile one]\nregion = eu-west-1\n[profile two]\nregion = eu-west-2\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_PROFILE", "one")
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)

    assert make_session(profile_name="two").region_name == "eu-west-2"
    assert make_session().region_name == "eu-west-1"


@pytest.mark.usefixtures("no_default_session")
def test_the_first_client_makes_it_the_default_session() -> None:
    client("sqs", region_name=REGION)
    made = boto3.DEFAULT_SESSION

    assert made is not None
    client("sns", region_name=REGION)
    boto3.client("dynamodb", region_name=REGION)
    assert boto3.DEFAULT_SESSION is made
    assert not isinstance(made.get_available_services(), list)


@pytest.mark.usefixtures("no_default_session")
def test_a_default_session_that_is_there_stays() -> None:
    boto3.setup_default_session(region_name="eu-central-1")
    theirs = boto3.DEFAULT_SESSION

    assert client("sqs").meta.region_name == "eu-central-1"
    assert boto3.DEFAULT_SESSION is theirs


@pytest.mark.usefixtures("no_default_session")
def test_a_session_that_is_given_is_taken() -> None:
    assert client("sqs", session=boto3.session.Session(region_name=REGION)).meta.region_name == REGION
    assert boto3.DEFAULT_SESSION is None
