"""Two Regions behind one name, deployed by the CDK: clients resolve the name, connect to the answer, and fail over."""

import http.client
import json
import socket
import ssl
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local_cloud import LocalCloud
from local_cloud.places import ADDRESSES
from local_cloud.server import REGIONS
from local_cloud.service import eventually

APP = Path(__file__).with_name("two_regions_app.py")
SHARED = "orders.example.com"
EAST, WEST = REGIONS
SPEED = 30


@pytest.fixture(scope="module")
def failover_cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    """A cloud of its own, whose health checks run faster, with the app of two Regions deployed."""
    work = tmp_path_factory.mktemp("regions")
    app = ["--app", f"{sys.executable} {APP}"]
    with LocalCloud(settings={"LOCAL_CLOUD_HEALTH_CHECK_SPEED": str(SPEED)}) as cloud:
        cloud.bootstrap()
        cloud.cdk("deploy", "--all", *app, "--require-approval=never", "--outputs-file=o.json", cwd=work)
        (work / "o.json").replace(cloud.directory / "outputs.json")
        yield cloud
        cloud.cdk("destroy", "--all", "--force", *app, cwd=work)
        assert cloud.client("route53").list_health_checks()["HealthChecks"] == []
        assert cloud.client("route53").list_hosted_zones()["HostedZones"] == []


@pytest.fixture(autouse=True)
def healthy_again(failover_cloud: LocalCloud) -> Iterator[None]:
    """Every test starts with both Regions healthy, and the primary answering."""
    yield
    for region in REGIONS:
        failover_cloud.restore(region)
        _switch(failover_cloud, region, "yes")
    eventually(lambda: _answering(failover_cloud) == EAST, "the primary to answer")


def _switch(cloud: LocalCloud, region: str, healthy: str) -> None:
    cloud.client("ssm", region).put_parameter(Name="/healthy", Value=healthy, Type="String", Overwrite=True)


def _answering(cloud: LocalCloud) -> str:
    """The Region that the shared name leads to now."""
    (address,) = cloud.resolve(SHARED).values
    return next(region for region, own in ADDRESSES.items() if own == address)


def _get(cloud: LocalCloud, name: str, path: str = "/orders", *, tls: bool = False) -> tuple[int, Any]:
    """What a client gets that resolves a name, connects to the answer, and asks for the name."""
    address, port = cloud.resolve(name).values[0], cloud.port
    connection = http.client.HTTPConnection(address, port, timeout=5)
    if tls:
        context = ssl.create_default_context(cafile=cloud.certificate_authority)
        plain = socket.create_connection((address, port), timeout=5)
        connection.sock = context.wrap_socket(plain, server_hostname=name)
    try:
        connection.request("GET", path, headers={"Host": name})
        answer = connection.getresponse()
        text = answer.read().decode()
    finally:
        connection.close()
    return answer.status, json.loads(text) if text else None


@pytest.mark.parametrize("tls", [False, True])
def test_shared_name_reaches_the_primary_region_over_http_and_https(
    failover_cloud: LocalCloud, *, tls: bool
) -> None:
    assert _get(failover_cloud, SHARED, tls=tls) == (200, {"region": EAST, "host": SHARED, "path": "/orders"})


@pytest.mark.parametrize("region", REGIONS)
def test_own_name_reaches_its_region(failover_cloud: LocalCloud, region: str) -> None:
    status, body = _get(failover_cloud, f"{region}.{SHARED}")
    assert (status, body["region"]) == (200, region)


def test_health_route_is_the_apis_own(failover_cloud: LocalCloud) -> None:
    _switch(failover_cloud, EAST, "no")
    assert _get(failover_cloud, SHARED, "/health") == (503, None)


def test_failing_health_route_moves_the_name_and_back(failover_cloud: LocalCloud) -> None:
    _switch(failover_cloud, EAST, "no")
    begun = time.monotonic()
    eventually(lambda: _answering(failover_cloud) == WEST, "the standby to answer")

    assert (
        time.monotonic() - begun < 3 * 30 / SPEED + 6
    )  # threshold times interval, and the probes themselves
    assert _get(failover_cloud, SHARED)[1]["region"] == WEST
    _switch(failover_cloud, EAST, "yes")
    eventually(lambda: _answering(failover_cloud) == EAST, "the primary to answer again")


def test_primary_answers_when_both_regions_are_unhealthy(failover_cloud: LocalCloud) -> None:
    """https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-how-route-53-chooses-records.html."""
    _switch(failover_cloud, EAST, "no")
    eventually(lambda: _answering(failover_cloud) == WEST, "the standby to answer")
    _switch(failover_cloud, WEST, "no")
    eventually(lambda: _answering(failover_cloud) == EAST, "the primary to answer, as both fail")


@pytest.mark.parametrize("silent", [False, True])
def test_isolated_region_is_not_reached_and_the_name_moves(
    failover_cloud: LocalCloud, *, silent: bool
) -> None:
    failover_cloud.isolate(EAST, silent=silent)
    with pytest.raises(TimeoutError if silent else ConnectionResetError):
        _get(failover_cloud, f"{EAST}.{SHARED}")
    eventually(lambda: _answering(failover_cloud) == WEST, "the standby to answer")
    assert _get(failover_cloud, SHARED)[1]["region"] == WEST
    failover_cloud.restore(EAST)
    assert _get(failover_cloud, f"{EAST}.{SHARED}")[0] == 200


def test_isolation_cuts_connections_that_are_open(failover_cloud: LocalCloud) -> None:
    connection = http.client.HTTPConnection(ADDRESSES[EAST], failover_cloud.port, timeout=5)
    connection.request("GET", "/orders", headers={"Host": SHARED})
    assert connection.getresponse().read()
    failover_cloud.isolate(EAST)
    assert connection.sock
    with pytest.raises(ConnectionResetError):
        connection.sock.recv(1)
    connection.close()


@pytest.mark.parametrize(
    ("caller", "target", "reached"),
    [(WEST, EAST, False), (EAST, WEST, False), (EAST, EAST, True), (WEST, WEST, True)],
)
def test_isolation_separates_functions_from_other_regions_only(
    failover_cloud: LocalCloud, caller: str, target: str, *, reached: bool
) -> None:
    assert _ask_function(failover_cloud, caller, target)[0] == 200
    failover_cloud.isolate(EAST)

    status, body = _ask_function(failover_cloud, caller, target)

    assert (status == 200) is reached
    assert reached or "503" in body


def _ask_function(cloud: LocalCloud, caller: str, target: str) -> tuple[int, str]:
    functions = cloud.client("lambda", caller).list_functions()["Functions"]
    name = next(
        f["FunctionName"] for f in functions if f["FunctionName"].startswith(f"Orders-{caller}-Function")
    )
    event = {"rawPath": "/other", "queryStringParameters": {"region": target}, "headers": {"host": "direct"}}
    answer = cloud.client("lambda", caller).invoke(FunctionName=name, Payload=json.dumps(event).encode())
    result = json.loads(answer["Payload"].read())
    return result["statusCode"], result["body"]


def test_name_of_another_region_or_of_nobody_is_refused(failover_cloud: LocalCloud) -> None:
    for name in (f"{WEST}.{SHARED}", "nobody.example.com"):
        connection = http.client.HTTPConnection(ADDRESSES[EAST], failover_cloud.port, timeout=5)
        connection.request("GET", "/orders", headers={"Host": name})
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (403, b'{"message": "Forbidden"}')
        connection.close()


def test_tls_for_a_name_that_the_region_does_not_serve_fails(failover_cloud: LocalCloud) -> None:
    context = ssl.create_default_context(cafile=failover_cloud.certificate_authority)
    with (
        socket.create_connection((ADDRESSES[EAST], failover_cloud.port), timeout=5) as plain,
        pytest.raises(ssl.SSLError),
    ):
        context.wrap_socket(plain, server_hostname="nobody.example.com")


def test_disabled_default_name_of_an_api_is_not_found(failover_cloud: LocalCloud) -> None:
    """https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-disable-default-endpoint.html."""
    outputs = json.loads((failover_cloud.directory / "outputs.json").read_text())
    api = outputs[f"Orders-{EAST}"]["ApiId"]
    name = f"{api}.execute-api.{EAST}.amazonaws.com"
    assert _get(failover_cloud, name) == (404, {"message": "Not Found"})


def test_unknown_region_cannot_be_isolated(failover_cloud: LocalCloud) -> None:
    with pytest.raises(Exception, match="'nowhere' is none of us-east-1"):
        failover_cloud.isolate("nowhere")
