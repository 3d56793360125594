"""The traffic: clients that place orders and repeat what failed, and somebody who uploads files."""

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from botocore.exceptions import BotoCoreError, ClientError
from botocore.exceptions import HTTPClientError as HTTPError

from local_cloud.chaos.files import PlannedFile
from local_cloud.chaos.orders import PlannedOrder
from local_cloud.chaos.site import Site

__all__ = ["Placed", "Traffic", "Uploaded"]

_CREATED = 201
_AGAIN = frozenset({409, 429, 500, 502, 503, 504})
_CLIENTS = 12
_REQUESTS = 3
"""At once: of the clients most wait, for others or for a request that is in progress."""
_PATIENCE = 120.0
"""Seconds after which a client gives up. A request whose function was killed counts as in progress until the function
would have timed out."""
_PAUSE = 0.5
_LONGEST_WAIT = 120.0
"""Seconds that an order waits for those before it, however long something is down."""
_LOOK = 0.3


@dataclass(kw_only=True)
class Placed:
    """What a client was told of one order.

    Attributes:
        order: the order.
        order_ids: the ids that the service gave it; more than one would be two orders.
        attempts: how often it was sent.
        refusals: the answers that were no success.
    """

    order: PlannedOrder
    order_ids: set[str] = field(default_factory=set)
    attempts: int = 0
    refusals: list[int] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Uploaded:
    """One upload, and what S3 made of it."""

    file: PlannedFile
    version: str
    etag: str


class Traffic:
    """Sends all that is planned, with so many orders at work at once.

    Attributes:
        placed: what became of each order, in their order.
        uploaded: the uploads.
        done: the share of the orders that were sent.
    """

    def __init__(self, site: Site, *, at_once: int) -> None:
        """Send to `site`.

        Args:
            site: where.
            at_once: how many orders may be at work before the next one waits: in the queue, or in a workflow.
        """
        self._site = site
        self._at_once = at_once
        self._changed = threading.Condition()
        self._requests = threading.Semaphore(_REQUESTS)
        self._at_work = 0
        self._over = threading.Event()
        self.placed: list[Placed] = []
        self.uploaded: list[Uploaded] = []
        self.done = 0.0

    def run(self, orders: Sequence[PlannedOrder], files: Sequence[PlannedFile]) -> None:
        """Send everything; return when all was answered."""
        self.placed = [Placed(order=order) for order in orders]
        counting = threading.Thread(target=self._count, name="at-work", daemon=True)
        uploading = threading.Thread(target=self._upload, args=(files,), name="uploads", daemon=True)
        counting.start()
        uploading.start()
        clients = ThreadPoolExecutor(_CLIENTS)
        try:
            for number, _ in enumerate(clients.map(self._place, self.placed), start=1):
                self.done = number / len(orders)
            uploading.join()
        finally:
            self._over.set()
            clients.shutdown(cancel_futures=True)
            counting.join()
        self.done = 1.0

    def _place(self, placed: Placed) -> None:
        self._wait_for_room()
        order = placed.order
        if order.together:
            with ThreadPoolExecutor(2) as both:
                list(both.map(lambda _: self._until_accepted(placed), range(2)))
        else:
            self._until_accepted(placed)
        for _ in range(order.repeats):
            self._until_accepted(placed)

    def _wait_for_room(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._at_work < self._at_once, timeout=_LONGEST_WAIT)
            self._at_work += 1

    def _until_accepted(self, placed: Placed) -> None:
        """Send it as a client does that has to know: the same again, with the same key, until it is accepted."""
        order, deadline = placed.order, time.monotonic() + _PATIENCE
        while time.monotonic() < deadline and not self._over.is_set():
            placed.attempts += 1
            try:
                with self._requests:
                    answer = self._site.service.place(order.body, order.key)
            except (HTTPError, OSError):
                time.sleep(_PAUSE)
                continue
            if answer.status == _CREATED:
                placed.order_ids.add(answer.body["order_id"])
                return
            placed.refusals.append(answer.status)
            if answer.status not in _AGAIN:
                return
            time.sleep(_PAUSE)

    def _count(self) -> None:
        while not self._over.wait(_LOOK):
            try:
                found = self._site.depth(self._site.outputs["OrderQueueUrl"]) + len(self._site.running())
            except (BotoCoreError, ClientError):
                continue
            with self._changed:
                self._at_work = found
                self._changed.notify_all()

    def _upload(self, files: Sequence[PlannedFile]) -> None:
        """Spread over the time of the orders, so that both systems are at work together."""
        s3, bucket = self._site.cloud.client("s3"), self._site.outputs["UploadsBucket"]
        for number, each in enumerate(files):
            if self._over.is_set():
                return
            while self.done < 1 and number / len(files) > self.done + 1 / 4 and not self._over.wait(_LOOK):
                pass
            answer = s3.put_object(Bucket=bucket, Key=each.key, Body=each.content)
            self.uploaded.append(
                Uploaded(file=each, version=answer["VersionId"], etag=answer["ETag"].strip('"'))
            )
