import ast
from pathlib import Path

import pytest

from constructs_lib import handlers
from constructs_lib.function import WARM_UP_EVENT
from constructs_lib.handlers import handler_folder
from tests.synthesis import ROOT


def test_in_a_checkout_handlers_lie_beside_the_package() -> None:
    assert handler_folder("warm_up") == ROOT / "lambda_src" / "warm_up"


def test_in_a_wheel_handlers_travel_inside_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = tmp_path / "_lambda_src"
    (inside / "warm_up").mkdir(parents=True)
    monkeypatch.setattr(handlers, "_HOMES", (inside, ROOT / "lambda_src"))

    assert handler_folder("warm_up") == inside / "warm_up"


def test_fails_with_both_places_for_an_unknown_handler() -> None:
    with pytest.raises(FileNotFoundError, match=r"'nobody'.*_lambda_src or .*lambda_src"):
        handler_folder("nobody")


def test_the_packaged_helper_recognises_what_the_schedule_sends() -> None:
    source = (handler_folder("warm_up") / "warm_up.py").read_text()

    (event,) = (
        ast.literal_eval(node.value)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.AnnAssign) and node.value and ast.unparse(node.target) == "WARM_UP_EVENT"
    )

    assert event == WARM_UP_EVENT
