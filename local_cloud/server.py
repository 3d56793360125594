"""The local cloud as a process of its own: started, waited for, used through `.client` and `.cdk`, and stopped."""

import errno
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

import boto3
from botocore.config import Config

from local_cloud import places
from local_cloud.dns.client import Resolved, resolve
from local_cloud.replication import Replication
from local_cloud.settings import CERTIFICATE_AUTHORITY, LOCATIONS

ACCOUNT = "000000000000"
REGIONS = ("us-east-1", "us-west-2")
_KEPT_VARIABLES = ("HOME", "LANG", "LC_ALL", "TMPDIR", "SSL_CERT_FILE")
_EXECUTE_API = re.compile(
    r"^(?:https?|wss?)://(?P<api>[a-z0-9]+)\.execute-api\.[a-z0-9.-]+(?::\d+)?(?P<path>/.*)?$"
)


class LocalCloudError(RuntimeError):
    """The local cloud, or a command run against it, failed; the text ends with its output."""


class LocalCloud:
    """One running local AWS, usable as a context manager.

    `settings` are environment variables for the server (see `local_cloud.settings`). Without a `port` a free one
    is taken. Each instance has its own state directory, which goes when it stops.
    """

    def __init__(self, *, port: int | None = None, settings: Mapping[str, str] | None = None) -> None:
        self.port = port or free_port()
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self.dns = ("127.0.0.1", free_dns_port())
        self._settings = dict(settings or {})
        self._process: subprocess.Popen[bytes] | None = None
        self._clients: dict[tuple[str, str], Any] = {}

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self, *, timeout: float = 60) -> Self:
        """Start the server and return once it answers.

        It stops by itself when this process ends, however that happens.
        """
        if self._process is not None:
            raise LocalCloudError(f"the local cloud runs already, on {self.endpoint}")
        self.directory = Path(tempfile.mkdtemp(prefix="local-cloud-"))
        self.log = self.directory / "server.log"
        (self.directory / "cdk").mkdir()
        options = [f"--port={self.port}", f"--directory={self.directory}", f"--parent={os.getpid()}"]
        options.append(f"--dns-port={self.dns[1]}")
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - this project's own module
                [sys.executable, "-m", "local_cloud", *options],
                cwd=Path(__file__).resolve().parent.parent,
                env={**_tool_environment(), **self._settings},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + timeout
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                tail = self.log_tail()
                self.stop()
                raise LocalCloudError(
                    f"the local cloud did not start on {self.endpoint}; its log ends with:\n{tail}"
                )
            time.sleep(0.05)
        return self

    def stop(self, *, timeout: float = 20) -> None:
        """Stop the server and every Lambda worker it started, and remove its files."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout)
        with suppress(
            ProcessLookupError, PermissionError
        ):  # only what outlived the server is left in its group
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for client in self._clients.values():
            client.close()
        self._clients.clear()
        shutil.rmtree(self.directory, ignore_errors=True)

    @property
    def pid(self) -> int:
        """The server's process id, which is also the id of its process group."""
        if self._process is None:
            raise LocalCloudError("the local cloud is not running")
        return self._process.pid

    @property
    def environment(self) -> dict[str, str]:
        """What the CDK CLI, boto3 and the AWS CLI need to talk to this cloud and to nothing else."""
        return {
            **_tool_environment(),
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": REGIONS[0],
            "AWS_DEFAULT_REGION": REGIONS[0],
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "CDK_HOME": str(self.directory / "cdk"),  # the CLI caches which account an access key belongs to
            "CDK_DISABLE_CLI_TELEMETRY": "true",
            "CI": "1",
        }

    def client(self, service: str, region: str = REGIONS[0]) -> Any:
        """A boto3 client of this cloud; the same one when asked again."""
        key = (service, region)
        if key not in self._clients:
            self._clients[key] = boto3.session.Session().client(  # type: ignore[call-overload] # any service
                service,
                region_name=region,
                endpoint_url=self.endpoint,
                aws_access_key_id="test",
                aws_secret_access_key="test",  # noqa: S106 - the local cloud takes any
                config=Config(retries={"total_max_attempts": 1}, read_timeout=120),
            )
        return self._clients[key]

    def cdk(
        self, *arguments: str, cwd: Path | None = None, environment: Mapping[str, str] | None = None
    ) -> str:
        """Run the CDK CLI of this Python environment against this cloud and return its output."""
        command = [str(Path(sys.executable).parent / "cdk"), *arguments, "--no-notices", "--no-color"]
        with subprocess.Popen(  # noqa: S603 - the pinned CLI
            command,
            cwd=cwd,
            env={**self.environment, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        ) as process:
            try:
                said, _ = process.communicate()
            except BaseException:  # on the way out nothing of it may go on writing
                os.killpg(process.pid, signal.SIGKILL)
                raise
        if process.returncode:
            raise LocalCloudError(
                f"`cdk {' '.join(arguments)}` ended with {process.returncode}:\n{said}\n"
                f"The local cloud's log ends with:\n{self.log_tail()}"
            )
        return said

    def bootstrap(self, regions: tuple[str, ...] = REGIONS, *, cwd: Path | None = None) -> str:
        """Run `cdk bootstrap` for the Regions, away from any app, which the CLI would synthesize first."""
        return self.cdk(
            "bootstrap", *(f"aws://{ACCOUNT}/{region}" for region in regions), cwd=cwd or self.directory
        )

    def url(self, address: str) -> str:
        """The local address of an API address that a stack printed, e.g. `https://abc.execute-api....com/orders`."""
        match = _EXECUTE_API.match(address)
        if match is None:
            raise LocalCloudError(f"{address!r} is not the address of an API Gateway API")
        return f"{self.endpoint}/_aws/execute-api/{match['api']}/$default{match['path'] or '/'}"

    def resolve(self, name: str, type: str = "A", location: str | None = None) -> Resolved:  # noqa: A002 - DNS's word
        """What a name of a hosted zone here, or of AWS, resolves to for a client at a location.

        A location is a Region, or one of the setting `LOCAL_CLOUD_LOCATIONS`; without one nobody knows where the
        client is.
        """
        known = places.clients(self._settings.get(LOCATIONS, ""))
        if location and location not in known:
            raise LocalCloudError(f"{location!r} is none of {', '.join(known)}")
        return resolve(self.dns, name, type, places.subnet(location, known) if location else None)

    @property
    def certificate_authority(self) -> Path:
        """The certificate (PEM) of the authority behind every certificate that the gateways of the Regions show."""
        return self.directory / CERTIFICATE_AUTHORITY

    def isolate(self, region: str, *, silent: bool = False) -> None:
        """Cut a Region off from the others and from its users, whose connections are reset, or never answered."""
        self._local(f"isolate?region={region}&mode={'silent' if silent else 'reset'}")

    def restore(self, region: str) -> None:
        """Connect an isolated Region again."""
        self._local(f"restore?region={region}")

    def slow(self, region: str, seconds: float) -> None:
        """Keep every answer of a Region's gateway back for so long; 0 makes it as fast as before."""
        self._local(f"slow?region={region}&seconds={seconds}")

    def break_table(self, region: str, name: str) -> None:
        """Let a Region's DynamoDB answer as if there were no such table; it stays, and is replicated."""
        self._local(f"break-table?{urlencode({'region': region, 'table': name})}")

    def mend_table(self, region: str, name: str) -> None:
        """Let a Region's DynamoDB know the table again."""
        self._local(f"mend-table?{urlencode({'region': region, 'table': name})}")

    def break_recovery(self, region: str, name: str) -> None:
        """Let a Region fail what reads a table's past: exports of it, and restores of it to a point in time."""
        self._local(f"break-recovery?{urlencode({'region': region, 'table': name})}")

    def mend_recovery(self, region: str, name: str) -> None:
        """Let a Region read the table's past again."""
        self._local(f"mend-recovery?{urlencode({'region': region, 'table': name})}")

    def fail_next_export(
        self,
        region: str,
        name: str,
        *,
        code: str = "InternalServerError",
        message: str = "Internal server error",
    ) -> None:
        """Let the next export of a table begin, and end with a failure."""
        asked = {"region": region, "table": name, "code": code, "message": message}
        self._local(f"fail-export?{urlencode(asked)}")

    def tamper_with_backup(
        self,
        arn: str,
        *,
        put: Sequence[Mapping[str, Any]] = (),
        delete: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        """Change what an on-demand backup holds, and nothing else: not what is said of it, nor its table.

        Args:
            arn: the backup.
            put: items, as DynamoDB's API has them, to add or to put in the place of those with their keys.
            delete: keys, or whole items, to drop.
        """
        changes = {"put": json.dumps(list(put)), "delete": json.dumps(list(delete))}
        self._local(f"tamper?{urlencode({'backup': arn, **changes})}")

    def replication_lag(self, seconds: float) -> None:
        """Let writes to global tables with eventual consistency arrive in other Regions so much later.

        It counts for those under way, too, and from when both Regions reach each other.
        """
        self._local(f"replication?lag={seconds}")

    def replication(self) -> Replication:
        """What the replicas of global tables have still to tell each other, and what was reconciled."""
        return Replication.from_json(self._local("replication", method="GET"))

    def order_faults(self, rules: Sequence[Mapping[str, Any]], *, seed: int = 0) -> None:
        """Let functions fail from now on as the rules say, and no longer as rules before them did.

        Args:
            rules: each with the fields of `local_cloud.faults.Fault`.
            seed: what else decides to which events it happens; the same seed has the same faults.
        """
        self._local("faults", method="PUT", body={"seed": seed, "rules": list(rules)})

    def injected_faults(self) -> list[dict[str, Any]]:
        """The faults that have happened, oldest first: time, function, kind, event, attempt."""
        happened: list[dict[str, Any]] = self._local("faults", method="GET")
        return happened

    def clear_faults(self) -> None:
        """Let no function fail any more, and forget what has happened."""
        self._local("faults", method="DELETE")

    def _local(self, action: str, method: str = "POST", body: object = None) -> Any:
        request = urllib.request.Request(  # noqa: S310 - loopback
            f"{self.endpoint}/_local/{action}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - loopback
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                raise LocalCloudError(f"{action}: {error.read().decode()}") from None

    def log_tail(self, lines: int = 40) -> str:
        """The last lines of the server's log."""
        with suppress(OSError):
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        return "(no log)"

    def _answers(self) -> bool:
        with (
            suppress(urllib.error.URLError, OSError),
            urllib.request.urlopen(f"{self.endpoint}/_ministack/health", timeout=2) as answer,  # noqa: S310 - loopback
        ):
            return bool(answer.status == 200)  # noqa: PLR2004 - HTTP's OK
        return False


def _tool_environment() -> dict[str, str]:
    """PATH with this Python's tools first, and nothing of the caller's AWS settings."""
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return {**kept, "PATH": path, "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1"}


def free_port() -> int:
    """A port that nobody has on 127.0.0.1, nor on the address of a Region."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        if not any(_is_bound(address, port) for address in places.ADDRESSES.values()):
            return port


def _is_bound(address: str, port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind((address, port))
        except OSError as error:
            return error.errno == errno.EADDRINUSE  # an address that this system does not have is nobody's
        return False


def free_dns_port() -> int:
    """A port that is free for UDP and for TCP."""
    while True:
        port = free_port()
        with socket.socket(type=socket.SOCK_DGRAM) as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def is_taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
