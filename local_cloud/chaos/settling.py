"""The time after the faults: everything comes to rest, the clock looks after open orders, dead letters are re-driven.

What AWS would do by the hour, or every five minutes, is done at once: with the event of the schedule, by the function
that it invokes.
"""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from local_cloud.chaos.site import Site

__all__ = ["Redriven", "Settling"]

Route = tuple[str, Mapping[str, Any]]

_LOOK = 0.5
_STILL_SECONDS = 3.0
"""For so long nothing may change: longer than the waits between two attempts at an event."""
_MOST_SECONDS = 240.0
_WORK_SECONDS = 60.0
_ROUNDS = 8
"""More than the redrive tries anything again before it parks it."""
_TWO_OF_EACH = 4
"""Runs at once: both of a queue, and both of the next."""
_HURRY = {"send_again_after_seconds": 0}


@dataclass(frozen=True, kw_only=True)
class Redriven:
    """What one run of the redrive said.

    Attributes:
        queue: the queue's name.
        outcomes: how many letters had which outcome.
        error: what the run failed with; empty where it did not.
    """

    queue: str
    outcomes: Mapping[str, int]
    error: str = ""


@dataclass(kw_only=True)
class Settling:
    """Brings one site to rest.

    Attributes:
        site: which.
        redriven: what the redrive did.
        slow: what had not come to rest in time.
    """

    site: Site
    redriven: list[Redriven] = field(default_factory=list)
    slow: list[str] = field(default_factory=list)

    def work_off(self) -> None:
        """Return once what was sent is worked off, or after a minute: until then faults go on."""
        deadline = time.monotonic() + _WORK_SECONDS
        while self._busy() and time.monotonic() < deadline:
            time.sleep(_LOOK)

    def rest(self, after: str) -> None:
        """Return once nothing has changed for a while and nothing is under way, or after some minutes."""
        deadline = time.monotonic() + _MOST_SECONDS
        seen, since = self._state(), time.monotonic()
        while time.monotonic() < deadline:
            time.sleep(_LOOK)
            now = self._state()
            if now != seen:
                seen, since = now, time.monotonic()
            elif not self._busy() and time.monotonic() - since >= _STILL_SECONDS:
                return
        self.slow.append(f"after {after}: {self._said(seen)}")

    def check_orders(self) -> None:
        """Let the clock of the orders look, until it has finished or parked all; each time it may send one again."""
        for _ in range(_ROUNDS):
            if not self.site.open_orders():
                return
            time.sleep(1.1)  # orders are as old as whole seconds say
            self._invoke(self.site.alias("check_orders"), _HURRY)
            self.rest("a check of the orders")

    def redrive(self) -> None:
        """Re-drive every queue by two runs at once."""
        with ThreadPoolExecutor(_TWO_OF_EACH) as pool:
            self.redriven += pool.map(lambda route: self._redrive(*route), self._twice(self.site.routes))

    @staticmethod
    def _twice(routes: Sequence[Route]) -> Iterator[Route]:
        for route in routes:
            yield from (route, route)

    def redrive_all(self) -> None:
        """Re-drive until nothing is left to re-drive."""
        with self.site.impatient():
            for _ in range(_ROUNDS):
                if not any(self.site.depth(event["queue_url"]) for _, event in self.site.routes):
                    return
                self.redrive()
                self.rest("a redrive")

    def _redrive(self, arn: str, event: Mapping[str, Any]) -> Redriven:
        if not self.site.depth(event["queue_url"]):
            return Redriven(queue=event["queue_arn"].rpartition(":")[2], outcomes={})
        said = self._invoke(arn, event)
        queue = event["queue_arn"].rpartition(":")[2]
        if "outcomes" not in said:
            return Redriven(queue=queue, outcomes={}, error=json.dumps(said)[:200])
        return Redriven(
            queue=queue, outcomes={name: count for name, count in said["outcomes"].items() if count}
        )

    def _invoke(self, function: str, event: Mapping[str, Any]) -> dict[str, Any]:
        answer = self.site.cloud.client("lambda").invoke(FunctionName=function, Payload=json.dumps(event))
        said: dict[str, Any] = json.loads(answer["Payload"].read() or b"{}")
        return said

    def _state(self) -> Sequence[object]:
        site = self.site
        manifest = site.cloud.client("dynamodb").scan(
            TableName=site.outputs["ManifestTable"],
            Select="COUNT",
            FilterExpression="#status = :received",
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues={":received": {"S": "received"}},
        )
        return (
            *(site.depth(url) for url in (*site.sources, *site.queues.values())),
            len(site.running()),
            site.open_orders(),
            manifest["Count"],
        )

    def _busy(self) -> bool:
        return any(self.site.depth(url) for url in self.site.sources) or bool(self.site.running())

    def _said(self, state: Sequence[object]) -> str:
        names = [
            *self.site.sources,
            *self.site.queues.values(),
            "running workflows",
            "open orders",
            "open files",
        ]
        return ", ".join(
            f"{name.rpartition('/')[2]} {value}" for name, value in zip(names, state, strict=True) if value
        )
