"""The handlers deploy the versions that the tests ran with."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


def pins(path: Path) -> dict[str, str]:
    lines = (line.partition(";")[0].strip() for line in path.read_text(encoding="utf-8").splitlines())
    return dict(line.split("==") for line in lines if "==" in line and not line.startswith("#"))


@pytest.mark.parametrize(
    "handler", sorted(each.parent.name for each in ROOT.glob("lambda_src/*/requirements.in"))
)
def test_a_handler_is_pinned_to_what_the_tests_run_with(handler: str) -> None:
    tested, deployed = (
        pins(ROOT / "requirements.txt"),
        pins(ROOT / "lambda_src" / handler / "requirements.txt"),
    )
    assert {"aws-lambda-powertools", "boto3", "botocore", "pydantic"} <= deployed.keys()
    assert {name: tested[name] for name in deployed} == deployed
