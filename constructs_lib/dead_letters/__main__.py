"""``python -m constructs_lib.dead_letters``: inspect, re-drive and purge dead letters."""

import sys

if __name__ == "__main__":
    try:
        from constructs_lib.dead_letters.command.cli import main
    except ModuleNotFoundError as missing:
        name = str(missing.name).partition(".")[0]
        if name not in ("boto3", "botocore", "rich"):
            raise
        sys.exit(f"{name} is not installed: pip install 'constructs-lib[operations]'")
    sys.exit(main(sys.argv[1:]))
