"""Counts the messages that Python sends to Node; each is a round trip, answers to callbacks included."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from unittest import mock

from jsii._kernel.providers.process import _NodeProcess

__all__ = ["Calls", "recorded"]

Calls = Counter[tuple[str, str]]
"""How often each (kind, what) was sent: ("create", "aws-cdk-lib.aws_sqs.Queue"), ("get", "... .queueArn")."""


@contextmanager
def recorded() -> Iterator[Calls]:
    """Count while the block runs."""
    calls: Calls = Counter()
    send: Callable[..., object] = _NodeProcess.send

    def counted(process: _NodeProcess, request: object, response_type: object) -> object:
        calls[_described(request)] += 1
        return send(process, request, response_type)

    with mock.patch.object(_NodeProcess, "send", counted):
        yield calls


def _described(request: object) -> tuple[str, str]:
    kind = type(request).__name__.strip("_").removesuffix("Request")
    reference = getattr(request, "objref", None)
    owner = getattr(request, "fqn", None) or (reference.ref.rpartition("@")[0] if reference else "")
    member = getattr(request, "method", None) or getattr(request, "property", None)
    return kind, ".".join(str(part) for part in (owner, member) if part)
