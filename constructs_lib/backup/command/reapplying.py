"""Applying again what a restore lost, one setting after the other."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.markup import escape
from table_restore.losses import LATER, Loss, reapply
from table_restore.reading import Clients

from constructs_lib.backup.command.failing import code_of, in_a_line
from constructs_lib.backup.command.surroundings import Surroundings

__all__ = ["Applied", "apply_again"]

_PATIENCE: Final = 900.0
_PAUSE: Final = 3.0


@dataclass(frozen=True, kw_only=True)
class Applied:
    """What became of one loss.

    Attributes:
        loss: what was lost.
        problem: why it was not applied; empty where it was.
    """

    loss: Loss
    problem: str = ""


def apply_again(
    clients: Clients, table: str, lost: Sequence[Loss], *, console: Console, surroundings: Surroundings
) -> list[Applied]:
    """Apply all of `lost` to `table`; what fails does not keep the rest from being applied."""
    done: list[Applied] = []
    with console.status("Applying what the restore lost") as status:
        for loss in lost:
            status.update(f"Applying {escape(loss.what)}")
            done.append(Applied(loss=loss, problem=_apply(clients, table, loss, surroundings)))
    return done


def _apply(clients: Clients, table: str, loss: Loss, surroundings: Surroundings) -> str:
    ends = surroundings.elapsed() + _PATIENCE
    while True:
        try:
            reapply(clients, table, loss)
        except ClientError as error:
            if code_of(error) not in LATER or surroundings.elapsed() >= ends:
                return in_a_line(error)
        except BotoCoreError as error:
            return in_a_line(error)
        else:
            return ""
        surroundings.sleep(_PAUSE)
