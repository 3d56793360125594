"""``python -m constructs_lib.replay``: which alarms would have rung, when, and who would have been told."""

import sys

from constructs_lib.replay.command import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
