"""All traps, synthesized together: each in a stage of its own, so that none sees another."""

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aws_cdk as cdk

from tests.review.traps.trap import TRAPS, Trap

__all__ = ["STRICT", "Built", "built", "every_trap"]

_MODULES: Final = ("delivery_traps", "alarm_traps", "failover_traps", "function_traps", "queue_traps")
STRICT: Final = "@aws-cdk/core:validateAgainstDefaultRules"
"""Makes what CDK's own validator finds errors."""
_WHERE: Final = cdk.Environment(account="111111111111", region="eu-west-1")


def every_trap() -> tuple[Trap, ...]:
    """The traps of all modules."""
    for name in _MODULES:
        importlib.import_module(f"tests.review.traps.{name}")
    return tuple(TRAPS)


@dataclass(frozen=True)
class Built:
    """The app with all traps.

    Attributes:
        app: the app, not yet synthesized.
    """

    app: cdk.App

    def assembly(self, stage: str) -> Path:
        """The folder of a stage's assembly, once the app is synthesized."""
        return Path(self.app.outdir, f"assembly-{stage}")


def built(outdir: Path) -> Built:
    """Build every trap and its twin."""
    found = Built(cdk.App(outdir=str(outdir), context={STRICT: True}))
    for trap in every_trap():
        for name, broken in ((trap.broken, True), (trap.fixed, False)):
            stage = cdk.Stage(found.app, name, env=_WHERE)
            trap.build(cdk.Stack(stage, "Stack"), broken=broken)
    return found
