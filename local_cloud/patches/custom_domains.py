"""API Gateway by host name: custom domains with their mappings, and the default names of APIs, Region by Region.

A Region is known by the address that a request came to; on 127.0.0.1 a custom domain of any Region answers. A name that
the Region does not serve is refused, as API Gateway refuses it.
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-mappings.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-mappings.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-disable-default-endpoint.html
"""

import hashlib
import json
import os
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from local_cloud.hooks import internal, replace
from local_cloud.patches import scope
from local_cloud.places import region_at

App = Callable[[Any, Any, Any], Awaitable[None]]

_API = re.compile(r"(?P<api>[a-z0-9]+)\.execute-api\.(?P<region>[a-z0-9-]+)\.amazonaws\.com")
_FUNCTION_URL = re.compile(r"(?P<url>[a-z0-9]+)\.lambda-url\.(?P<region>[a-z0-9-]+)\.on\.aws")
_LOAD_BALANCER = re.compile(r".+\.elb(?:\.[a-z0-9-]+)?\.amazonaws\.com")
_ADDRESS = re.compile(r"[\d.]+|localhost|\[.*\]")
_ROOT = "(none)"


@dataclass(frozen=True)
class Refusal:
    """Why a request does not reach an API."""

    status: int
    message: str


FORBIDDEN, NOT_FOUND = Refusal(403, "Forbidden"), Refusal(404, "Not Found")


def install() -> None:
    replace("app.app", _by_host)
    replace("services.apigateway_v1._create_domain_name", _with_regional_name)


def serves(region: str, name: str) -> bool:
    """Whether a Region answers to a name (in lower case), as SNI of a TLS handshake or as Host."""
    return _target(region, name, "/") is not FORBIDDEN or next(_domains(region, name), None) is not None


def _by_host(original: App) -> App:
    async def app(request: Any, receive: Any, send: Any) -> None:
        if request["type"] == "http":
            region = region_at((request.get("client") or ("",))[0])
            host = _header(request, b"host").lower()
            name = host.partition(":")[0]
            if "." in name and not _ADDRESS.fullmatch(name):
                target = _target(region, name, request["path"])
                if isinstance(target, Refusal):
                    if region:
                        await _refuse(send, target)
                        return
                else:
                    request = _moved(request, *target, host)
        await original(request, receive, send)

    return app


def _target(region: str | None, name: str, path: str) -> tuple[str, int] | Refusal:
    """Below which path the server has what a name stands for, and how many segments of the path it replaces."""
    for mappings in _domains(region, name):
        return _mapped(mappings, path)
    if match := _API.fullmatch(name):
        return _default_endpoint(match["api"], match["region"], region)
    if (match := _FUNCTION_URL.fullmatch(name)) and region == match["region"]:
        return f"/_aws/lambda-url/{match['url']}", 0
    return ("", 0) if _LOAD_BALANCER.fullmatch(name) else FORBIDDEN


def _domains(region: str | None, name: str) -> Iterator[Mapping[str, Any]]:
    """The mappings of the domains that a name belongs to: those of its own name first, then of a wildcard's."""
    wildcard = "*." + name.partition(".")[2]
    mappings = internal("services.apigateway_v1._base_path_mappings")
    for wanted in (name, wildcard):
        for key, _ in internal("services.apigateway_v1._domain_names").all_items():
            account, domain_region, domain = key
            if domain.lower() == wanted and region in (None, domain_region):
                yield mappings.get_scoped(account, domain_region, domain, {})


def _mapped(mappings: Mapping[str, Any], path: str) -> tuple[str, int] | Refusal:
    """The mapping with the longest key that the path begins with."""
    keys = {"" if key == _ROOT else key.strip("/"): mapping for key, mapping in list(mappings.items())}
    for key in sorted(keys, key=len, reverse=True):
        if not key or f"{path}/".startswith(f"/{key}/"):
            stage = keys[key]["stage"]
            prefix = f"/_aws/execute-api/{keys[key]['restApiId']}"
            return f"{prefix}/{stage}" if stage else prefix, len(key.split("/")) if key else 0
    return FORBIDDEN


def _default_endpoint(api: str, api_region: str, region: str | None) -> tuple[str, int] | Refusal:
    for store, disabled in (
        ("services.apigateway._apis", NOT_FOUND),
        ("services.apigateway_v1._rest_apis", FORBIDDEN),
    ):
        for (_, owner, identifier), declared in internal(store).all_items():
            if identifier == api and owner == api_region and region in (None, owner):
                off = str(declared.get("disableExecuteApiEndpoint", False)).lower() == "true"
                return disabled if off else (f"/_aws/execute-api/{api}", 0)
    return FORBIDDEN


def _moved(request: Any, prefix: str, segments: int, host: str) -> Any:
    """The request as it would have come to the path; the local port is no part of the host name."""
    plain, _, port = host.partition(":")
    headers = [
        (key, plain.encode() if key.lower() == b"host" and port == os.environ["GATEWAY_PORT"] else value)
        for key, value in request["headers"]
    ]
    raw = request.get("raw_path") or quote(request["path"]).encode()
    return {
        **request,
        "headers": headers,
        "path": prefix + _without(request["path"], segments),
        "raw_path": prefix.encode() + _without(raw.decode("latin-1"), segments).encode("latin-1"),
    }


def _without(path: str, segments: int) -> str:
    return "/" + "/".join(path.split("/")[1 + segments :])


def _header(request: Any, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in request["headers"] if key.lower() == name), "")


async def _refuse(send: Any, refusal: Refusal) -> None:
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps({"message": refusal.message}).encode()})


def _with_regional_name(original: Callable[[dict[str, Any]], Any]) -> Callable[[dict[str, Any]], Any]:
    """The name that DNS records of a REST API's domain point to looks as it does in AWS."""

    def create(data: dict[str, Any]) -> Any:
        status, headers, body = original(data)
        record = internal("services.apigateway_v1._domain_names").get(data.get("domainName"))
        if status >= 400 or record is None:  # noqa: PLR2004 - HTTP's first error status
            return status, headers, body
        digest = hashlib.sha256(scope.arn("apigateway", record["domainName"]).encode()).hexdigest()
        record["regionalDomainName"] = f"d-{digest[:10]}.execute-api.{scope.region()}.amazonaws.com"
        return status, headers, json.dumps(record).encode()

    return create
