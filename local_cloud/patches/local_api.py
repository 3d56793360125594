"""What AWS has no API for: `POST /_local/isolate?region=R`, `POST /_local/restore?region=R`, `GET /_local/isolated`.

`mode=silent` lets new connections to an isolated Region wait in vain, where they are reset otherwise.
`POST /_local/replication?lag=S` sets how late writes to global tables arrive in other Regions, in seconds;
`GET /_local/replication` says what is under way, and which writes lost against a later one.
`POST /_local/slow?region=R&seconds=S` keeps every answer of a Region back for so long, until it is 0 again;
`POST /_local/break-table?region=R&table=T` and `POST /_local/mend-table?region=R&table=T` hide a table from its API.
`POST /_local/break-recovery?region=R&table=T` and `POST /_local/mend-recovery?region=R&table=T` keep DynamoDB from
reading a table's past; `POST /_local/fail-export?region=R&table=T&code=C&message=M` lets its next export fail;
`POST /_local/tamper?backup=ARN&put=[ITEM, ...]&delete=[KEY, ...]` changes what a backup holds.
`PUT /_local/faults` with `{"seed": N, "rules": [RULE, ...]}` orders faults of functions (see `local_cloud.faults`) in
the place of those ordered before, `GET /_local/faults` says which have happened, `DELETE /_local/faults` forgets both.
"""

import json
import math
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

from local_cloud import faults, gateways, isolation, outages
from local_cloud.hooks import replace
from local_cloud.patches import global_tables, table_backups
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
            await _send(send, *_act(request, await _body(receive)))
        elif _is_cut_off(request):
            await _send(send, 503, {"message": "The Region cannot be reached"})
        else:
            await original(request, receive, send)

    return app


async def _body(receive: Any) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


def _act(request: Any, body: bytes) -> tuple[int, object]:
    action = f"{request['method']} {request['path'].removeprefix(_PATH)}"
    asked = {**dict(parse_qsl(request["query_string"].decode())), "body": body.decode()}
    region, mode = asked.get("region", ""), asked.get("mode", "reset")
    if action in _EVERYWHERE:
        return _EVERYWHERE[action](asked)
    if action not in ("POST isolate", "POST restore", *_OUTAGES):
        return 404, {"message": f"there is no {action}"}
    if region not in REGIONS:
        return 400, {"message": f"{region!r} is none of {', '.join(REGIONS)}"}
    if action in _OUTAGES:
        return _OUTAGES[action](region, asked)
    if action == "POST restore":
        isolation.restore(region)
        global_tables.deliver()
    elif mode == "reset" or mode == "silent":  # noqa: PLR1714 - the type checker sees it so
        isolation.isolate(region, mode)
        gateways.cut(region)
    else:
        return 400, {"message": f"mode is {mode!r}, not reset or silent"}
    return 200, isolation.isolated()


def _isolated(_: Mapping[str, str]) -> tuple[int, object]:
    return 200, isolation.isolated()


def _report(_: Mapping[str, str]) -> tuple[int, object]:
    return 200, asdict(global_tables.report())


def _set_lag(asked: Mapping[str, str]) -> tuple[int, object]:
    seconds = _seconds(asked.get("lag", ""))
    if seconds is None:
        return 400, {"message": f"lag is {asked.get('lag', '')!r}, not a number of seconds"}
    global_tables.set_lag(seconds)
    return 200, {"lag": seconds}


def _seconds(text: str) -> float | None:
    try:
        seconds = float(text)
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None


def _tamper(asked: Mapping[str, str]) -> tuple[int, object]:
    arn = asked.get("backup", "")
    try:
        put, delete = (json.loads(asked.get(name, "[]")) for name in ("put", "delete"))
    except ValueError as error:
        return 400, {"message": f"put and delete are lists of items, as JSON: {error}"}
    if not table_backups.tamper(arn, put, delete):
        return 404, {"message": f"there is no backup {arn!r}"}
    return 200, {"backup": arn, "put": len(put), "deleted": len(delete)}


def _order_faults(asked: Mapping[str, str]) -> tuple[int, object]:
    try:
        said = json.loads(asked["body"])
        rules, seed = said["rules"], int(said.get("seed", 0))
        return 200, {"seed": seed, "rules": faults.order(rules, seed)}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return 400, {"message": f"the body is no seed and list of rules: {error}"}


def _clear_faults(_: Mapping[str, str]) -> tuple[int, object]:
    faults.clear()
    return 200, {"rules": 0}


def _injected(_: Mapping[str, str]) -> tuple[int, object]:
    return 200, faults.injected()


_EVERYWHERE: dict[str, Callable[[Mapping[str, str]], tuple[int, object]]] = {
    "DELETE faults": _clear_faults,
    "GET faults": _injected,
    "GET isolated": _isolated,
    "GET replication": _report,
    "POST replication": _set_lag,
    "POST tamper": _tamper,
    "PUT faults": _order_faults,
}


def _slow(region: str, asked: Mapping[str, str]) -> tuple[int, object]:
    seconds = _seconds(asked.get("seconds", ""))
    if seconds is None:
        return 400, {"message": f"seconds is {asked.get('seconds', '')!r}, not a number of seconds"}
    outages.make_slow(region, seconds)
    return 200, {"region": region, "seconds": seconds}


def _hide(change: Callable[[str, str], None], region: str, asked: Mapping[str, str]) -> tuple[int, object]:
    name = asked.get("table", "")
    if not name:
        return 400, {"message": "table is missing"}
    change(region, name)
    return 200, {"region": region, "table": name}


def _fail_export(region: str, asked: Mapping[str, str]) -> tuple[int, object]:
    if not asked.get("table"):
        return 400, {"message": "table is missing"}
    code = asked.get("code", "InternalServerError")
    outages.fail_next_export(region, asked["table"], code, asked.get("message", "Internal server error"))
    return 200, {"region": region, "table": asked["table"], "code": code}


_OUTAGES: Mapping[str, Callable[[str, Mapping[str, str]], tuple[int, object]]] = {
    "POST slow": _slow,
    "POST break-table": partial(_hide, outages.break_table),
    "POST mend-table": partial(_hide, outages.mend_table),
    "POST break-recovery": partial(_hide, outages.break_recovery),
    "POST mend-recovery": partial(_hide, outages.mend_recovery),
    "POST fail-export": _fail_export,
}


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
