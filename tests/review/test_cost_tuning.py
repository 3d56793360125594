"""Results of AWS Lambda Power Tuning."""

import base64
import json
import struct
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.review.cost.tuning import PowerTuning
from constructs_lib.review.unusable import UnusableError
from tests.review.cost_cases import costed, traffic_of

_STATS = [
    {"value": 128, "averagePrice": 0.0000020, "averageDuration": 1000.0},
    {"value": 512, "averagePrice": 0.0000016, "averageDuration": 200.0},
    {"value": 1024, "averagePrice": 0.0000018, "averageDuration": 110.0},
    {"value": 3008, "averagePrice": 0.0000050, "averageDuration": 100.0},
]
_RESULT: dict[str, Any] = {
    "power": "512",
    "cost": 0.0000016,
    "duration": 200.0,
    "stateMachine": {
        "executionCost": 0.00045,
        "lambdaCost": 0.0005,
        "visualization": "https://example.com/#",
    },
    "stats": _STATS,
}
_FUNCTION = {"Resources": {"F": {"Type": "AWS::Lambda::Function", "Properties": {"MemorySize": 128}}}}


def written(folder: Path, document: object) -> Path:
    path = folder / "tuning.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return path


def drawn() -> str:
    """The address that the tool makes: 16-bit memories, then times and costs as 32-bit floats, in base64."""
    parts = [
        struct.pack("<4h", *(each["value"] for each in _STATS)),
        struct.pack("<4f", *(each["averageDuration"] for each in _STATS)),
        struct.pack("<4f", *(each["averagePrice"] for each in _STATS)),
    ]
    return "https://lambda-power-tuning.show/#" + ";".join(base64.b64encode(each).decode() for each in parts)


@pytest.mark.parametrize(
    "document",
    [
        _RESULT,
        {"results": _RESULT},
        {"status": "SUCCEEDED", "output": json.dumps(_RESULT)},
        {"lambdaARN": "arn", "analysis": _RESULT},
    ],
    ids=["output", "as in the README", "describe-execution", "state of the machine"],
)
def test_a_result_is_read_as_the_tool_gives_it(tmp_path: Path, document: object) -> None:
    tuning = PowerTuning.read(written(tmp_path, document))

    assert [each.megabytes for each in tuning.measured] == [128, 512, 1024, 3008]
    assert tuning.cheapest.megabytes == 512
    assert tuning.fastest.megabytes == 3008
    assert tuning.balanced.megabytes == 1024


def test_a_result_without_stats_is_read_from_its_visualization(tmp_path: Path) -> None:
    result = {key: value for key, value in _RESULT.items() if key != "stats"}
    result["stateMachine"] = {"visualization": drawn()}

    tuning = PowerTuning.read(written(tmp_path, result))

    assert [(each.megabytes, each.milliseconds) for each in tuning.measured] == [
        (each["value"], each["averageDuration"]) for each in _STATS
    ]
    assert tuning.cheapest.usd == pytest.approx(0.0000016)


def test_the_tools_own_example_of_a_visualization_is_read(tmp_path: Path) -> None:
    # https://github.com/alexcasalboni/aws-lambda-power-tuning#state-machine-output
    address = (
        "https://lambda-power-tuning.show/#gAAAAQACAAQABsAL;ZooQR4yvkUa/pQRGRC5zRaADHUVjOftE;"
        "QdWhOEMkoziDT5Q4xhiIOMYYiDi6RNc4"
    )
    tuning = PowerTuning.read(written(tmp_path, {"stateMachine": {"visualization": address}}))

    assert [each.megabytes for each in tuning.measured] == [128, 256, 512, 1024, 1536, 3008]
    assert tuning.fastest.megabytes == 3008
    assert tuning.cheapest.megabytes in (1024, 1536)


def test_of_two_that_cost_the_same_the_faster_is_the_cheapest(tmp_path: Path) -> None:
    stats = [
        {"value": 128, "averagePrice": 1e-6, "averageDuration": 20.0},
        {"value": 256, "averagePrice": 1e-6, "averageDuration": 10.0},
    ]
    assert PowerTuning.read(written(tmp_path, {"stats": stats})).cheapest.megabytes == 256


def test_measurements_without_a_duration_are_left_out(tmp_path: Path) -> None:
    stats = [*_STATS, {"value": 64, "averagePrice": 0, "averageDuration": 0}]

    assert len(PowerTuning.read(written(tmp_path, {"stats": stats})).measured) == len(_STATS)


@pytest.mark.parametrize(
    "document",
    [
        "",
        "[]",
        "null",
        {},
        {"output": "no json"},
        {"output": "7"},
        {"stats": []},
        {"stats": 3},
        {"stats": [{"value": 128}]},
        {"stats": [{"value": 128, "averagePrice": "dear", "averageDuration": 1}]},
        {"stats": [{"value": -1, "averagePrice": 1, "averageDuration": 1}]},
        {"stats": [{"value": 128, "averagePrice": -1, "averageDuration": 1}]},
        '{"stats": [{"value": 128, "averagePrice": 1, "averageDuration": NaN}]}',
        {"stateMachine": {"visualization": "https://example.com"}},
        {"stateMachine": {"visualization": "https://example.com/#AA;AA;AA"}},
        {"stateMachine": {"visualization": "https://example.com/#gAA=;AA==;AA=="}},
        {"results": {"results": {"results": []}}},
    ],
)
def test_fails_in_one_line_for_what_is_no_result(tmp_path: Path, document: object) -> None:
    with pytest.raises(UnusableError, match="is no result of AWS Lambda Power Tuning") as caught:
        PowerTuning.read(written(tmp_path, document))

    assert "\n" not in str(caught.value)


def test_advice_names_the_cheapest_memory_and_what_it_saves(tmp_path: Path) -> None:
    tuning = PowerTuning.read(written(tmp_path, _RESULT))
    traffic = traffic_of(F={"requests": 10_000_000.0, "milliseconds": 1000.0, "power_tuning": tuning})

    (advice,) = costed(_FUNCTION, traffic=traffic).advice

    assert advice == (
        "F: of 4 memories 512 MB (1.60 US dollars a million, 200 ms) is the cheapest, 3008 MB (5.00 US dollars a "
        "million, 100 ms) the fastest, 1024 MB (1.80 US dollars a million, 110 ms) balanced; it has 128 MB, and 512 MB "
        "would save 4.00 US dollars a month of duration."
    )


def test_advice_says_when_the_memory_of_the_template_was_not_measured(tmp_path: Path) -> None:
    tuning = PowerTuning.read(written(tmp_path, {"stats": _STATS[1:]}))
    traffic = traffic_of(F={"requests": 1.0, "milliseconds": 1.0, "power_tuning": tuning})

    (advice,) = costed(_FUNCTION, traffic=traffic).advice

    assert advice.endswith("it has 128 MB, which was not measured.")


def test_advice_promises_no_saving_without_requests(tmp_path: Path) -> None:
    tuning = PowerTuning.read(written(tmp_path, _RESULT))

    (advice,) = costed(_FUNCTION, traffic=traffic_of(F={"power_tuning": tuning})).advice

    assert advice.endswith("balanced; it has 128 MB.")
