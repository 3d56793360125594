"""Waiting for a restore, with something to look at."""

from typing import Any, Final

from botocore.exceptions import ClientError, EndpointConnectionError, HTTPClientError
from rich.console import Console
from rich.progress import Progress as Bar
from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn
from table_restore.restoring import Progress, progress

from constructs_lib.backup.command.failing import CommandError, ExitCode, is_of_server
from constructs_lib.backup.command.surroundings import Surroundings
from constructs_lib.backup.command.texts import length

__all__ = ["wait"]

_PAUSES: Final = (1.0, 2.0, 4.0, 8.0, 16.0, 30.0)
"""Seconds from one look to the next; the last is repeated."""
_REPORT: Final = 300.0
"""Seconds from one line to the next where nobody looks at a terminal."""
_OUT_OF_REACH: Final = 600.0
"""Seconds without an answer after which nobody waits any more."""
_APPEARS_WITHIN: Final = 60.0
"""Seconds in which DescribeTable may not know a table yet whose restore was accepted."""


def wait(
    client: Any, target: str, *, console: Console, surroundings: Surroundings, timeout: float | None
) -> float:
    """Wait until the table `target` is restored, and return the seconds that it took from now on.

    Raises:
        CommandError: it will not be, or the time was over.
    """
    began = told = answered = surroundings.elapsed()
    looks = 0
    bar = Bar(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        console=console,
        disable=not console.is_terminal,
    )
    with bar:
        task = bar.add_task(f"Restoring {target}", total=None)
        while True:
            now = surroundings.elapsed()
            seen = _seen(client, target, last=now - answered >= _OUT_OF_REACH)
            answered = answered if seen is None else now
            seen = seen or Progress(state="restoring", status="no answer from DynamoDB")
            if seen.state == "ready":
                return now - began
            if seen.state == "broken" or (seen.state == "missing" and now - began > _APPEARS_WITHIN):
                raise CommandError(
                    f"The restore to {target} ended without a table to use ({seen.status or 'it is gone'}). Look into "
                    "CloudTrail for what happened to it, and restore to another name.",
                    ExitCode.BROKEN,
                )
            if timeout is not None and now - began >= timeout:
                raise CommandError(
                    f"{target} is not restored yet, after {length(now - began)}. The restore goes on by itself.",
                    ExitCode.UNDER_WAY,
                )
            so_far = f", {seen.items:,} items so far" if seen.items else ""
            bar.update(task, description=f"Restoring {target}: {seen.status or 'not listed yet'}{so_far}")
            if not console.is_terminal and now - told >= _REPORT:
                told = now
                console.print(
                    f"{target} is being restored, for {length(now - began)}{so_far}.", soft_wrap=True
                )
            surroundings.sleep(_PAUSES[min(looks, len(_PAUSES) - 1)])
            looks += 1


def _seen(client: Any, target: str, *, last: bool) -> Progress | None:
    """How far it is; None where DynamoDB could not be asked, and it is not the last time that this may be."""
    try:
        return progress(client, target)
    except (EndpointConnectionError, HTTPClientError):
        if last:
            raise
    except ClientError as error:
        if last or not is_of_server(error):
            raise
    return None
