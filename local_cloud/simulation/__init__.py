"""Failover over thousands of random schedules of faults, on a virtual clock: `python -m local_cloud.simulation`.

What decides is the real code: the health checks and records of this local cloud, the evaluation of alarms, and the
controller's handler. What they look at, faults, probes, clients, is made up here. `faults` draws a schedule,
`conditions` says what holds when, `setups` what is simulated and its worst case, `world` runs it, `invariants` judges
the outcome, `report` adds outcomes up.
"""

import sys
from pathlib import Path

_HANDLER = str(Path(__file__).resolve().parents[2] / "lambda_src" / "failover_controller")
if _HANDLER not in sys.path:
    # The handler is a package of its own, deployed alone: nothing installs it here.
    sys.path.append(_HANDLER)
