"""`python -m local_cloud [--port P]`: run the local cloud in the foreground until SIGINT or SIGTERM."""

import argparse
import sys
import tempfile
from pathlib import Path

from local_cloud.process import prepare_environment, serve
from local_cloud.server import free_port


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m local_cloud", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; a free one is taken when left out")
    port = parser.parse_args().port or free_port()
    with tempfile.TemporaryDirectory(prefix="local-cloud-", ignore_cleanup_errors=True) as directory:
        prepare_environment(port, Path(directory))
        return serve(port)


if __name__ == "__main__":
    sys.exit(main())
