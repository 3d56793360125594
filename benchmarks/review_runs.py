"""Reviews templates in this process, or lets cfn-lint look at them, and prints how long that took as JSON.

``python -m benchmarks.review_runs review|cfn-lint PATH...``
"""

import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

__all__ = ["main"]


def main(way: str, paths: Sequence[str]) -> dict[str, float]:
    """Seconds for all of `paths`, after one that is not counted: what is loaded once belongs to none of them."""
    look = {"review": _review, "cfn-lint": _lint}[way]()
    look(paths[0])
    start = time.perf_counter()
    for path in paths:
        look(path)
    return {"seconds": time.perf_counter() - start}


def _review() -> Callable[[str], object]:
    from constructs_lib.review import review  # noqa: PLC0415 - only what is measured is loaded

    return review


def _lint() -> Callable[[str], object]:
    from cfnlint.api import lint  # noqa: PLC0415 - only what is measured is loaded
    from cfnlint.config import ManualArgs  # noqa: PLC0415 - likewise

    settings = ManualArgs(regions=["us-east-1"])
    return lambda path: lint(Path(path).read_text(encoding="utf-8"), config=settings)


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], sys.argv[2:])))
