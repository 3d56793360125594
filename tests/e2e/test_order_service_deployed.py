"""The order service on the local cloud: what its users see, and what its operators see when it fails."""

import json
import uuid
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from local_cloud import LocalCloud
from local_cloud.service import DeployedOrderService, an_order, eventually

ROOT = Path(__file__).parent.parent.parent
STACK = "OrderService-local"


@pytest.fixture(scope="module")
def assembly(bootstrapped_cloud: LocalCloud, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("assembly") / "cdk.out"
    bootstrapped_cloud.cdk("synth", "--quiet", "--context", "stage=local", "--output", str(folder), cwd=ROOT)
    return folder


@pytest.fixture(scope="module")
def service(bootstrapped_cloud: LocalCloud, assembly: Path) -> Iterator[DeployedOrderService]:
    outputs = assembly.parent / "outputs.json"
    app = ("--app", str(assembly))
    bootstrapped_cloud.cdk(
        "deploy", "--all", *app, "--outputs-file", str(outputs), "--require-approval", "never", cwd=ROOT
    )
    deployed = DeployedOrderService(bootstrapped_cloud, json.loads(outputs.read_text())[STACK])
    assert set(deployed.inboxes) == {"on-call", "customer"}  # subscribes both
    yield deployed
    bootstrapped_cloud.cdk("destroy", "--all", *app, "--force", cwd=ROOT)
    stacks = bootstrapped_cloud.client("cloudformation").describe_stacks()["Stacks"]
    assert STACK not in [stack["StackName"] for stack in stacks if "DELETE" not in stack["StackStatus"]]


def confirmation_of(service: DeployedOrderService, order_id: str) -> bool:
    message = service.take(service.inboxes["customer"])
    return message is not None and order_id in message["Message"]


def test_an_order_is_accepted_stored_and_confirmed_once(service: DeployedOrderService) -> None:
    placed = service.place(an_order())
    assert placed.status == 201
    assert placed.body["total"] == "17.00"

    fetched = service.request("GET", f"/orders/{placed.body['order_id']}")
    assert fetched.status == 200
    assert fetched.body["customer_email"] == "customer@example.com"
    eventually(partial(confirmation_of, service, placed.body["order_id"]), "the confirmation")


def test_a_duplicate_makes_no_second_order(service: DeployedOrderService) -> None:
    key = str(uuid.uuid4())
    first, second = service.place(an_order(), key), service.place(an_order(), key)
    assert (second.status, second.body) == (first.status, first.body)
    other = service.place(an_order(currency="USD"), key)
    assert other.status == 422
    eventually(partial(confirmation_of, service, first.body["order_id"]), "the confirmation")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (json.dumps(an_order(items=[])).encode(), 422),
        (json.dumps(an_order(note="x")).encode(), 422),
        (b'"' + b"x" * 70_000 + b'"', 413),
    ],
    ids=["malformed", "no items", "unknown field", "oversize"],
)
def test_a_bad_request_is_refused_and_told_why(
    service: DeployedOrderService, body: bytes, status: int
) -> None:
    answer = service.request("POST", "/orders", body, idempotency_key=str(uuid.uuid4()))
    assert answer.status == status
    assert answer.body["error"]


def test_an_unknown_order_is_not_found(service: DeployedOrderService) -> None:
    assert service.request("GET", f"/orders/{uuid.uuid4()}").status == 404


def test_traffic_uses_the_live_alias_and_its_settings_are_deployed(service: DeployedOrderService) -> None:
    alias_arn = service.outputs["SendConfirmationAlias"]
    assert alias_arn.endswith(":live")
    name = alias_arn.split(":")[6]
    client = service.cloud.client("lambda")
    config = client.get_function_event_invoke_config(FunctionName=name, Qualifier="live")
    assert config["MaximumRetryAttempts"] == 2
    assert config["DestinationConfig"]["OnFailure"]["Destination"].startswith("arn:aws:sqs:")
    assert client.get_function(FunctionName=name)["Configuration"]["TracingConfig"]["Mode"] == "Active"


def test_business_metrics_reach_cloudwatch(service: DeployedOrderService) -> None:
    placed = service.place(an_order())
    assert placed.status == 201
    # Later tests break what confirmations need: none is on its way then.
    eventually(partial(confirmation_of, service, placed.body["order_id"]), "the confirmation")
    cloudwatch = service.cloud.client("cloudwatch")

    def names() -> bool:
        found = cloudwatch.list_metrics(Namespace="OrderService")["Metrics"]
        return {"OrdersCreated", "OrderValue"} <= {metric["MetricName"] for metric in found}

    eventually(names, "the metrics OrdersCreated and OrderValue")


def test_a_lost_dependency_loses_no_event_rings_once_and_is_made_good(service: DeployedOrderService) -> None:
    service.break_confirmations()
    placed = service.place(an_order())
    assert placed.status == 201, "orders are accepted while confirmations fail"

    record = eventually(service.look_at_dead_letter, "the dead letter")
    assert record["requestPayload"]["order_id"] == placed.body["order_id"]
    assert record["requestContext"]["condition"] == "RetriesExhausted"
    assert record["requestContext"]["approximateInvokeCount"] == 3
    assert record["responsePayload"]["errorType"] == "NotFoundException"

    for output in ("DeadLetterAlarm", "ServiceAlarm"):
        eventually(partial(service.alarm_is, "ALARM", output), f"{output} to ring")
    told = eventually(lambda: service.take(service.inboxes["on-call"]), "the notification")
    assert json.loads(told["Message"])["AlarmName"] == service.outputs["ServiceAlarm"]

    service.mend_confirmations()
    service.redrive()
    eventually(partial(confirmation_of, service, placed.body["order_id"]), "the late confirmation")
    eventually(partial(service.alarm_is, "OK", "DeadLetterAlarm"), "the alarm to fall silent", seconds=180)
    assert service.take(service.inboxes["on-call"]) is None, "one fault pages once"


def test_an_unchanged_app_deploys_no_change(service: DeployedOrderService, assembly: Path) -> None:
    said = service.cloud.cdk("diff", "--all", "--app", str(assembly), "--fail", cwd=ROOT)
    assert "no differences" in said
