"""Every alarm of every service, from the tables that the constructs are made of."""

from collections.abc import Iterator, Mapping
from inspect import isclass

from constructs_lib.alarms import AlarmDefinition, AlarmSet, FunctionAlarms, Profile, services
from constructs_lib.alarms.table.definition import Operand
from constructs_lib.resilient_function.protections import ROLLBACK_ALARMS
from docs._ext.costs import PRICES
from docs._ext.pieces import code_block, link, table

__all__ = ["SETS", "price_of", "texts"]

_MINUTE = 60


def _sets() -> Iterator[type[AlarmSet]]:
    yield FunctionAlarms
    for name in services.__all__:
        thing = getattr(services, name)
        if isclass(thing) and issubclass(thing, AlarmSet):
            yield thing


SETS: Mapping[str, type[AlarmSet]] = {each.__name__.removesuffix("Alarms"): each for each in _sets()}
"""Slug to the construct, Lambda first."""


def price_of(row: AlarmDefinition) -> float:
    """US dollars a month: each metric that the alarm reads, and each that is made of log lines."""
    operands = [each for each in row.operands.values() if isinstance(each, Operand)]
    made = sum(filtered is not None for filtered in (row.log_filter, *(each.log_filter for each in operands)))
    return max(len(row.operands), 1) * PRICES["alarm"].usd + made * PRICES["metric"].usd


def _metrics(row: AlarmDefinition) -> str:
    if not row.operands:
        return f"`{row.metric}` {row.statistic}"
    names = dict.fromkeys(
        operand if isinstance(operand, str) else operand.metric for operand in row.operands.values()
    )
    return ", ".join(f"`{name}`" for name in names) + f" {row.statistic}"


def _dimensions(row: AlarmDefinition) -> str:
    given = dict.fromkeys(row.dimensions)
    for operand in row.operands.values():
        if isinstance(operand, Operand):
            given |= dict.fromkeys([*(operand.dimensions or {}), *operand.fixed])
    if row.log_filter is not None or not given:
        return "log lines" if row.log_filter else "none"
    return ", ".join(f"`{name}`" for name in given)


_COMPARED = {
    "GreaterThanOrEqualToThreshold": "",
    "GreaterThanThreshold": "above ",
    "LessThanOrEqualToThreshold": "at most ",
    "LessThanThreshold": "below ",
}


def _threshold(row: AlarmDefinition) -> str:
    if row.share_of is not None:
        value = f"{row.threshold:.0%} {row.unit}"
    else:
        unit = row.unit.removesuffix("s") if row.threshold == 1 else row.unit
        value = f"{row.threshold:,g} {unit}"
    quiet = f", from {row.minimum_traffic} a period on" if row.minimum_traffic else ""
    return f"{_COMPARED[row.comparison_operator]}{value}{quiet}"


def _window(row: AlarmDefinition) -> str:
    unit = "min" if row.period == _MINUTE else f"periods of {row.period // _MINUTE} min"
    return f"{row.datapoints_to_alarm} of {row.evaluation_periods} {unit}"


def _defaults(alarms: type[AlarmSet]) -> str:
    return table(
        ["alarm", "metric", "dimensions", "rings at", "in", "severity", "profile", "a month"],
        [
            [
                f"[`{row.name}`](#{_anchor(alarms, row)})",
                _metrics(row),
                _dimensions(row),
                _threshold(row),
                _window(row),
                row.severity.value,
                row.profile.name.lower(),
                f"${price_of(row):.2f}",
            ]
            for row in alarms.TABLE
        ],
    )


def _anchor(alarms: type[AlarmSet], row: AlarmDefinition) -> str:
    return f"{alarms.__name__}-{row.name.replace('_', '-')}".lower()


def _reasons(alarms: type[AlarmSet]) -> str:
    parts = []
    for row in alarms.TABLE:
        level = "###" if alarms is FunctionAlarms else "####"
        parts += [f"({_anchor(alarms, row)})=", f"{level} {row.name}"]
        # As code: typographic quotes and dashes would break a query that is copied from here.
        parts.append(f"{row.means} Likely cause: {row.cause}")
        parts += ["First:", code_block(row.query)]
        if row.expression:
            parts.append(code_block(row.expression))
        patterns = dict.fromkeys(
            each.log_filter.pattern
            for each in (row, *row.operands.values())
            if not isinstance(each, str) and each.log_filter is not None
        )
        parts += [code_block(pattern) for pattern in patterns]
        facts = [f"Source: {link(row.source)}."]
        if row.treat_missing_data == "ignore":
            facts.append("Missing data keeps the state.")
        if alarms is FunctionAlarms and row.name in ROLLBACK_ALARMS:
            facts.append("Rolls a safe deployment back.")
        if needs := (*row.needs, *([row.share_of] if row.share_of else [])):
            facts.append("Left out without: " + ", ".join(f"`{need}`" for need in needs) + ".")
        parts.append(" ".join(facts))
    return "\n\n".join(parts)


def _profiles() -> str:
    """How many alarms a profile has at most, and what they cost."""
    lines = []
    for slug, alarms in SETS.items():
        cells = []
        for profile in Profile:
            rows = [row for row in alarms.TABLE if row.profile <= profile]
            cost = sum(price_of(row) for row in rows) + (PRICES["composite"].usd if rows else 0)
            cells.append(f"{len(rows)}: ${cost:.2f}")
        lines.append([f"`{slug}Alarms`", *cells])
    return table(["", *(profile.name.lower() for profile in Profile)], lines)


def texts() -> dict[str, str]:
    """A table and the reasons of each service, and what the profiles cost."""
    found = {
        "alarm-profiles": _profiles(),
        "alarm-count": str(sum(len(each.TABLE) for each in SETS.values())),
    }
    for slug, alarms in SETS.items():
        found[f"alarms-{slug}"] = _defaults(alarms)
        found[f"alarm-reasons-{slug}"] = _reasons(alarms)
    return found
