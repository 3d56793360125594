"""The commands and their arguments."""

import argparse
from collections.abc import Sequence

__all__ = ["main"]


def main(arguments: Sequence[str]) -> int:
    """Do what `arguments` say; the exit code tells whether it succeeded."""
    parser = argparse.ArgumentParser(prog="python -m constructs_lib.backup", description=__doc__)
    parser.parse_args(arguments)
    return 0
