"""What the documentation says of costs is what the code does."""

import re
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.review.cost import Prices, Traffic
from constructs_lib.review.cost.advice import break_even
from constructs_lib.review.cost.tuning import PowerTuning, TunedMemory
from tests.review.cost_cases import costed, traffic_of

_PAGE = Path(__file__).parents[2] / "docs" / "review_costs.md"


@pytest.fixture(scope="module")
def page() -> str:
    return _PAGE.read_text(encoding="utf-8")


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)


def one_line(text: str) -> str:
    return " ".join(text.split())


def function(memory: int) -> dict[str, Any]:
    properties = {"MemorySize": memory}
    metadata = {"aws:cdk:path": "Shop/CreateOrder/Function/Resource"}
    return {"Type": "AWS::Lambda::Function", "Properties": properties, "Metadata": metadata}


def test_the_traffic_files_of_the_page_are_read(page: str, tmp_path: Path) -> None:
    (tmp_path / "create-order.json").write_text(
        '{"stats": [{"value": 128, "averagePrice": 1e-6, "averageDuration": 1}]}', encoding="utf-8"
    )
    found = blocks(page, "yaml")
    for number, block in enumerate(found):
        path = tmp_path / f"traffic{number}.yaml"
        path.write_text(block, encoding="utf-8")
        assert Traffic.read(path).resources["CreateOrder/Function"].number("requests") == 3_000_000
    assert len(found) == 2


def test_the_price_file_of_the_page_is_read(page: str, tmp_path: Path) -> None:
    (block,) = blocks(page, "json")
    path = tmp_path / "prices.json"
    path.write_text(block, encoding="utf-8")

    price = Prices.read(path).of("alarm-metric", "eu-west-1")

    assert price is not None
    assert price.usd(0, 10) == pytest.approx(0.9)


def test_the_advice_of_the_page_on_provisioned_concurrency_is_what_is_advised(page: str) -> None:
    alias = {
        "Type": "AWS::Lambda::Alias",
        "Metadata": {"aws:cdk:path": "Shop/CreateOrder/Live/Resource"},
        "Properties": {
            "FunctionName": {"Ref": "F"},
            "ProvisionedConcurrencyConfig": {"ProvisionedConcurrentExecutions": 5},
        },
    }
    traffic = traffic_of(F={"requests": 3_000_000.0, "milliseconds": 120.0})
    body = {"Resources": {"F": function(1024), "A": alias}}

    (advice,) = costed(body, traffic=traffic, prices=Prices.read()).advice

    assert advice in one_line(page)


def test_the_advice_of_the_page_on_memory_is_what_is_advised(page: str) -> None:
    measured = [(128, 2.0, 1000.0), (512, 1.6, 200.0), (1024, 1.8, 110.0), (3008, 5.0, 100.0)]
    tuning = PowerTuning(
        measured=[
            TunedMemory(megabytes=megabytes, usd=usd / 1e6, milliseconds=milliseconds)
            for megabytes, usd, milliseconds in measured
        ]
    )
    traffic = traffic_of(F={"requests": 3_000_000.0, "power_tuning": tuning})

    (advice,) = costed({"Resources": {"F": function(128)}}, traffic=traffic).advice

    assert advice in one_line(page)


@pytest.mark.parametrize(
    ("region", "share"),
    [
        ("us-east-1", 0.60),
        ("eu-west-1", 0.80),
        ("eu-central-1", None),
        ("ap-northeast-1", None),
        ("ap-southeast-2", None),
    ],
)
def test_the_break_even_of_the_page_is_that_of_the_published_prices(region: str, share: float | None) -> None:
    prices = [
        Prices.read().of(f"lambda-{part}-x86_64", region)
        for part in ("provisioned", "provisioned-second", "second")
    ]
    provisioned, busy, on_demand = (each.at(0, 0) for each in prices if each is not None)

    assert break_even(provisioned, busy, on_demand) == (
        None if share is None else pytest.approx(share, abs=0.005)
    )


@pytest.mark.parametrize("region", sorted(Prices.read().regions))
def test_the_page_says_how_many_prices_each_region_has(page: str, region: str) -> None:
    prices = Prices.read()
    own = len(prices.table) - len(prices.lacking(region))

    assert re.search(rf"^\| {region} \| {own} of {len(prices.table)} \|", page, re.MULTILINE)
