"""``python -m constructs_lib.backup``: list, restore and verify backups."""

import sys

from constructs_lib.backup.command.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
