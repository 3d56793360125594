"""Every rule against templates that it must find and templates that it must leave alone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.review.reading import Reading
from constructs_lib.review.rule import CRASHED
from constructs_lib.review.rules import FAMILIES, RULES
from tests.reviewing import found_by, parsed, reading_of

_FOLDER = Path(__file__).parent / "rules"
_ABOUT_THE_CASE = ("finds", "says", "region", "stacks")


def _cases() -> Iterator[Any]:
    for file in sorted(_FOLDER.glob("*/*.yaml")):
        document = parsed(file.read_text(encoding="utf-8"))
        for kind in ("bad", "good"):
            for name, case in document[kind].items():
                yield pytest.param(file.stem, kind, case, id=f"{file.stem}: {name}")


def _reading(case: dict[str, Any]) -> Reading:
    alone = {key: value for key, value in case.items() if key not in _ABOUT_THE_CASE}
    stacks = case.get("stacks") or [alone]
    regions = [each.pop("region", case.get("region", "eu-west-1")) for each in stacks]
    return reading_of(*stacks, regions=regions)


@pytest.mark.parametrize(("rule", "kind", "case"), list(_cases()))
def test_a_rule_finds_what_is_broken_and_nothing_else(rule: str, kind: str, case: dict[str, Any]) -> None:
    findings = found_by(rule, _reading(case))

    assert CRASHED not in [each.rule for each in findings], findings
    assert sorted(each.logical_id for each in findings) == sorted(case.get("finds", []))
    assert case.get("says", "") in " ".join(each.message for each in findings)
    assert kind == "good" or findings


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_is_a_sentence_with_a_remedy_a_source_and_both_kinds_of_templates(rule: Any) -> None:
    cases = parsed((_FOLDER / rule.family / f"{rule.id}.yaml").read_text(encoding="utf-8"))

    assert rule.sentence.endswith(".")
    assert rule.remedy.endswith(".")
    assert rule.source.startswith("https://")
    assert cases["bad"]
    assert cases["good"]


def test_rule_ids_are_unique_and_each_stands_in_a_file_of_its_name() -> None:
    ids = [rule.id for rule in RULES]
    files = {
        file.stem.replace("_", "-")
        for family in FAMILIES
        for file in Path(str(family.__file__)).parent.glob("*.py")
        if not file.stem.startswith("_") and file.stem != "common"
    }

    assert len(ids) == len(set(ids))
    assert files == set(ids)
