"""A handler without its settings does not start, and says what is missing."""

import importlib
from types import ModuleType

import pytest

from tests.lambda_src.runtimes import forget

NAMES = {
    "check_orders": [
        "ORDERS_TABLE_NAME",
        "STATE_MACHINE_ARN",
        "ORDER_QUEUE_URL",
        "PARKING_QUEUE_URL",
        "AWS_REGION",
        "SEND_AGAIN_AFTER_SECONDS",
        "TAKE_OVER_AFTER_SECONDS",
        "MOST_SENDINGS",
    ],
    "create_order": ["ORDERS_TABLE_NAME", "IDEMPOTENCY_TABLE_NAME", "ORDER_QUEUE_URL", "AWS_REGION"],
    "fulfil_order": ["STATE_MACHINE_ARN"],
    "payment_sandbox": ["CHARGES_TABLE_NAME"],
    "process_payment": ["ORDERS_TABLE_NAME", "BREAKER_TABLE_NAME", "PAYMENT_PROVIDER_ARN", "AWS_REGION"],
    "send_notification": [
        "CONFIRMATIONS_TOPIC_ARN",
        "ORDERS_TABLE_NAME",
        "IDEMPOTENCY_TABLE_NAME",
        "AWS_REGION",
    ],
    "track_order": ["ORDERS_TABLE_NAME", "AWS_REGION"],
    "update_inventory": [
        "ORDERS_TABLE_NAME",
        "STOCK_TABLE_NAME",
        "RESERVATIONS_TABLE_NAME",
        "AWS_REGION",
    ],
}
POWERTOOLS = ["POWERTOOLS_SERVICE_NAME", "POWERTOOLS_METRICS_NAMESPACE"]
CASES = [(package, name) for package, names in NAMES.items() for name in [*names, *POWERTOOLS]]


def settings_of(package: str) -> ModuleType:
    return importlib.import_module(f"{package}.settings")


@pytest.mark.parametrize(("package", "missing"), CASES)
@pytest.mark.parametrize("emptied", [True, False])
def test_a_missing_or_empty_variable_is_named(package: str, missing: str, *, emptied: bool) -> None:
    module = settings_of(package)
    environment = dict.fromkeys([*NAMES[package], *POWERTOOLS], "set")
    if emptied:
        environment[missing] = ""
    else:
        del environment[missing]
    with pytest.raises(module.SettingsError) as raised:
        module.Settings.of(environment)
    assert str(raised.value) == f"{package} cannot start without the environment's {missing}."


@pytest.mark.parametrize("package", NAMES)
def test_all_missing_variables_are_named_at_once(package: str) -> None:
    module = settings_of(package)
    with pytest.raises(module.SettingsError) as raised:
        module.Settings.of({})
    assert all(name in str(raised.value) for name in [*NAMES[package], *POWERTOOLS])


@pytest.mark.parametrize("package", NAMES)
def test_a_handler_without_settings_fails_at_import(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [*NAMES[package], *POWERTOOLS]:
        monkeypatch.delenv(name, raising=False)
    forget(package)
    with pytest.raises(RuntimeError, match=f"{package} cannot start without"):
        importlib.import_module(f"{package}.handler")
