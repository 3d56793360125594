"""Print, as JSON, every text that the pages take from the code: name to Markdown."""

import json
import sys

from docs._ext import (
    alarm_tables,
    api,
    backup_costs,
    costs,
    dashboard_tables,
    failures,
    own_alarms,
    review_tables,
    source_costs,
    tables,
    two_regions,
    watch_tables,
)


def main() -> None:
    """Make all texts."""
    rooms = (
        api,
        tables,
        alarm_tables,
        dashboard_tables,
        costs,
        backup_costs,
        failures,
        own_alarms,
        review_tables,
        source_costs,
        watch_tables,
        two_regions,
    )
    json.dump({name: text for room in rooms for name, text in room.texts().items()}, sys.stdout)


if __name__ == "__main__":
    main()
