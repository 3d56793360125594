"""The workers of one function share its unpacked code, and those of another version do not."""

import io
import json
import zipfile
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from local_cloud import LocalCloud
from local_cloud.patches import lambda_code

CODE = """
import os, time

def handler(event, context):
    time.sleep(0.5)
    with open("data.txt") as beside:
        return {"root": os.environ["LAMBDA_TASK_ROOT"], "pid": os.getpid(), "beside": beside.read()}
"""
NAME = "code-in-common"


def _archive(data: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.py", CODE)
        archive.writestr("data.txt", data)
    return packed.getvalue()


@pytest.fixture(scope="module")
def client(cloud: LocalCloud) -> Any:
    made = cloud.client("lambda")
    made.create_function(
        FunctionName=NAME,
        Runtime="python3.14",
        Handler="index.handler",
        Role="arn:aws:iam::000000000000:role/any",
        Code={"ZipFile": _archive("first")},
        Timeout=10,
    )
    yield made
    made.delete_function(FunctionName=NAME)


def _invoke(client: Any) -> dict[str, Any]:
    answer = client.invoke(FunctionName=NAME)
    said: dict[str, Any] = json.loads(answer["Payload"].read())
    assert "FunctionError" not in answer, said
    return said


def test_workers_at_the_same_time_run_the_same_files(client: Any) -> None:
    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(lambda _: _invoke(client), range(2))

    assert one["pid"] != other["pid"]
    assert one["root"] == other["root"]
    assert one["beside"] == other["beside"] == "first"


def test_no_more_workers_run_than_the_machine_can_bear_and_all_are_answered(client: Any) -> None:
    most = lambda_code._MOST_WORKERS
    with ThreadPoolExecutor(2 * most) as pool:
        answers = list(pool.map(lambda _: _invoke(client), range(2 * most)))

    assert len({answer["pid"] for answer in answers}) <= most


def test_new_code_is_run_from_files_of_its_own(client: Any) -> None:
    before = _invoke(client)
    client.update_function_code(FunctionName=NAME, ZipFile=_archive("second"))
    after = _invoke(client)

    assert after["beside"] == "second"
    assert after["root"] != before["root"]
