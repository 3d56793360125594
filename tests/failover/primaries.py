"""A primary on the loopback interface that answers over TLS as it is told."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import trustme

HOST = "localhost"

Behaviour = Callable[[ssl.SSLSocket, int], None]
"""What is done with a connection whose request was read, and which number it has."""


@dataclass
class Primary:
    """What listens, and what it was asked.

    Attributes:
        context: its side of TLS; None for a server that knows no TLS.
        behave: what it does with each connection.
        deaf: it accepts connections and never says a word.
        requests: what it was asked.
        names: what each client called it in the handshake.
    """

    context: ssl.SSLContext | None
    behave: Behaviour
    deaf: bool = False
    requests: list[bytes] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)
    port: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def serve(self, listener: socket.socket) -> None:
        number = 0
        while not self.over.is_set():
            with suppress(TimeoutError):
                connection, _ = listener.accept()
                number += 1
                threading.Thread(target=self._handle, args=(connection, number), daemon=True).start()

    def _handle(self, connection: socket.socket, number: int) -> None:
        with suppress(OSError), connection:
            connection.settimeout(10)
            if self.deaf:
                self.over.wait(10)
            elif self.context is None:
                connection.recv(4096)
                connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            else:
                with self.context.wrap_socket(connection, server_side=True) as wrapped:
                    self.requests.append(wrapped.recv(4096))
                    self.behave(wrapped, number)


def says(text: bytes) -> Behaviour:
    """Answers with `text`."""
    return lambda connection, _: connection.sendall(text)


def answers(status: int) -> Behaviour:
    """Answers with `status`."""
    return says(b"HTTP/1.1 %d Said\r\nContent-Length: 0\r\nLocation: /elsewhere\r\n\r\n" % status)


@contextmanager
def running(primary: Primary) -> Iterator[Primary]:
    """`primary`, while it serves on a free port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.05)
        primary.port = listener.getsockname()[1]
        if primary.context is not None:
            primary.context.sni_callback = lambda _, name, __: primary.names.append(name)
        thread = threading.Thread(target=primary.serve, args=(listener,))
        thread.start()
        try:
            yield primary
        finally:
            primary.over.set()
            thread.join()


def served_by(authority: trustme.CA, name: str = HOST) -> ssl.SSLContext:
    """The server's side of TLS, with a certificate of `authority` for `name`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context
