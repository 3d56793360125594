"""Where a request runs: account, Region, and ARNs in them."""

from contextlib import AbstractContextManager
from datetime import UTC, datetime

from local_cloud.hooks import internal


def account() -> str:
    value: str = internal("core.responses.get_account_id")()
    return value


def region() -> str:
    value: str = internal("core.responses.get_region")()
    return value


def arn(service: str, resource: str) -> str:
    """An ARN in the account and Region of the current request."""
    return f"arn:aws:{service}:{region()}:{account()}:{resource}"


def region_of(arn_: str) -> str:
    """The Region that an ARN names."""
    return arn_.split(":")[3]


def scoped(account_id: str, region_name: str) -> AbstractContextManager[None]:
    """Run a block for an account and a Region, outside any request."""
    entered: AbstractContextManager[None] = internal("core.responses.request_scope")(account_id, region_name)
    return entered


def key(name: str) -> tuple[str, str, str]:
    """A name, unique over accounts and Regions."""
    return account(), region(), name


def moment(seconds: float | None = None) -> str:
    """A time as CloudWatch writes it into messages; now, unless given in seconds since 1970."""
    at = datetime.now(UTC) if seconds is None else datetime.fromtimestamp(seconds, UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "+0000")
