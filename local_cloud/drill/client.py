"""A client of the service: resolves the name, keeps the answer for its TTL, signs, asks, and tries again."""

import http.client
import json
import socket
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from dns.exception import DNSException

from local_cloud.dns.client import Resolved
from local_cloud.drill.attempts import Attempt
from local_cloud.places import region_at
from local_cloud.service import an_order

__all__ = ["Answers", "Client", "Reached", "customer_of", "key_of"]

_FORBIDDEN = 403
_LEAST_SECONDS = 0.1
_CUSTOMERS = "@drill.example.com"


def customer_of(key: str) -> str:
    """The e-mail address in the order of a key, so that whatever is made of an order names its key."""
    return f"{key}{_CUSTOMERS}"


def key_of(customer: str) -> str | None:
    """The key that an e-mail address names; None for one that is not of the drill."""
    return customer.removesuffix(_CUSTOMERS) if customer.endswith(_CUSTOMERS) else None


@dataclass(kw_only=True)
class Answers:
    """What a client's resolver knows of the name: one answer, until its TTL has run out.

    Attributes:
        ask: asks the name servers.
        speed: how many seconds of the TTL pass in one.
        age: which part of the first answer's TTL is over when it comes, since other clients asked before.
        clock: tells the time in seconds.
    """

    ask: Callable[[], Resolved]
    speed: float = 1.0
    age: float = 0.0
    clock: Callable[[], float] = time.monotonic
    _address: str | None = field(default=None, init=False)
    _until: float = field(default=0.0, init=False)

    def address(self) -> str | None:
        """Where the name leads; None where it leads nowhere."""
        now = self.clock()
        if self._address is None or now >= self._until:
            resolved = self.ask()
            fresh, self.age = 1.0 - self.age, 0.0
            self._address = next(iter(resolved.values), None)
            self._until = now + (resolved.ttl or 0) * fresh / self.speed
        return self._address


@dataclass(frozen=True, kw_only=True)
class Reached:
    """How the service is reached.

    Attributes:
        name: the shared name, sent as SNI and as Host.
        port: the port of every Region's address.
        trust: what certificates are verified with.
        regions: the Regions that may answer; requests are signed for the first until another one has answered.
        patience: seconds that a client waits for an answer.
    """

    name: str
    port: int
    trust: ssl.SSLContext
    regions: Sequence[str]
    patience: float = 3.0


class Client:
    """One client, with its own answers of the name servers."""

    def __init__(self, number: int, reached: Reached, answers: Answers) -> None:
        self.number = number
        self._reached, self._answers = reached, answers
        self._signs_for = reached.regions[0]

    def place(self, key: str) -> Attempt:
        """Ask once for the order of `key`."""
        body = json.dumps(an_order(customer_email=customer_of(key))).encode()
        return self._try("order", key, "POST", "/orders", body)

    def read(self, key: str, order_id: str) -> Attempt:
        """Ask once for an order that was placed."""
        return self._try("read", key, "GET", f"/orders/{order_id}", b"")

    def _try(self, kind: Literal["order", "read"], key: str, method: str, path: str, body: bytes) -> Attempt:
        began, clock = time.time(), time.monotonic()
        made = Attempt(began=began, seconds=0.0, client=self.number, kind=kind, key=key)
        try:
            address = self._answers.address()
            if address is None:
                raise OSError("the name leads nowhere")  # noqa: TRY301 - recorded like any other failure
            made = replace(made, region=region_at(address))
            status, said = self._ask(address, method, path, body, key)
            if status == _FORBIDDEN:  # signed for a Region that does not serve any more
                self._signs_for = next(each for each in self._reached.regions if each != self._signs_for)
                status, said = self._ask(address, method, path, body, key)
                made = replace(made, signed_again=True)
            made = replace(made, status=status, order_id=_order_id(said))
        except (OSError, http.client.HTTPException, DNSException, ValueError) as error:
            made = replace(made, error=type(error).__name__)
        return replace(made, seconds=time.monotonic() - clock)

    def _ask(self, address: str, method: str, path: str, body: bytes, key: str) -> tuple[int, Any]:
        name, patience = self._reached.name, self._reached.patience
        headers = {"content-type": "application/json", "idempotency-key": key}
        request = AWSRequest(method, f"https://{name}{path}", data=body, headers=headers)
        SigV4Auth(Credentials("test", "test"), "execute-api", self._signs_for).add_auth(request)
        connection = http.client.HTTPConnection(address, self._reached.port)
        deadline = time.monotonic() + patience
        plain = socket.create_connection((address, self._reached.port), timeout=patience)
        try:
            secure = self._reached.trust.wrap_socket(plain, server_hostname=name)
            secure.settimeout(max(_LEAST_SECONDS, deadline - time.monotonic()))
            connection.sock = secure
            sent: Mapping[str, str] = dict(request.headers.items())
            connection.request(method, path, body=body or None, headers={"Host": name, **sent})
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
            plain.close()
        return answer.status, json.loads(text) if text else None


def _order_id(said: Any) -> str | None:
    found = said.get("order_id") if isinstance(said, dict) else None
    return found if isinstance(found, str) else None
