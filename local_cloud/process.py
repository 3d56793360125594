"""The server process itself: a clean environment, MiniStack patched, one ticker, and no worker left at the end."""

import asyncio
import logging
import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any

_LONGEST_SHUTDOWN = 3.0
_FOREIGN = ("AWS_", "CDK_", "EDGE_", "GATEWAY_", "LAMBDA_", "MINISTACK_", "POWERTOOLS_", "PYTEST_", "PYTHON")
_NOT_FOR_HANDLERS = ("BIND_HOST", "LAMBDA_EXECUTOR", "LOG_LEVEL", "PERSIST_STATE")


def prepare_environment(port: int, directory: Path) -> None:
    """Set what MiniStack reads while it is imported, and drop what the caller's shell would hand to handlers.

    MiniStack passes its own environment down to every Lambda worker. All files go below `directory`.
    """
    for name in list(os.environ):
        if name.startswith(_FOREIGN):
            del os.environ[name]
    os.environ |= {
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "LOG_LEVEL": os.environ.get("LOG_LEVEL", "INFO"),
        "LAMBDA_EXECUTOR": "local",
        "PERSIST_STATE": "0",
        "STATE_DIR": str(directory / "state"),
        "S3_DATA_DIR": str(directory / "s3"),
        "TMPDIR": str(directory),
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "DOCKER_HOST": f"unix://{directory}/no-docker",
    }
    tempfile.tempdir = str(directory)


def serve(port: int, directory: Path, parent: int | None, dns_port: int) -> int:
    """Serve until asked to stop; the exit code."""
    from local_cloud import hooks  # noqa: PLC0415 - MiniStack reads the environment while it is imported

    if moved := hooks.moved():
        sys.stderr.write(
            "the local cloud does not fit the installed MiniStack:\n  " + "\n  ".join(moved) + "\n"
        )
        return 1

    from local_cloud import names, patches, ticker  # noqa: PLC0415 - likewise

    patches.install()
    app = hooks.internal("app.app")
    for name in _NOT_FOR_HANDLERS:
        os.environ.pop(name, None)
    logging.getLogger("hypercorn.access").setLevel(logging.WARNING)
    ticker.start()
    try:
        names.start(port, dns_port, directory)
        sys.stdout.write(f"It answers DNS on 127.0.0.1, port {dns_port}\n")
        asyncio.run(_serve(app, port, directory, parent))
    except OSError as error:
        sys.stderr.write(
            f"the local cloud cannot listen on 127.0.0.1:{port}, or {dns_port} for DNS: {error}\n"
        )
        return 1
    return 0


def _let_go_of_closed_connections() -> None:
    """Hypercorn keeps a connection that the client has closed as long as an idle one, and runs out of files."""
    from hypercorn.asyncio.tcp_server import TCPServer  # noqa: PLC0415 - after the environment is prepared

    read = TCPServer._read_data  # noqa: SLF001 - the pinned Hypercorn has no other door

    async def read_to_the_end(server: TCPServer) -> None:
        await read(server)
        await server.idle_task.stop()

    TCPServer._read_data = read_to_the_end  # type: ignore[assignment, method-assign]  # noqa: SLF001 - likewise


async def _serve(app: Any, port: int, directory: Path, parent: int | None) -> None:
    from hypercorn.asyncio import serve as hypercorn_serve  # noqa: PLC0415 - after the environment is prepared
    from hypercorn.config import Config  # noqa: PLC0415 - likewise

    from local_cloud import gateways  # noqa: PLC0415 - likewise
    from local_cloud.patches import custom_domains, lambda_workers  # noqa: PLC0415 - likewise

    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    config = Config()
    config.bind = [f"127.0.0.1:{port}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 1
    config.loglevel = "WARNING"
    _let_go_of_closed_connections()

    async def announce() -> None:
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.02)
            else:
                writer.close()
                sys.stdout.write(f"The local cloud is ready: http://127.0.0.1:{port}\n")
                sys.stdout.flush()
                return

    async def watch() -> None:
        while parent is None or os.getppid() == parent:  # noqa: ASYNC110 - nothing tells of the end of a parent
            await asyncio.sleep(1)
        stopping.set()

    background = [asyncio.create_task(announce()), asyncio.create_task(watch())]
    background += gateways.start(port, custom_domains.serves)
    serving = asyncio.create_task(hypercorn_serve(app, config, shutdown_trigger=stopping.wait))
    asked = asyncio.create_task(stopping.wait())
    await asyncio.wait({serving, asked}, return_when=asyncio.FIRST_COMPLETED)
    for task in background:
        task.cancel()
    if not asked.done():
        await serving  # raises what kept it from serving
    await asyncio.to_thread(lambda_workers.stop_workers)
    await asyncio.wait({serving}, timeout=_LONGEST_SHUTDOWN)
    shutil.rmtree(directory, ignore_errors=True)
    sys.stdout.flush()
    os._exit(0)  # not waiting for the threads of calls that nobody will get an answer to
