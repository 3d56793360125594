"""The price file, its tiers and its Regions."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from constructs_lib.review.cost import Prices
from constructs_lib.review.cost.prices import PUBLISHED
from constructs_lib.review.unusable import UnusableError

_SCHEMA = PUBLISHED.with_name("prices.schema.json")
_REGIONS = {
    "us-east-1",
    "us-east-2",
    "us-west-2",
    "eu-west-1",
    "eu-central-1",
    "ap-northeast-1",
    "ap-southeast-2",
}
_SMALL: dict[str, Any] = {
    "date": "2026-11-22",
    "currency": "USD",
    "fallback": "us-east-1",
    "free": {"alarms": {"quantity": 10, "source": "https://example.com"}},
    "prices": {
        "alarm-metric": {
            "what": "Alarms",
            "unit": "alarm metric",
            "source": "https://example.com/{region}",
            "free": "alarms",
            "regions": {
                "us-east-1": {"usd": 0.5},
                "eu-west-1": {"usd": [[0, 0.5], [10, 0.25], [100, 0.125]]},
            },
        },
        "dashboard": {
            "what": "Dashboards",
            "unit": "dashboard",
            "source": "https://example.com",
            "regions": {"*": {"usd": 3}},
        },
    },
}


def written(folder: Path, document: object) -> Path:
    path = folder / "prices.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return path


def small() -> dict[str, Any]:
    return json.loads(json.dumps(_SMALL))  # type: ignore[no-any-return] # a copy of an object


def schema_errors(document: object) -> list[str]:
    schema = json.loads(_SCHEMA.read_text(encoding="utf-8"))
    return [error.message for error in Draft202012Validator(schema).iter_errors(document)]


def test_the_published_prices_fit_their_schema() -> None:
    Draft202012Validator.check_schema(json.loads(_SCHEMA.read_text(encoding="utf-8")))

    assert schema_errors(json.loads(PUBLISHED.read_text(encoding="utf-8"))) == []


def test_the_published_prices_are_dated_and_of_seven_regions() -> None:
    prices = Prices.read()

    assert re.fullmatch(r"20\d\d-\d\d-\d\d", prices.date)
    assert prices.regions == _REGIONS
    assert prices.fallback in _REGIONS


def test_the_fallback_has_every_published_price() -> None:
    prices = Prices.read()

    assert [key for key in prices.table if prices.of(key, prices.fallback) is None] == []
    assert not any(
        prices.stands_in(found, prices.fallback)
        for key in prices.table
        if (found := prices.of(key, prices.fallback))
    )


def test_every_published_price_says_where_it_stands_and_where_it_was_read() -> None:
    document = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    named = {each["read"] for price in document["prices"].values() for each in price["regions"].values()}

    assert named == set(document["readings"])
    assert all(
        price.source.startswith("https://") and "{" not in price.source
        for each in Prices.read().table.values()
        for price in each.values()
    )
    assert all(each["source"].startswith("https://aws.amazon.com/") for each in document["free"].values())


@pytest.mark.parametrize(
    ("key", "region", "usd"),
    [
        # from the price list of AWS of September and October 2026
        ("alarm-metric", "us-east-1", 0.10),
        ("logs-written", "eu-west-1", 0.57),
        ("logs-written", "eu-central-1", 0.63),
        ("logs-written", "ap-northeast-1", 0.76),
        ("lambda-second-x86_64", "us-east-1", 0.0000166667),
        ("lambda-second-arm64", "eu-west-1", 0.0000133334),
        ("table-write", "eu-west-1", 0.000000705),
        ("table-recovery", "eu-central-1", 0.2448),
        ("health-check-feature-elsewhere", "ap-southeast-2", 2.0),
    ],
)
def test_published_prices_are_those_of_the_region(key: str, region: str, usd: float) -> None:
    price = Prices.read().of(key, region)

    assert price is not None
    assert price.at(0, 0) == usd
    assert not Prices.read().stands_in(price, region)


def test_a_price_that_a_region_lacks_is_the_fallbacks_and_says_so(tmp_path: Path) -> None:
    prices = Prices.read(written(tmp_path, small()))
    price = prices.of("alarm-metric", "sa-east-1")

    assert price is not None
    assert (price.region, price.source) == ("us-east-1", "https://example.com/us-east-1")
    assert prices.stands_in(price, "sa-east-1")


def test_a_price_of_all_regions_stands_in_for_none(tmp_path: Path) -> None:
    prices = Prices.read(written(tmp_path, small()))
    price = prices.of("dashboard", "sa-east-1")

    assert price is not None
    assert price.at(0, 1) == 3.0
    assert not prices.stands_in(price, "sa-east-1")


def test_a_price_that_is_nowhere_is_none(tmp_path: Path) -> None:
    assert Prices.read(written(tmp_path, small())).of("secret", "us-east-1") is None


@pytest.mark.parametrize(
    ("start", "quantity", "usd"),
    [
        (0, 0, 0.0),
        (0, 10, 5.0),
        (0, 11, 5.25),
        (9, 2, 0.75),
        (10, 90, 22.5),
        (0, 200, 5.0 + 22.5 + 12.5),
        (1_000, 8, 1.0),
    ],
)
def test_units_are_billed_by_their_tiers(tmp_path: Path, start: float, quantity: float, usd: float) -> None:
    price = Prices.read(written(tmp_path, small())).of("alarm-metric", "eu-west-1")

    assert price is not None
    assert price.usd(start, quantity) == pytest.approx(usd)


def test_the_price_of_a_unit_is_that_of_its_tier_or_the_average_of_several(tmp_path: Path) -> None:
    price = Prices.read(written(tmp_path, small())).of("alarm-metric", "eu-west-1")

    assert price is not None
    assert price.at(0, 10) == 0.5
    assert price.at(10, 90) == 0.25
    assert price.at(9, 2) == pytest.approx(0.375)


def test_allowances_are_read(tmp_path: Path) -> None:
    price = Prices.read(written(tmp_path, small())).of("alarm-metric", "us-east-1")

    assert price is not None
    assert price.free is not None
    assert (price.free.name, price.free.quantity) == ("alarms", 10)


def _alarm(document: dict[str, Any]) -> dict[str, Any]:
    return document["prices"]["alarm-metric"]  # type: ignore[no-any-return] # an object


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda found: found.pop("date"), "it has no 'date'"),
        (lambda found: found.update(date=""), "date is '', not a text"),
        (lambda found: found.update(extra=1), "it has 'extra', which is no key of it"),
        (lambda found: found.update(currency="EUR"), "its currency is 'EUR', not 'USD'"),
        (lambda found: found.update(prices=[]), "prices is [], not an object"),
        (
            lambda found: found.update(free={"alarms": {"quantity": -1, "source": "x"}}),
            "quantity of alarms is -1",
        ),
        (lambda found: _alarm(found).update(free="nothing"), "alarm-metric is free by 'nothing'"),
        (lambda found: _alarm(found).pop("unit"), "the unit of alarm-metric is None, not a text"),
        (
            lambda found: _alarm(found).update(regions=None),
            "the regions of alarm-metric is None, not an object",
        ),
        (lambda found: _alarm(found)["regions"].update({"us-east-1": 1}), "alarm-metric in us-east-1 is 1"),
        (
            lambda found: _alarm(found)["regions"]["us-east-1"].update(usd="1"),
            "us-east-1 is '1', not a number",
        ),
        (
            lambda found: _alarm(found)["regions"]["us-east-1"].update(usd=True),
            "us-east-1 is True, not a number",
        ),
        (
            lambda found: _alarm(found)["regions"]["us-east-1"].update(usd=-0.1),
            "us-east-1 is -0.1, not a number",
        ),
        (lambda found: _alarm(found)["regions"]["us-east-1"].update(usd=[]), "begin at []"),
        (lambda found: _alarm(found)["regions"]["us-east-1"].update(usd=[1]), "is 1, not [from, usd]"),
        (lambda found: _alarm(found)["regions"]["us-east-1"].update(usd=[[1, 1]]), "begin at [1.0]"),
        (
            lambda found: _alarm(found)["regions"]["us-east-1"].update(usd=[[0, 1], [0, 2]]),
            "begin at [0.0, 0.0]",
        ),
    ],
)
def test_fails_in_one_line_for_a_price_file_that_is_none(
    tmp_path: Path, spoil: Callable[[dict[str, Any]], object], says: str
) -> None:
    document = small()
    spoil(document)

    with pytest.raises(UnusableError) as caught:
        Prices.read(written(tmp_path, document))

    assert says in str(caught.value)
    assert str(tmp_path) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", "3", '{"date": NaN}', "[" * 100_000, '{"a": ' + "9" * 5_000 + "}"]
)
def test_fails_in_one_line_for_what_is_no_json_object(tmp_path: Path, text: str) -> None:
    with pytest.raises(UnusableError) as caught:
        Prices.read(written(tmp_path, text))

    assert "\n" not in str(caught.value)


def test_fails_for_a_price_of_nothing_that_costs(tmp_path: Path) -> None:
    document = small()
    document["prices"]["alarm-metrics"] = _alarm(document)

    with pytest.raises(UnusableError, match="nothing costs 'alarm-metrics'"):
        Prices.read(written(tmp_path, document))


def test_fails_for_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UnusableError, match=r"none\.json cannot be read as prices"):
        Prices.read(tmp_path / "none.json")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda found: found.pop("fallback"),
        lambda found: found.update(currency="EUR"),
        lambda found: found["prices"]["dashboard"]["regions"]["*"].update(usd=-1),
        lambda found: found["prices"]["dashboard"].update(price=1),
        lambda found: found["free"]["alarms"].pop("source"),
    ],
)
def test_the_schema_refuses_what_is_no_price_file(spoil: Callable[[dict[str, Any]], object]) -> None:
    document = small()
    assert schema_errors(document) == []

    spoil(document)

    assert schema_errors(document) != []
