"""Names and versions of distributions, as packaging tools compare them."""

import re

__all__ = ["exact_version", "normal_name"]

_PINNED = re.compile(r"([\w.-]+) ?(?:\[[^]]*\])? ?===? ?([^ ;,*]+) ?(?:;.*)?")


def normal_name(requirement: str) -> str:
    """The name of the distribution that `requirement` asks for.

    https://packaging.python.org/en/latest/specifications/name-normalization/
    """
    return re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", requirement, maxsplit=1)[0]).lower()


def exact_version(requirement: str) -> str:
    """`Name[extra] == 1.0 ; marker` as "name==1.0", and what names no exact version as it stands."""
    pinned = _PINNED.fullmatch(requirement)
    return f"{normal_name(pinned[1])}=={pinned[2]}" if pinned else requirement
