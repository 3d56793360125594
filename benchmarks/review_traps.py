"""``python -m benchmarks.review_traps FOLDER`` shows who finds which trap: we, CDK's validator, cfn-lint, cdk-nag."""

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from constructs_lib.review.finding import OURS
from constructs_lib.review.reviewing import review
from tests.gates import lint, nagged, report
from tests.review.traps.every import Built, built, every_trap
from tests.review.traps.trap import Trap

__all__ = ["main", "rows"]

_NAG = ("AwsSolutions-", "Serverless-")
Look = Callable[[str], set[str]]


def rows(traps: Built) -> list[tuple[Trap, list[set[str]]]]:
    """Each trap, and what each tool finds in it and not in its corrected twin: the rules' names."""
    findings = report(traps.app)

    def ours(stage: str) -> set[str]:
        found = review(traps.assembly(stage)).templates
        return {each.rule for template in found for each in template.findings if each.origin == OURS}

    def at_synthesis(stage: str) -> set[str]:
        return {
            each.rule for each in findings if any(path.startswith(f"{stage}/") for path in each.constructs)
        }

    def of_cdk(stage: str) -> set[str]:
        return {each for each in at_synthesis(stage) if not each.startswith(_NAG)}

    def of_lint(stage: str) -> set[str]:
        (template,) = traps.assembly(stage).glob("*.template.json")
        return {each.split()[0] for each in lint(json.loads(template.read_text(encoding="utf-8")))}

    def of_nag(stage: str) -> set[str]:
        return {each for each in at_synthesis(stage) if each.startswith(_NAG)}

    tools: tuple[Look, ...] = (ours, of_cdk, of_lint, of_nag)
    return [(trap, [look(trap.broken) - look(trap.fixed) for look in tools]) for trap in every_trap()]


def main(arguments: Sequence[str]) -> int:
    """Print the table; FOLDER is where the app is synthesized. The exit code is 1 where we miss a trap."""
    found = rows(nagged_traps(Path(arguments[0])))
    print("| what is broken | rule | CDK's validator | cfn-lint | cdk-nag |")
    print("|---|---|---|---|---|")
    for trap, (_, *others) in found:
        cells = [", ".join(f"`{each}`" for each in sorted(rules)) or "no" for rules in others]
        print(f"| {trap.sentence} | `{trap.rule}` | {' | '.join(cells)} |")
    counts = [sum(bool(tools[number]) for _, tools in found) for number in range(1, 4)]
    missed = [trap.id for trap, (ours, *_) in found if trap.rule not in ours]
    print(f"\n{len(found)} traps; we miss {missed or 'none'}; the others find {counts}")
    return 1 if missed else 0


def nagged_traps(folder: Path) -> Built:
    """The traps, synthesized with both packs of cdk-nag."""
    traps = built(folder)
    nagged(traps.app)
    try:
        traps.app.synth()
    except RuntimeError as error:
        if "ValidationFailed" not in str(error):
            raise
    return traps


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
