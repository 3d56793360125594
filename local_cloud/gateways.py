"""The gateway of each Region: a port on the Region's own address that speaks HTTP and HTTPS, and can be cut off.

It passes on what comes, from the same address, so that the server behind knows which Region was meant. It can be made
slow: then what was asked for is done at once, and the answer comes late.
"""

import asyncio
import logging
import socket
import ssl
import struct
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property, partial

from local_cloud import isolation, outages
from local_cloud.certificates import server_context
from local_cloud.places import ADDRESSES

_LOG = logging.getLogger("local_cloud.gateways")
_TLS_HANDSHAKE = b"\x16"
_ANSWER = b"HTTP/"
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
_CHUNK = 65536
_BACKLOG = 128
_LOOK_SECONDS = 0.1
_LAST_WORDS_SECONDS = 5.0

Serves = Callable[[str, str], bool]
"""Whether a Region (first) serves a name (second), in lower case."""

_gateways: dict[str, "Gateway"] = {}


class Gateway:
    """One Region's port."""

    def __init__(self, region: str, port: int, serves: Serves) -> None:
        self._region, self._address, self._port = region, ADDRESSES[region], port
        self._serves = serves
        self._open: dict[socket.socket, asyncio.Task[None]] = {}

    def start(self) -> asyncio.Task[None]:
        """Listen in the running event loop.

        Raises:
            OSError: the address cannot be listened on.
        """
        listener = socket.create_server((self._address, self._port), backlog=_BACKLOG)
        listener.setblocking(False)
        return asyncio.create_task(self._accept(listener))

    def cut(self) -> None:
        """Reset every connection there is."""
        for connection, task in self._open.items():
            _reset_on_close(connection)
            task.cancel()

    async def _accept(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            connection, _ = await loop.sock_accept(listener)
            task = asyncio.create_task(self._serve(connection))
            self._open[connection] = task
            task.add_done_callback(partial(self._forget, connection))

    def _forget(self, connection: socket.socket, _: asyncio.Task[None]) -> None:
        self._open.pop(connection, None)

    async def _serve(self, connection: socket.socket) -> None:
        while isolation.mode_of(self._region) == "silent":  # noqa: ASYNC110 - other threads may restore it, too
            await asyncio.sleep(_LOOK_SECONDS)
        if isolation.mode_of(self._region):
            _reset_on_close(connection)
            connection.close()
            return
        try:
            tls = self._tls if await _first_byte(connection) == _TLS_HANDSHAKE else None
        except BaseException:
            connection.close()
            raise
        with suppress(OSError):  # ssl.SSLError is one
            await self._pass_on(connection, tls)

    async def _pass_on(self, connection: socket.socket, tls: ssl.SSLContext | None) -> None:
        """Carry bytes between the client and the server until one has said all it wants to, and soon after the other.

        The server would wait long for another request of a client that has gone.
        """
        loop, reader = asyncio.get_running_loop(), asyncio.StreamReader()
        transport, protocol = await loop.connect_accepted_socket(
            lambda: asyncio.StreamReaderProtocol(reader), connection, ssl=tls
        )
        client = asyncio.StreamWriter(transport, protocol, reader, loop)
        try:
            answers, server = await asyncio.open_connection(
                "127.0.0.1", self._port, local_addr=(self._address, 0)
            )
            try:
                answering = asyncio.create_task(
                    _pump(answers, client, lambda: outages.delay_of(self._region))
                )
                asking = asyncio.create_task(_pump(reader, server))
                await asyncio.wait({answering, asking}, return_when=asyncio.FIRST_COMPLETED)
                await asyncio.wait({answering, asking}, timeout=_LAST_WORDS_SECONDS)
                for pump in (answering, asking):
                    pump.cancel()
                client.close()
                await client.wait_closed()
            finally:
                server.transport.abort()
        finally:
            transport.abort()

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return server_context(self._address, lambda name: self._serves(self._region, name))


def start(port: int, serves: Serves) -> list[asyncio.Task[None]]:
    """Open the gateways of all Regions; without those whose address this system does not have."""
    tasks = []
    for region in ADDRESSES:
        gateway = Gateway(region, port, serves)
        try:
            tasks.append(gateway.start())
        except OSError as error:
            _LOG.warning("no gateway for %s on %s:%s: %s", region, ADDRESSES[region], port, error)
            continue
        _gateways[region] = gateway
    return tasks


def cut(region: str) -> None:
    """Reset what connections there are to a Region that has just been isolated."""
    if region in _gateways:
        _gateways[region].cut()


async def _first_byte(connection: socket.socket) -> bytes:
    """The first byte that a client sends, which stays unread."""
    connection.setblocking(False)
    loop, readable = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(connection, readable.set)
    try:
        await readable.wait()
    finally:
        loop.remove_reader(connection)
    return connection.recv(1, socket.MSG_PEEK)


async def _pump(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay: Callable[[], float] = lambda: 0.0
) -> None:
    while data := await reader.read(_CHUNK):
        if data.startswith(_ANSWER):
            await asyncio.sleep(delay())
        writer.write(data)
        await writer.drain()
    with suppress(OSError):
        if writer.can_write_eof():
            writer.write_eof()
        else:
            writer.close()


def _reset_on_close(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
