"""Traffic files."""

import json
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from constructs_lib.review.cost import Traffic, costing
from constructs_lib.review.cost.kinds import FLAGS, KINDS, SHARES, TUNING
from constructs_lib.review.unusable import UnusableError
from tests.review.cost_cases import billed, costed, stack_of

_SCHEMA = Path(str(costing.__file__)).with_name("traffic.schema.json")
_BODY = {
    "Resources": {
        "Small": {"Type": "AWS::SQS::Queue"},
        "Large": {"Type": "AWS::SQS::Queue", "Metadata": {"aws:cdk:path": "Stack1/Shop/Orders/Resource"}},
        "Bucket": {"Type": "AWS::S3::Bucket"},
    }
}
_YAML = """
default:
  queue: {requests: 1_000}
resources:
  Shop/Orders:
    requests: 2000
"""


def written(folder: Path, document: object, name: str = "traffic.json") -> Path:
    path = folder / name
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return path


def quantities(traffic: Traffic) -> dict[str, float | None]:
    return {logical_id: quantity for logical_id, _, quantity in billed(costed(_BODY, traffic=traffic))}


def schema() -> dict[str, Any]:
    return json.loads(_SCHEMA.read_text(encoding="utf-8"))  # type: ignore[no-any-return] # an object


def test_yaml_and_json_say_the_same(tmp_path: Path) -> None:
    document = {"default": {"queue": {"requests": 1000}}, "resources": {"Shop/Orders": {"requests": 2000}}}
    as_json = Traffic.read(written(tmp_path, document))
    as_yaml = Traffic.read(written(tmp_path, _YAML, "traffic.yaml"))

    assert quantities(as_json) == quantities(as_yaml) == {"Small": 1000, "Large": 2000}


@pytest.mark.parametrize("name", ["Large", "Shop/Orders", "Stack1/Large", "Stack1/Shop/Orders"])
def test_a_resource_is_named_by_its_logical_id_or_its_path_with_or_without_its_stack(
    tmp_path: Path, name: str
) -> None:
    traffic = Traffic.read(written(tmp_path, {"resources": {name: {"requests": 7}}}))

    assert quantities(traffic) == {"Large": 7}


def test_the_nearer_name_counts_more(tmp_path: Path) -> None:
    resources = {
        "Stack1/Large": {"requests": 4},
        "Stack1/Shop/Orders": {"requests": 3},
        "Large": {"requests": 2},
        "Shop/Orders": {"requests": 1},
    }
    for expected in (4, 3, 2, 1):
        traffic = Traffic.read(written(tmp_path, {"resources": resources}))
        assert quantities(traffic) == {"Large": expected}
        resources.pop(next(iter(resources)))


def test_amounts_of_the_default_and_of_the_resource_go_together(tmp_path: Path) -> None:
    body = {"Resources": {"F": {"Type": "AWS::Lambda::Function", "Properties": {"MemorySize": 1024}}}}
    document = {"default": {"function": {"milliseconds": 500}}, "resources": {"F": {"requests": 10}}}

    cost = costed(body, traffic=Traffic.read(written(tmp_path, document)))

    assert billed(cost) == [("F", "lambda-request", 10), ("F", "lambda-second-x86_64", 5.0)]


def test_an_empty_file_tells_nothing(tmp_path: Path) -> None:
    assert quantities(Traffic.read(written(tmp_path, {}))) == {}


def test_names_that_no_resource_has_are_found(tmp_path: Path) -> None:
    traffic = Traffic.read(
        written(tmp_path, {"resources": {"Large": {}, "Shop/Orders": {}, "Stack1/Small": {}, "Lagre": {}}})
    )
    assert traffic.unmatched([stack_of(_BODY)]) == ["Lagre"]


def test_fails_for_an_amount_that_the_resource_has_not(tmp_path: Path) -> None:
    path = written(tmp_path, {"resources": {"Large": {"milliseconds": 5}}})

    with pytest.raises(UnusableError) as caught:
        costed(_BODY, traffic=Traffic.read(path))

    assert str(caught.value) == (
        f"{path}: Shop/Orders is of the type AWS::SQS::Queue and has no 'milliseconds'; it has requests."
    )


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ([], "the file is [], not an object"),
        ({"queues": {}}, "it has 'queues'; it may have default and resources"),
        ({"default": []}, "default is [], not an object"),
        (
            {"default": {"lambda": {}}},
            "default has 'lambda', which is no kind of resource; kinds are function,",
        ),
        ({"default": {"queue": {"reqests": 1}}}, "default queue has 'reqests'; what can be told is requests"),
        (
            {"resources": {"Large": {"reqests": 1}}},
            "Large has 'reqests'; what can be told is aws, backup_gb,",
        ),
        ({"resources": {"Large": 5}}, "Large is 5, not an object"),
        ({"resources": {"Large": {"requests": "1e6"}}}, "requests of Large is '1e6', not a number from 0"),
        ({"resources": {"Large": {"requests": True}}}, "requests of Large is True, not a number from 0"),
        ({"resources": {"Large": {"requests": -1}}}, "requests of Large is -1, not a number from 0"),
        ({"resources": {"Large": {"requests": 1e99}}}, "requests of Large is 1e+99, not a number from 0"),
        (
            {"resources": {"F": {"provisioned_share": 2}}},
            "provisioned_share of F is 2, not a number from 0 to 1",
        ),
        ({"resources": {"H": {"aws": "yes"}}}, "aws of H is 'yes', not true or false"),
        ({"resources": {"F": {TUNING: 3}}}, "power_tuning of F is 3, not a text"),
        ({"resources": {"F": {TUNING: "none.json"}}}, "none.json is no result of AWS Lambda Power Tuning"),
        ("{", "cannot be read as traffic"),
        ('{"resources": {"Large": {"requests": NaN}}}', "requests of Large is nan, not a number from 0"),
        ("[" * 100_000, "cannot be read as traffic"),
    ],
)
def test_fails_in_one_line_for_a_file_that_is_none(tmp_path: Path, document: object, says: str) -> None:
    with pytest.raises(UnusableError) as caught:
        Traffic.read(written(tmp_path, document))

    assert says in str(caught.value)
    assert str(tmp_path) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "text", ["a: [", "- 1", "a: b: c", "resources: {1: 2}", "resources: {F: {requests: 1e6}}"]
)
def test_fails_in_one_line_for_yaml_that_is_none(tmp_path: Path, text: str) -> None:
    with pytest.raises(UnusableError) as caught:
        Traffic.read(written(tmp_path, text, "traffic.yml"))

    assert "\n" not in str(caught.value)


def test_fails_for_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UnusableError, match=r"none\.yaml cannot be read as traffic"):
        Traffic.read(tmp_path / "none.yaml")


def test_a_tuning_lies_beside_the_traffic_file(tmp_path: Path) -> None:
    stats = [{"value": 128, "averagePrice": 1e-6, "averageDuration": 9.0}]
    written(tmp_path, {"stats": stats}, "tuning.json")

    traffic = Traffic.read(written(tmp_path, {"resources": {"F": {TUNING: "tuning.json"}}}))

    assert traffic.resources["F"].tuning is not None
    assert traffic.resources["F"].tuning.cheapest.megabytes == 128


def test_the_schema_has_every_kind_with_every_amount() -> None:
    Draft202012Validator.check_schema(schema())
    kinds = schema()["$defs"]

    assert set(kinds) == set(schema()["properties"]["default"]["properties"]) == set(KINDS)
    for name, kind in KINDS.items():
        properties = kinds[name]["properties"]
        assert {key: each["description"] for key, each in properties.items()} == dict(kind.amounts)
        for key, each in properties.items():
            expected = "boolean" if key in FLAGS else "string" if key == TUNING else "number"
            assert each["type"] == expected
            assert each.get("maximum") == (1 if key in SHARES else None)


@pytest.mark.parametrize(
    ("document", "fits"),
    [
        ({}, True),
        ({"default": {"queue": {"requests": 1}}}, True),
        ({"resources": {"F": {"requests": 1, "milliseconds": 2.5, TUNING: "x.json"}}}, True),
        ({"resources": {"F": {"requests": -1}}}, False),
        ({"resources": {"F": {"reqests": 1}}}, False),
        ({"default": {"lambda": {}}}, False),
        ({"queues": {}}, False),
    ],
)
def test_the_schema_takes_what_the_reader_takes(tmp_path: Path, document: object, *, fits: bool) -> None:
    written(tmp_path, {"stats": [{"value": 128, "averagePrice": 1e-6, "averageDuration": 9.0}]}, "x.json")
    errors = list(Draft202012Validator(schema()).iter_errors(document))

    assert (not errors) is fits
    with nullcontext() if fits else pytest.raises(UnusableError):
        Traffic.read(written(tmp_path, document))
