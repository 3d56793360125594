"""How an upload is taken in, whatever keeps the record and whatever carries the message."""

from typing import Protocol

from ingest_file.models import Arrival, ObjectCreated

__all__ = ["Catalogue", "Files", "Messages", "ingest"]


class Catalogue(Protocol):
    """Knows the categories of articles."""

    def version(self) -> str | None:
        """The present version; None where there is no catalogue."""
        ...


class Files(Protocol):
    """Keeps a record of each file."""

    def add(self, arrival: Arrival) -> Arrival | None:
        """Keep `arrival` unless its file is known; return what is kept, None once that file is finished."""
        ...


class Messages(Protocol):
    """Carries messages to whoever processes files."""

    def send(self, arrival: Arrival) -> None:
        """Accept the wish to process; asking again does no harm."""
        ...


def ingest(event: ObjectCreated, *, catalogue: Catalogue, files: Files, messages: Messages) -> Arrival | None:
    """Keep a record of the file, then ask for it to be processed; both may be repeated until both have happened.

    The first event decides which version of the catalogue counts, so that every attempt makes the same output.

    Returns:
        what was asked for; None for a file that is finished already.
    """
    arrival = files.add(Arrival.of(event, catalogue.version()))
    if arrival is not None:
        messages.send(arrival)
    return arrival
