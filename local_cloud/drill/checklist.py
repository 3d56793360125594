"""The same drill as a numbered checklist for a real account: text to read and to copy, nothing is run."""

import textwrap
from collections.abc import Iterator, Sequence

from local_cloud.drill.checklist_faults import ON_AWS
from local_cloud.drill.checklist_steps import CLEAN_UP, FINDING, PREPARING, VERIFYING, WATCHING, Instruction
from local_cloud.drill.faults import FAULTS

__all__ = ["checklist"]

_HEAD = """\
The failover drill on a real account, for the stacks that `cdk deploy --all` makes with two Regions, a domain and, for
strong consistency, a witness. It needs bash, the AWS CLI v2, curl, dig, jq, zip and uuidgen. Break nothing in an
account whose users have not been told; keep one shell for everything. Nothing of this is run for you.
"""


def checklist(faults: Sequence[str]) -> str:
    """The checklist for some faults, by name."""
    lines = [_HEAD]
    for number, instruction in enumerate(_instructions(faults), start=1):
        lines.append(f"{number}. {instruction.title}\n")
        if instruction.note:
            lines.append(textwrap.indent(textwrap.fill(instruction.note, 110), "   ") + "\n")
        if instruction.commands:
            lines.append(textwrap.indent(instruction.commands.strip("\n"), "      ") + "\n")
    return "\n".join(lines)


def _instructions(faults: Sequence[str]) -> Iterator[Instruction]:
    yield from (*FINDING, *PREPARING)
    for name in faults:
        fault, on_aws = FAULTS[name], ON_AWS[name]
        seen = f"Users of the local drill see: {fault.seen}. {on_aws.differs}".strip()
        yield Instruction(
            title=f"{name}: break the primary ({fault.title})", note=seen, commands=on_aws.break_
        )
        yield WATCHING[name] if name in WATCHING else WATCHING["usual"]
        yield Instruction(title=f"{name}: mend the primary", commands=on_aws.mend)
        yield Instruction(
            title=f"{name}: wait until the log of step {len(FINDING) + len(PREPARING)} shows the primary again, "
            "and until its alarms are silent"
        )
    yield from (*VERIFYING, *CLEAN_UP)
