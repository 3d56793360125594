"""The drill in short, on a cloud of its own: the primary's Region is unreachable, with strong consistency."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.timeout(1200)  # twice what the drill itself waits for at most
@pytest.mark.usefixtures("both_cores")
def test_users_are_served_by_the_standby_in_time_and_no_order_is_lost_or_duplicated(tmp_path: Path) -> None:
    figures, chart = tmp_path / "figures.json", tmp_path / "drill.svg"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    options = [
        "--fault=unreachable",
        "--consistency=strong",
        "--speed=6",
        "--clients=4",
        f"--json={figures}",
        f"--svg={chart}",
    ]
    said = tmp_path / "said.txt"
    with said.open("w") as log:
        done = subprocess.run(
            [sys.executable, "-m", "local_cloud.drill", *options],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            check=False,
            timeout=900,
        )
    printed = said.read_text()
    assert done.returncode == 0, printed

    assert len(re.findall("✓ unreachable:", printed)) == 7
    assert "✗" not in printed
    (drilled,) = json.loads(figures.read_text())["drills"]
    (run,) = drilled["runs"]
    assert run["figures"]["failover_seconds"] < run["figures"]["worst_case"] < 50
    assert set(run["figures"]["by_region"]) == {"eu-west-1", "eu-central-1"}
    assert run["figures"]["signed_again"] > 0
    assert any(each["alarm"].count("StandbyServes") for each in run["figures"]["told"])
    assert drilled["evidence"]["acknowledged"] > 25
    assert drilled["evidence"]["lost"] == drilled["evidence"]["ordered_twice"] == []
    assert "people told" in chart.read_text()
