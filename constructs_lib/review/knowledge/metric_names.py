"""Which metric a name is meant for."""

import re
from difflib import get_close_matches
from functools import cache
from typing import Final

from constructs_lib.review.knowledge.metrics import CATALOGUE

__all__ = ["meant_by"]

_ALIKE: Final = 0.93
"""How alike names are that are one name with a slip; metrics that differ on purpose are less so."""

_LONGEST: Final = 255


@cache
def meant_by(namespace: str, name: str) -> str | None:
    """The metric that `name` is a slip of: other case, a plural too many, a letter or two; None where there is none.

    Of services of which not all metrics are known, case alone counts.
    """
    service = CATALOGUE[namespace]
    for each in service.metrics:
        if each.lower() == name.lower() or (service.complete and _plain(each) == _plain(name)):
            return each
    if not service.complete or len(name) > _LONGEST:
        return None
    close = get_close_matches(name, service.metrics, n=1, cutoff=_ALIKE)
    return close[0] if close else None


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower()).removesuffix("s")
