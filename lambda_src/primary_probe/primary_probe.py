"""Asks the primary as a health checker of Route 53 does, and publishes as 1 or 0 whether it answers."""  # noqa: INP001 - a handler's folder

import asyncio
import errno
import logging
import os
import re
import socket
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import boto3
from botocore.config import Config

__all__ = ["NoAnswerError", "Probe", "addresses", "answers", "handler"]

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)

ANSWERS, SILENT = 1, 0
_HTTPS = 443
"""The port that a Host header leaves out."""
_TIMEOUTS = Config(connect_timeout=2, read_timeout=3, retries={"total_max_attempts": 2, "mode": "standard"})
_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})(?: |\r?\n)")


class NoAnswerError(Exception):
    """The primary gave no answer that counts; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Probe:
    """What is asked, and how long an answer is waited for.

    Attributes:
        host: the primary's own name.
        port: where it listens.
        path: what is asked for.
        attempts: how many times at most.
        pause: seconds between two of them.
        connect: seconds that a connection may take.
        answer: seconds from then to the status, the handshake of TLS included.
    """

    host: str
    port: int
    path: str
    attempts: int
    pause: float
    connect: float
    answer: float

    @classmethod
    def from_environment(cls) -> "Probe":
        """What the environment variables ``PROBE_...`` say."""
        return cls(
            host=os.environ["PROBE_HOST"],
            port=int(os.environ["PROBE_PORT"]),
            path=os.environ["PROBE_PATH"],
            attempts=int(os.environ["PROBE_ATTEMPTS"]),
            pause=float(os.environ["PROBE_PAUSE_SECONDS"]),
            connect=float(os.environ["PROBE_CONNECT_SECONDS"]),
            answer=float(os.environ["PROBE_ANSWER_SECONDS"]),
        )

    @property
    def request(self) -> bytes:
        """What is sent."""
        lines = (
            f"GET {self.path} HTTP/1.1",
            f"Host: {self.host}" if self.port == _HTTPS else f"Host: {self.host}:{self.port}",
            "User-Agent: constructs_lib-primary-probe",
            "Accept: */*",
            "Connection: close",
        )
        return "".join(f"{line}\r\n" for line in (*lines, "")).encode("ascii")


def handler(event: Mapping[str, Any], _context: object) -> dict[str, int]:
    """Ask, and publish; where the probe itself is what fails, raise and publish nothing."""
    probe = Probe.from_environment()
    value = ANSWERS if asyncio.run(answers(probe, addresses(probe))) else SILENT
    boto3.client("cloudwatch", config=_TIMEOUTS).put_metric_data(
        Namespace=os.environ["PROBE_NAMESPACE"],
        MetricData=[
            {
                "MetricName": os.environ["PROBE_METRIC"],
                "Dimensions": [{"Name": "HealthCheck", "Value": os.environ["PROBE_NAME"]}],
                "Timestamp": _minute_of(event),
                "Value": value,
            }
        ],
    )
    return {"answers": value}


def addresses(probe: Probe) -> Sequence[str]:
    """Where the name leads to.

    Raises:
        OSError: it cannot be looked up, which says nothing about the primary.
    """
    found = socket.getaddrinfo(probe.host, probe.port, family=socket.AF_INET, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


async def answers(probe: Probe, known: Sequence[str]) -> bool:
    """Whether one of the attempts is answered, each at the next of the addresses."""
    context = ssl.create_default_context()
    for attempt in range(probe.attempts):
        if attempt:
            await asyncio.sleep(probe.pause)
        address = known[attempt % len(known)]
        try:
            status = await _status(probe, address, context)
        except NoAnswerError as error:
            logger.warning(
                "Attempt %d: %s at %s does not answer: %s", attempt + 1, probe.host, address, error
            )
            continue
        # https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
        if 200 <= status < 400:  # noqa: PLR2004 - HTTP's success and redirection
            return True
        logger.warning("Attempt %d: %s at %s answers %d", attempt + 1, probe.host, address, status)
    logger.error("%s does not answer", probe.host)
    return False


async def _status(probe: Probe, address: str, context: ssl.SSLContext) -> int:
    try:
        async with asyncio.timeout(probe.connect):
            reader, writer = await asyncio.open_connection(address, probe.port)
    except TimeoutError as error:
        raise NoAnswerError(f"no connection within {probe.connect:g} s") from error
    except OSError as error:
        # Anything else is a fault here: no network, no port or file left.
        if isinstance(error, ConnectionError) or error.errno == errno.EHOSTUNREACH:
            raise NoAnswerError(repr(error)) from error
        raise
    try:
        async with asyncio.timeout(probe.answer):
            await writer.start_tls(context, server_hostname=probe.host)
            writer.write(probe.request)
            line = await reader.readline()
    except TimeoutError as error:
        raise NoAnswerError(f"no status within {probe.answer:g} s") from error
    except (OSError, ValueError) as error:  # TLS, a connection that is cut, a line without an end
        raise NoAnswerError(repr(error)) from error
    finally:
        writer.transport.abort()
    if (found := _STATUS.match(line)) is None:
        raise NoAnswerError(f"not HTTP: {line[:40]!r}")
    return int(found[1])


def _minute_of(event: Mapping[str, Any]) -> datetime:
    """When the probe was due: Scheduler may be a minute late, and each minute should have its own datapoint."""
    try:
        return datetime.fromisoformat(event["scheduled"])
    except (KeyError, TypeError, ValueError):  # called by hand
        return datetime.now(UTC)
