"""The commands in this process, on the local cloud, with a clock and somebody to ask."""

import argparse
import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from rich.console import Console

from constructs_lib.backup.command import list_backups, restore
from constructs_lib.backup.command.surroundings import Surroundings


@dataclass
class World:
    """What a command finds, and what it said.

    Attributes:
        connect: makes the clients.
        answer: what somebody answers; None where nobody is there.
        asked: what was asked.
        paused: the seconds of each pause.
        on_pause: what happens in a pause.
    """

    connect: Callable[[str], Any]
    answer: str | None = None
    asked: list[str] = field(default_factory=list)
    paused: list[float] = field(default_factory=list)
    on_pause: Callable[[float], None] = lambda _: None
    elapsed: float = 0.0
    said: io.StringIO = field(default_factory=io.StringIO)
    written: list[str] = field(default_factory=list)

    def restore(self, *words: str) -> int:
        return self._run(restore.add_arguments, restore.restore, words)

    def list(self, *words: str) -> int:
        return self._run(list_backups.add_arguments, list_backups.list_backups, words)

    @property
    def text(self) -> str:
        return self.said.getvalue()

    @property
    def document(self) -> Any:
        (document,) = self.written
        return json.loads(document)

    def _run(
        self,
        add_arguments: Callable[[argparse.ArgumentParser], None],
        command: Callable[[argparse.Namespace, Console, Surroundings], int],
        words: tuple[str, ...],
    ) -> int:
        parser = argparse.ArgumentParser()
        add_arguments(parser)
        console = Console(file=self.said, width=200, highlight=False)
        return command(parser.parse_args(words), console, self._surroundings())

    def _surroundings(self) -> Surroundings:
        return Surroundings(
            connect=self.connect,
            now=lambda: datetime.now(UTC),
            elapsed=lambda: self.elapsed,
            sleep=self._sleep,
            ask=None if self.answer is None else self._ask,
            write=self.written.append,
        )

    def _sleep(self, seconds: float) -> None:
        self.paused.append(seconds)
        self.elapsed += seconds
        self.on_pause(seconds)

    def _ask(self, question: str) -> str:
        self.asked.append(question)
        assert self.answer is not None
        return self.answer
