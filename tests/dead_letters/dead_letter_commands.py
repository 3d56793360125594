"""The commands in this process, with a clock and somebody to ask."""

import argparse
import io
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, Final

from rich.console import Console

from constructs_lib.dead_letters.command import inspect_queue, purge_queue, redrive_queue
from constructs_lib.dead_letters.command.surroundings import Surroundings

COMMANDS: Final[Mapping[str, tuple[ModuleType, Callable[..., int]]]] = {
    "inspect": (inspect_queue, inspect_queue.inspect),
    "redrive": (redrive_queue, redrive_queue.redrive),
    "purge": (purge_queue, purge_queue.purge),
}


@dataclass
class World:
    """What a command finds, and what it said.

    Attributes:
        connect: makes the clients.
        answer: what somebody answers; None where nobody is there.
        asked: what was asked.
        stop_after: as somebody asks for the first time whether it should stop, how often it goes on.
    """

    connect: Callable[[str], Any]
    answer: str | None = None
    asked: list[str] = field(default_factory=list)
    stop_after: int | None = None
    on_ask: Callable[[], object] = lambda: None
    said: io.StringIO = field(default_factory=io.StringIO)
    written: list[str] = field(default_factory=list)

    def run(self, command: str, *words: str) -> int:
        """Run `command`; its exit code."""
        module, function = COMMANDS[command]
        parser = argparse.ArgumentParser()
        module.add_arguments(parser)
        console = Console(file=self.said, width=200, highlight=False)
        return function(parser.parse_args(words), console, self._surroundings())

    @property
    def text(self) -> str:
        return self.said.getvalue()

    @property
    def document(self) -> Any:
        (document,) = self.written
        return json.loads(document)

    def _surroundings(self) -> Surroundings:
        return Surroundings(
            connect=lambda service, *_: self.connect(service),
            now=time.time,
            sleep=time.sleep,
            ask=None if self.answer is None else self._ask,
            write=self.written.append,
            stopping=self._stopping,
        )

    @contextmanager
    def _stopping(self) -> Iterator[Callable[[], bool]]:
        asked = 0

        def stopped() -> bool:
            nonlocal asked
            asked += 1
            return self.stop_after is not None and asked > self.stop_after

        yield stopped

    def _ask(self, question: str) -> str:
        self.asked.append(question)
        self.on_ask()
        assert self.answer is not None
        return self.answer
