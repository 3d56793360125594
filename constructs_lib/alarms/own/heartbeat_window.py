"""For how long work that is done regularly may be missing."""

import aws_cdk as cdk

from constructs_lib.checks import Check, is_token

__all__ = ["window_of"]

_DAY = 86_400
_EVER = 10_000 * _DAY


def window_of(
    check: Check,
    every: cdk.Duration,
    allowance: cdk.Duration | None,
    *,
    finest: int,
    smallest_allowance: int,
    default_allowance: int,
    longest: int,
    remedy: str,
    names: tuple[str, str] = ("every", "allowance"),
) -> int:
    """The seconds after which somebody has to know.

    Args:
        check: fails on behalf of the heartbeat.
        every: how often the work is done.
        allowance: how late it may be. Left out: a tenth of `every`, or `default_allowance` where that is more.
        finest: the fewest seconds that can be told apart.
        smallest_allowance: the fewest seconds that can be given.
        default_allowance: the fewest seconds where none are given.
        longest: the longest window.
        remedy: what to do where that is passed.
        names: what `every` and `allowance` are called in a message.
    """
    check.instance(names[0], every, cdk.Duration)
    for name, value in zip(names, (every, allowance), strict=True):
        check.require(
            not is_token(value),
            f"{name} is known only at deployment.",
            remedy="The alarm's window is made of it: give a fixed one.",
        )
    check.duration(names[0], every, finest, _EVER)
    check.duration(names[1], allowance, smallest_allowance, _EVER)
    seconds = int(every.to_seconds())
    late = max(default_allowance, seconds // 10) if allowance is None else int(allowance.to_seconds())
    check.require(
        seconds + late <= longest,
        f"{' and '.join(names)} make {(seconds + late) / _DAY:.4g} days.",
        remedy=remedy,
    )
    return seconds + late
