"""What synthesizes cleanly and is broken in production is found, and its corrected twin is not."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from constructs_lib.review.finding import OURS, Finding, Severity
from constructs_lib.review.reviewing import review
from tests.review.traps.every import Built, built, every_trap
from tests.review.traps.trap import Trap
from tests.reviewing import TODAY

_DOCS = Path(__file__).parents[2] / "docs/review_traps.md"
Found = Callable[[str], Sequence[Finding]]


@pytest.fixture(scope="module")
def traps(tmp_path_factory: pytest.TempPathFactory) -> Built:
    found = built(tmp_path_factory.mktemp("traps"))
    try:
        found.app.synth()
    except RuntimeError as error:
        # The strict validator sees a few of them, and says so once all templates are written.
        if "ValidationFailed" not in str(error):
            raise
    return found


@pytest.fixture(scope="module")
def found(traps: Built) -> Found:
    def look(stage: str) -> Sequence[Finding]:
        reviewed = review(traps.assembly(stage), today=TODAY)
        return [each for template in reviewed.templates for each in template.findings if each.origin == OURS]

    return look


@pytest.mark.parametrize("trap", every_trap(), ids=lambda trap: trap.id)
def test_a_trap_is_found_where_it_is(trap: Trap, found: Found) -> None:
    assert (trap.rule, trap.at) in [(each.rule, each.construct_path) for each in found(trap.broken)]


@pytest.mark.parametrize("trap", every_trap(), ids=lambda trap: trap.id)
def test_its_corrected_twin_has_neither_this_finding_nor_any_error(trap: Trap, found: Found) -> None:
    findings = found(trap.fixed)

    assert trap.rule not in [each.rule for each in findings]
    assert [each for each in findings if each.severity is Severity.ERROR] == []


def test_the_docs_tell_of_every_trap() -> None:
    rows = re.findall(r"^\| (.+?) \| `([a-z-]+)` \|", _DOCS.read_text(encoding="utf-8"), re.MULTILINE)

    assert rows == [(trap.sentence, trap.rule) for trap in every_trap()]
