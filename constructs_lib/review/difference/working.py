"""Runtimes, deployments and schedules: what is not one setting of which one value is safer."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from constructs_lib.review.difference.matching import Comparison, Pair
from constructs_lib.review.difference.words import Told, duration, readable
from constructs_lib.review.knowledge.runtimes import RUNTIMES
from constructs_lib.review.knowledge.schedule_expressions import interval_of
from constructs_lib.review.reading import Node
from constructs_lib.review.reading.data import at, is_known, items_of

__all__ = ["working_changes"]

_FUNCTION: Final = "AWS::Lambda::Function"
_ALIAS: Final = "AWS::Lambda::Alias"
_GROUP: Final = "AWS::CodeDeploy::DeploymentGroup"
_AT_ONCE: Final = "AllAtOnce"
_PLAN: Final = "AWS::Backup::BackupPlan"
_UPDATE: Final = ("UpdatePolicy", "CodeDeployLambdaAliasUpdate")


def working_changes(comparison: Comparison) -> Iterator[Told]:
    """What changed of runtimes, deployments and schedules."""
    for pair in comparison.of_type(_FUNCTION):
        yield from _runtime(pair)
    for pair in comparison.of_type(_ALIAS):
        yield from _alias(pair)
    for pair in comparison.of_type(_GROUP):
        yield from _group(pair)
    for pair in comparison.of_type("AWS::Scheduler::Schedule", "AWS::Events::Rule"):
        yield from _schedule(
            pair.new,
            pair.old.value("ScheduleExpression"),
            pair.new.value("ScheduleExpression"),
            pair.new.path,
        )
        yield from _pattern(comparison, pair)
    for pair in comparison.of_type(_PLAN):
        yield from _backups(pair)


def _runtime(pair: Pair) -> Iterator[Told]:
    before, after = pair.old.text("Runtime"), pair.new.text("Runtime")
    if before is None or after is None or before == after:
        return
    ends = [_end(each) for each in (before, after)]
    kind = "runtime-changed"
    if _family(before) == _family(after) and ends[0] != ends[1]:
        kind = "runtime-older" if ends[1] < ends[0] else "runtime-newer"
    shown = "" if ends[1] == date.max else f"; AWS supports it until {ends[1]}"
    yield Told(
        kind=kind, node=pair.new, message=f"{pair.new.path} runs on {after} now; before, on {before}{shown}."
    )


def _end(runtime: str) -> date:
    known = RUNTIMES.get(runtime)
    return known.deprecated if known and known.deprecated else date.max


def _family(runtime: str) -> str:
    return re.split(r"[\d.]", runtime, maxsplit=1)[0]


def _alias(pair: Pair) -> Iterator[Told]:
    before, after = (_shifts(each) for each in (pair.old, pair.new))
    if before is None or after is None or before == after:
        return
    what = (
        "new versions get all traffic at once"
        if before
        else "new versions get their traffic by a deployment group"
    )
    yield Told(
        kind="deployment-at-once" if before else "deployment-gradual",
        node=pair.new,
        message=f"{pair.new.path}: {what} now; before, {'by a deployment group' if before else 'at once'}.",
    )


def _shifts(alias: Node) -> bool | None:
    written = at(alias.resource.declared, *_UPDATE)
    return None if isinstance(written, str) else written is not None


def _group(pair: Pair) -> Iterator[Told]:
    before, after = (each.value("DeploymentConfigName") for each in (pair.old, pair.new))
    if before == after or not isinstance(before, str) or not isinstance(after, str):
        return
    gradual = [_AT_ONCE not in each for each in (before, after)]
    if gradual[0] == gradual[1] or not is_known([before, after]):
        return
    yield Told(
        kind="deployment-gradual" if gradual[1] else "deployment-at-once",
        node=pair.new,
        message=f"{pair.new.path} deploys by {readable(pair.new.stack, after)} now; before, by "
        f"{readable(pair.old.stack, before)}.",
    )


def _schedule(node: Node, before: object, after: object, path: str) -> Iterator[Told]:
    if not isinstance(before, str) or not isinstance(after, str) or not is_known([before, after]):
        return
    if re.sub(r"\s", "", before) == re.sub(r"\s", "", after):
        return
    old, new = interval_of(before), interval_of(after)
    if old is None or new is None or (old == new and "cron" in f"{before} {after}".lower()):
        yield Told(
            kind="schedule-changed", node=node, message=f"{path} runs at {after} now; before, at {before}."
        )
    elif old != new:
        yield Told(
            kind="schedule-slower" if new > old else "schedule-faster",
            node=node,
            message=f"{path} runs every {duration(new)} now; before, every {duration(old)}.",
        )


def _pattern(comparison: Comparison, pair: Pair) -> Iterator[Told]:
    if (
        pair.old.has("EventPattern")
        and pair.new.has("EventPattern")
        and not comparison.same(pair, "EventPattern")
    ):
        if "${Fn::If}" in (pair.old.value("EventPattern"), pair.new.value("EventPattern")):
            return
        new, old = (readable(each.stack, each.value("EventPattern")) for each in (pair.new, pair.old))
        yield Told(
            kind="schedule-changed",
            node=pair.new,
            message=f"{pair.new.path} matches {new} now; before, {old}.",
        )


def _backups(pair: Pair) -> Iterator[Told]:
    before, after = (
        {
            str(at(each, "RuleName")): at(each, "ScheduleExpression")
            for each in items_of(node.value("BackupPlan", "BackupPlanRule"))
        }
        for node in (pair.old, pair.new)
    )
    for name in before.keys() & after.keys():
        yield from _schedule(pair.new, before[name], after[name], f"{pair.new.path} ({name})")
