"""Print, as JSON, every text that the pages take from the code: name to Markdown."""

import json
import sys

from docs._ext import api, costs, failures, tables


def main() -> None:
    """Make all texts."""
    json.dump({**api.texts(), **tables.texts(), **costs.texts(), **failures.texts()}, sys.stdout)


if __name__ == "__main__":
    main()
