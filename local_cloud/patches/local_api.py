"""What AWS has no API for: `POST /_local/isolate?region=R`, `POST /_local/restore?region=R`, `GET /_local/isolated`.

`mode=silent` lets new connections to an isolated Region wait in vain, where they are reset otherwise.
"""

import json
import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl

from local_cloud import gateways, isolation
from local_cloud.hooks import replace
from local_cloud.places import REGIONS

App = Callable[[Any, Any, Any], Awaitable[None]]

_PATH = "/_local/"
_CREDENTIAL = re.compile(r"Credential=[^/]+/\d+/(?P<region>[^/]+)/")


def install() -> None:
    replace("app.app", _with_local_api)


def _with_local_api(original: App) -> App:
    async def app(request: Any, receive: Any, send: Any) -> None:
        if request["type"] != "http":
            await original(request, receive, send)
        elif request["path"].startswith(_PATH):
            await _send(send, *_act(request))
        elif _is_cut_off(request):
            await _send(send, 503, {"message": "The Region cannot be reached"})
        else:
            await original(request, receive, send)

    return app


def _act(request: Any) -> tuple[int, object]:
    action = f"{request['method']} {request['path'].removeprefix(_PATH)}"
    asked = dict(parse_qsl(request["query_string"].decode()))
    region, mode = asked.get("region", ""), asked.get("mode", "reset")
    if action == "GET isolated":
        return 200, isolation.isolated()
    if action not in ("POST isolate", "POST restore"):
        return 404, {"message": f"there is no {action}"}
    if region not in REGIONS:
        return 400, {"message": f"{region!r} is none of {', '.join(REGIONS)}"}
    if action == "POST restore":
        isolation.restore(region)
    elif mode == "reset" or mode == "silent":  # noqa: PLR1714 - the type checker sees it so
        isolation.isolate(region, mode)
        gateways.cut(region)
    else:
        return 400, {"message": f"mode is {mode!r}, not reset or silent"}
    return 200, isolation.isolated()


def _is_cut_off(request: Any) -> bool:
    """Whether a function calls an API of a Region that it cannot reach, or from one that reaches no other."""
    headers = {key.decode("latin-1").lower(): value.decode("latin-1") for key, value in request["headers"]}
    caller = headers.get(isolation.CALLER_REGION)
    target = _CREDENTIAL.search(headers.get("authorization", ""))
    return bool(caller and target and not isolation.connected(caller, target["region"]))


async def _send(send: Any, status: int, body: object) -> None:
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(body).encode()})
