"""The program that Lambda workers are forked from: it has imported what the packages of a function bring.

A worker that ends, by a crash or a time-out, has a successor that spends most of its start on importing boto3 and
Powertools. They are the same in each, so they are imported once, here. The function's own modules are imported by each
worker: what they do at the start (clients, settings, a name of their own) happens at each start, as it does in Lambda.

Its first argument is the number of a socket. The first message says what to import. Each later one asks for a worker,
and brings four files: its input, output and log, and where its process id and its exit code are written to. It ends
when nobody holds the other end of the socket.
"""

import contextlib
import gc
import importlib
import importlib.util
import json
import os
import selectors
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any

_FILES = 4
"""That come with each worker that is asked for."""
_MOST_BYTES = 1 << 18


def main() -> None:
    """Import what the first message names, then fork a worker for each later one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for those who ask
    requests = socket.socket(fileno=int(sys.argv[1]))
    program = _program()
    _import(json.loads(requests.recv(_MOST_BYTES)), program)
    gc.freeze()  # what is not looked at again stays shared with the workers
    if _is_worker(requests):
        program.main()


def _program() -> Any:
    """What a worker runs; not among the modules, where a function could meet it."""
    place = importlib.util.spec_from_file_location("bootstrap", Path(__file__).with_name("bootstrap.py"))
    if place is None or place.loader is None:
        raise ImportError("bootstrap.py is gone")
    program = importlib.util.module_from_spec(place)
    place.loader.exec_module(program)
    return program


def _import(wanted: dict[str, Any], program: Any) -> None:
    path = list(sys.path)
    program.set_up_path(program.code_of(wanted["code_dir"]))
    for name in wanted["modules"]:
        with contextlib.suppress(Exception):  # a worker meets it too, and reports it
            importlib.import_module(name)
    sys.path[:] = path  # a worker sets it up itself


def _is_worker(requests: socket.socket) -> bool:
    """Serve until nobody asks: no. In each process that is forked meanwhile: yes."""
    woken, waking = socket.socketpair()
    woken.setblocking(False)
    waking.setblocking(False)
    signal.set_wakeup_fd(waking.fileno(), warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)  # without a handler nothing is woken
    told: dict[int, int] = {}
    with selectors.DefaultSelector() as ready, woken, waking:
        ready.register(requests, selectors.EVENT_READ)
        ready.register(woken, selectors.EVENT_READ)
        while True:
            asked = [key.fileobj for key, _ in ready.select()]
            if woken in asked:
                woken.recv(_MOST_BYTES)
            if requests in asked:
                message, files, _, _ = socket.recv_fds(requests, _MOST_BYTES, _FILES)
                if not message:
                    return False
                process = os.fork()
                if process == 0:
                    break
                told[process] = files.pop()
                os.write(told[process], f"{process}\n".encode())
                for each in files:
                    os.close(each)
            _tell_ends(told)
    requests.close()
    for each in told.values():
        os.close(each)
    _become(json.loads(message), files)
    return True


def _tell_ends(told: dict[int, int]) -> None:
    while told:
        process, status = os.waitpid(-1, os.WNOHANG)
        if not process:
            return
        with contextlib.suppress(BrokenPipeError):  # nobody waits for it any more
            os.write(told[process], f"{os.waitstatus_to_exitcode(status)}\n".encode())
        os.close(told.pop(process))


def _become(asked: dict[str, Any], files: list[int]) -> None:
    """Make this process what it would be had it been started with these files, variables and directory."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number, each in enumerate(files[:3]):
        os.dup2(each, number)
    for each in files:
        os.close(each)
    sys.stdin = os.fdopen(0, closefd=False)
    sys.stdout = os.fdopen(1, "w", closefd=False)
    sys.stderr = os.fdopen(2, "w", buffering=1, errors="backslashreplace", closefd=False)
    os.environ.clear()
    os.environ.update(asked["env"])
    time.tzset()
    os.chdir(asked["cwd"])


if __name__ == "__main__":
    main()
