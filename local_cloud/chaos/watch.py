"""Which queues of failed messages have ever had any, and which alarms rang meanwhile."""

import threading
import time
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

from botocore.exceptions import BotoCoreError, ClientError

from local_cloud.chaos.site import Site

__all__ = ["Watch"]

_LOOK = 1.0
_RANG_SECONDS = 60.0


class Watch:
    """Looks from when it is entered until it is left.

    Attributes:
        most: how many messages each queue has had at once, by the queue's name.
        rang: when each alarm was first seen to ring.
    """

    def __init__(self, site: Site) -> None:
        self._site = site
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)
        self.most: dict[str, int] = dict.fromkeys(site.queues, 0)
        self.rang: dict[str, float] = {}

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def look(self) -> None:
        """Look now."""
        for name, url in self._site.queues.items():
            self.most[name] = max(self.most[name], self._site.depth(url))
        pages = self._site.cloud.client("cloudwatch").get_paginator("describe_alarms")
        for page in pages.paginate(AlarmTypes=["MetricAlarm"], StateValue="ALARM"):
            for alarm in page["MetricAlarms"]:
                self.rang.setdefault(alarm["AlarmName"], time.time())

    def silent(self) -> Mapping[str, Sequence[str]]:
        """The queues that had messages while none of their alarms rang, with these alarms."""
        return {
            name: alarms
            for name, alarms in self._site.alarms.items()
            if self.most[name] and not any(alarm in self.rang for alarm in alarms)
        }

    def wait_for_alarms(self) -> None:
        """Return once each alarm that has to ring does; it looks at a minute's datapoints, so a minute is enough."""
        deadline = time.monotonic() + _RANG_SECONDS
        self.look()
        while self.silent() and time.monotonic() < deadline:
            time.sleep(_LOOK)
            self.look()

    def _run(self) -> None:
        while not self._over.wait(_LOOK):
            try:
                self.look()
            except (BotoCoreError, ClientError):
                continue  # the next look may succeed
