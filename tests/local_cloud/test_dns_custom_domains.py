"""Custom domains of HTTP and REST APIs, by Host header: mappings, wildcards, and Regions."""

import http.client
import json
from pathlib import Path
from typing import Any

import pytest

from local_cloud import LocalCloud
from local_cloud.places import ADDRESSES
from local_cloud.service import eventually
from tests.cloud import deploy
from tests.local_cloud.resources import att, function, ref, resource

# https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-mappings.html
CODE = """
import json, os

def handler(event, context):
    path = event.get("rawPath") or event["path"]
    seen = {"api": os.environ["WHO"], "path": path, "host": event["headers"]["host"]}
    return {"statusCode": 200, "body": json.dumps(seen)}
"""
EAST, WEST = ADDRESSES["us-east-1"], ADDRESSES["us-west-2"]


def _http_api(name: str) -> dict[str, Any]:
    uri = {
        "Fn::Join": [
            "",
            [
                "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/",
                att("Function"),
                "/invocations",
            ],
        ]
    }
    return {
        **function(CODE, Environment={"Variables": {"WHO": name}}),
        "Api": resource("ApiGatewayV2::Api", Name=name, ProtocolType="HTTP"),
        "Integration": resource(
            "ApiGatewayV2::Integration",
            ApiId=ref("Api"),
            IntegrationType="AWS_PROXY",
            IntegrationUri=uri,
            PayloadFormatVersion="2.0",
        ),
        "Route": resource(
            "ApiGatewayV2::Route",
            ApiId=ref("Api"),
            RouteKey="$default",
            Target={"Fn::Join": ["/", ["integrations", ref("Integration")]]},
        ),
        "Stage": resource("ApiGatewayV2::Stage", ApiId=ref("Api"), StageName="$default", AutoDeploy=True),
    }


def _domain(name: str) -> dict[str, Any]:
    return resource(
        "ApiGatewayV2::DomainName",
        DomainName=name,
        DomainNameConfigurations=[{"CertificateArn": ref("Certificate"), "EndpointType": "REGIONAL"}],
    )


def _mapping(domain: object, key: str = "", api: object = None, depends_on: str = "Stage") -> dict[str, Any]:
    return resource(
        "ApiGatewayV2::ApiMapping",
        depends_on=[depends_on],
        DomainName=domain,
        ApiId=api or ref("Api"),
        Stage="$default",
        ApiMappingKey=key,
    )


def _get(cloud: LocalCloud, address: str, host: str, path: str = "/") -> tuple[int, Any]:
    connection = http.client.HTTPConnection(address, cloud.port, timeout=10)
    try:
        connection.request("GET", path, headers={"Host": host})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


@pytest.fixture(scope="module")
def domains(cloud: LocalCloud) -> dict[str, str]:
    """Two APIs in us-east-1 behind one domain, one in us-west-2 behind a domain of the same name."""
    first = deploy(cloud, "first-api", _http_api("first"), Api=ref("Api"))
    certificate = resource(
        "CertificateManager::Certificate", DomainName="shop.example.org", ValidationMethod="DNS"
    )
    shop = {
        "Certificate": certificate,
        "Domain": _domain("Shop.example.org"),
        "Root": _mapping(ref("Domain")),
        "First": _mapping(ref("Domain"), "v1/orders", first["Api"]),
        "Anything": _domain("*.wild.example.org"),
        "Wild": _mapping(ref("Anything")),
    }
    stack = deploy(
        cloud,
        "second-api",
        {**_http_api("second"), **shop},
        Target=att("Domain", "RegionalDomainName"),
        Api=ref("Api"),
    )
    west = {
        "Certificate": certificate,
        "Domain": _domain("shop.example.org"),
        "Root": _mapping(ref("Domain")),
    }
    deploy(cloud, "west-api", {**_http_api("west"), **west}, "us-west-2")
    return {**stack, "First": first["Api"]}


@pytest.mark.parametrize(
    ("path", "api", "seen"),
    [
        ("/", "second", "/"),
        ("/health", "second", "/health"),
        ("/v1/orders", "first", "/"),
        ("/v1/orders/7", "first", "/7"),
        ("/v1/ordersX", "second", "/v1/ordersX"),
        ("/v1", "second", "/v1"),
    ],
)
def test_mapping_with_the_longest_matching_key_is_taken(
    cloud: LocalCloud, domains: dict[str, str], path: str, api: str, seen: str
) -> None:
    assert domains
    host = f"shop.example.org:{cloud.port}"
    assert _get(cloud, EAST, host, path) == (200, {"api": api, "path": seen, "host": "shop.example.org"})


def test_same_name_in_two_regions_reaches_the_region_of_the_address(
    cloud: LocalCloud, domains: dict[str, str]
) -> None:
    assert cloud.resolve(domains["Target"]).values == (EAST,)
    assert _get(cloud, EAST, "shop.example.org")[1]["api"] == "second"
    assert _get(cloud, WEST, "shop.example.org")[1]["api"] == "west"


def test_wildcard_domain_takes_any_name_one_level_below(cloud: LocalCloud, domains: dict[str, str]) -> None:
    assert domains
    assert _get(cloud, EAST, "any.wild.example.org")[1]["api"] == "second"
    assert _get(cloud, EAST, "deep.any.wild.example.org") == (403, {"message": "Forbidden"})


def test_default_name_of_an_api_works_in_its_region(cloud: LocalCloud, domains: dict[str, str]) -> None:
    name = f"{domains['First']}.execute-api.us-east-1.amazonaws.com"
    assert cloud.resolve(name).values == (EAST,)
    assert _get(cloud, EAST, name, "/a/b") == (200, {"api": "first", "path": "/a/b", "host": name})
    assert _get(cloud, WEST, name) == (403, {"message": "Forbidden"})


def test_domain_of_a_rest_api_with_a_base_path(cloud: LocalCloud) -> None:
    uri = {
        "Fn::Join": [
            "",
            [
                "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/",
                att("Function"),
                "/invocations",
            ],
        ]
    }
    integration = {"Type": "AWS_PROXY", "IntegrationHttpMethod": "POST", "Uri": uri}
    api = {
        **function(CODE, Environment={"Variables": {"WHO": "rest"}}),
        "Api": resource("ApiGateway::RestApi", Name="rest"),
        "Any": resource(
            "ApiGateway::Resource",
            RestApiId=ref("Api"),
            ParentId=att("Api", "RootResourceId"),
            PathPart="{proxy+}",
        ),
        "Method": resource(
            "ApiGateway::Method",
            RestApiId=ref("Api"),
            ResourceId=ref("Any"),
            HttpMethod="ANY",
            AuthorizationType="NONE",
            Integration=integration,
        ),
        "Deployment": resource("ApiGateway::Deployment", depends_on=["Method"], RestApiId=ref("Api")),
        "Stage": resource(
            "ApiGateway::Stage", RestApiId=ref("Api"), DeploymentId=ref("Deployment"), StageName="prod"
        ),
        "Certificate": resource("CertificateManager::Certificate", DomainName="rest.example.org"),
        "Domain": resource(
            "ApiGateway::DomainName",
            DomainName="rest.example.org",
            RegionalCertificateArn=ref("Certificate"),
            EndpointConfiguration={"Types": ["REGIONAL"]},
        ),
        "Mapping": resource(
            "ApiGateway::BasePathMapping",
            DomainName=ref("Domain"),
            RestApiId=ref("Api"),
            BasePath="base",
            Stage=ref("Stage"),
        ),
    }
    stack = deploy(cloud, "rest-api", api, Target=att("Domain", "RegionalDomainName"))
    assert stack["Target"].startswith("d-")
    assert cloud.resolve(stack["Target"]).values == (EAST,)
    found = _get(cloud, EAST, "rest.example.org", "/base/orders")
    assert (found[0], found[1]["api"]) == (200, "rest")
    assert _get(cloud, EAST, "rest.example.org", "/orders") == (403, {"message": "Forbidden"})


def test_certificate_of_a_template_is_issued_at_once(cloud: LocalCloud) -> None:
    certificate = {"Certificate": resource("CertificateManager::Certificate", DomainName="c.example.org")}
    stack = deploy(cloud, "certificate", certificate, Arn=ref("Certificate"))
    described = cloud.client("acm").describe_certificate(CertificateArn=stack["Arn"])["Certificate"]
    assert (described["Status"], described["DomainName"]) == ("ISSUED", "c.example.org")


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="counts open files in /proc")
@pytest.mark.parametrize("address", ["127.0.0.1", EAST])
def test_connections_that_clients_close_are_let_go(cloud: LocalCloud, address: str) -> None:
    def files() -> int:
        return len(list(Path(f"/proc/{cloud.pid}/fd").iterdir()))

    before = files()
    for _ in range(60):
        connection = http.client.HTTPConnection(address, cloud.port, timeout=10)
        connection.request("GET", "/_ministack/health")
        connection.getresponse().read()
        connection.close()
    eventually(lambda: files() < before + 20, "the files to be closed", seconds=5)


def test_gateway_passes_requests_of_the_sdk_on(cloud: LocalCloud) -> None:
    connection = http.client.HTTPConnection(WEST, cloud.port, timeout=10)
    connection.request("GET", "/_ministack/health")
    assert connection.getresponse().status == 200
    connection.close()
