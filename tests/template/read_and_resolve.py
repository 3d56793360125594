"""``python read_and_resolve.py PATH`` reads templates, resolves all in them, and prints what it took."""

import json
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from constructs_lib.template import TemplateError, linked_values, read_assembly


def told(call: Callable[..., Any], *given: Any) -> Any:
    """What a call gives, None where it ends in the error that it may end in."""
    with suppress(TemplateError):
        return call(*given)
    return None


def resolved(path: str) -> int:
    """Read and resolve everything, and keep it; how many resources there are."""
    assembly = read_assembly(path)
    kept = []
    for undecided in ("then", "unknown"):
        found = linked_values(assembly, undecided=undecided)
        for template in assembly.templates:
            values = found[template.key]
            kept = [
                (told(values.made, each), told(values.plain, each.properties))
                for each in template.resources.values()
            ]
            told(values.plain, template.section("Outputs"))
    return len(kept)


if __name__ == "__main__":
    started = time.process_time()
    error, resources = "", 0
    try:
        resources = resolved(sys.argv[1])
    except TemplateError as raised:
        error = str(raised)
    taken = {"seconds": time.process_time() - started, "error": error, "resources": resources}
    # Not ru_maxrss: that of a child begins with its parent's.
    peak = next(
        each for each in Path("/proc/self/status").read_text().splitlines() if each.startswith("VmHWM")
    )
    taken["megabytes"] = int(peak.split()[1]) / 1_024
    print(json.dumps(taken))  # noqa: T201 - what it is for
