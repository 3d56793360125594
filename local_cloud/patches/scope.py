"""Where a request runs: account, Region, and ARNs in them."""

from contextlib import AbstractContextManager

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


def scoped(account_id: str, region_name: str) -> AbstractContextManager[None]:
    """Run a block for an account and a Region, outside any request."""
    entered: AbstractContextManager[None] = internal("core.responses.request_scope")(account_id, region_name)
    return entered
