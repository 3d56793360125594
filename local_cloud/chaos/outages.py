"""What goes wrong beside the functions' own faults, each at its moment: poison, a topic that is gone, killed processes.

The moments are shares of the orders that were sent: on a slow machine everything comes later, and in the same order.
"""

import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from local_cloud.chaos.plan import Plan
from local_cloud.chaos.poison import Into, Poison
from local_cloud.chaos.site import Site

__all__ = ["Happened", "Outages"]

_LOOK = 0.2
_FUNCTION = b"AWS_LAMBDA_FUNCTION_NAME="
_FORKS = b"zygote.py"
"""The program of the process that workers are forked from, which is none itself: `local_cloud.zygote`."""


@dataclass(frozen=True, kw_only=True)
class Happened:
    """One of them.

    Attributes:
        time: when, in seconds since 1970.
        kind: what.
        subject: to what.
    """

    time: float
    kind: str
    subject: str


@dataclass(kw_only=True)
class Outages:
    """Breaks what is planned from when it is entered until it is left, and mends it then.

    Attributes:
        site: where.
        plan: what and when.
        done: the share of the orders that were sent so far.
        redrive: re-drives all dead letters, by two runs at once.
        happened: what was done.
    """

    site: Site
    plan: Plan
    done: Callable[[], float]
    redrive: Callable[[], None]
    happened: list[Happened] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)
    _threads: list[threading.Thread] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        for moment, act in self._acts():
            thread = threading.Thread(target=self._at, args=(moment, act), daemon=True)
            self._threads.append(thread)
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()
        if self.errors and error is None:
            raise ExceptionGroup("what was to go wrong went wrong otherwise", self.errors)

    def _acts(self) -> Iterator[tuple[float, Callable[[], None]]]:
        for moment, poison in self.plan.poison:
            yield moment, lambda poison=poison: self._put(poison)  # type: ignore[misc] # a default argument
        if self.plan.topic_gone is not None:
            moment, seconds = self.plan.topic_gone
            yield moment, lambda: self._without_topic(seconds)
        chance = random.Random(self.plan.seed)  # noqa: S311 - which process is killed is no secret
        for moment in self.plan.kills:
            yield moment, lambda: self._kill(chance)
        for moment in self.plan.redrives:
            yield moment, self._redrive

    def _at(self, moment: float, act: Callable[[], None]) -> None:
        while self.done() < moment and not self._over.wait(_LOOK):
            pass
        if self.done() < moment:
            return
        try:
            act()
        except Exception as error:  # noqa: BLE001 - told when it is left
            self.errors.append(error)

    def _tell(self, kind: str, subject: str) -> None:
        self.happened.append(Happened(time=time.time(), kind=kind, subject=subject))

    def _put(self, poison: Poison) -> None:
        self._tell("poison", poison.marker)
        if poison.into is Into.QUEUE:
            url = self.site.outputs[poison.target]
            self.site.cloud.client("sqs").send_message(QueueUrl=url, MessageBody=poison.body)
        else:
            self.site.cloud.client("lambda").invoke(
                FunctionName=self.site.alias(poison.target), InvocationType="Event", Payload=poison.body
            )

    def _without_topic(self, seconds: float) -> None:
        self._tell("topic gone", "confirmations")
        self.site.service.break_confirmations()
        try:
            self._over.wait(seconds)
        finally:
            self._mend_topic()

    def _mend_topic(self) -> None:
        """Bring it back, and let nobody publish to it before it has its subscriber again."""
        client, name = self.site.cloud.client("lambda"), self.site.function("send_notification")
        longest: int = client.get_function_configuration(FunctionName=name)["Timeout"]
        client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
        time.sleep(longest)  # what runs has ended then
        self.site.service.mend_confirmations()
        client.delete_function_concurrency(FunctionName=name)

    def _redrive(self) -> None:
        self._tell("redrive twice at once", "all dead letters")
        self.redrive()

    def _kill(self, chance: random.Random) -> None:
        """End a process of a function, whatever it is at."""
        workers = sorted(self._workers(), key=lambda each: each[1])
        if workers:
            process, function = chance.choice(workers)
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
                self._tell("process killed", function)

    def _workers(self) -> Iterator[tuple[int, str]]:
        """The processes of functions, started by the local cloud or forked by a child of it."""
        cloud = self.site.cloud.pid
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError, ValueError, IndexError):  # it has ended, or is no program
                parent = _parent(folder)
                forks = (folder / "cmdline").read_bytes().split(b"\0")[1].endswith(_FORKS)
                if cloud != (_parent(folder.with_name(str(parent))) if forks else parent):
                    continue
                for variable in (folder / "environ").read_bytes().split(b"\0"):
                    if variable.startswith(_FUNCTION):
                        yield int(folder.name), variable.removeprefix(_FUNCTION).decode()


def _parent(folder: Path) -> int:
    return int((folder / "stat").read_text().rpartition(")")[2].split()[1])
