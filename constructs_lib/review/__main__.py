"""``python -m constructs_lib.review``: what a template promises, and what it cannot keep."""

import sys

from constructs_lib.review.command import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
