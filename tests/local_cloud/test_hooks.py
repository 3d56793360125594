"""The pinned MiniStack still looks as its hooks expect."""

from importlib.metadata import version

import pytest

from local_cloud import hooks
from local_cloud.internals import INTERNALS, MINISTACK_VERSION


def test_installed_version_is_the_one_the_hooks_were_written_for() -> None:
    installed = version("ministack")
    assert installed == MINISTACK_VERSION, (
        f"ministack {installed} is installed; go through local_cloud/internals.py before you change the pin"
    )


@pytest.mark.parametrize("path", INTERNALS)
def test_hooked_internal_has_not_moved(path: str) -> None:
    assert hooks.describe(hooks.internal(path)) == INTERNALS[path], f"ministack.{path} has moved"


def test_nothing_undeclared_can_be_used() -> None:
    with pytest.raises(LookupError, match="is not declared in local_cloud"):
        hooks.internal("services.sqs.reset")


def test_server_says_what_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(INTERNALS, "services.sqs._queue_url", "(another)")
    monkeypatch.setitem(INTERNALS, "services.sqs.gone", "()")

    first, second = hooks.moved()

    assert first == "ministack.services.sqs._queue_url is now (name), the hooks expect (another)"
    assert second.startswith("ministack.services.sqs.gone is gone")
