"""``python -m constructs_lib.toolkit``: copy the handler toolkit to where a handler's code lies."""

import sys

from constructs_lib.toolkit.vendoring import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
