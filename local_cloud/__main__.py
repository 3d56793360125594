"""`python -m local_cloud [--port P]`: run the local cloud in the foreground until SIGINT or SIGTERM."""

import argparse
import sys
import tempfile
from pathlib import Path

from local_cloud.process import prepare_environment, serve
from local_cloud.server import free_dns_port, free_port, is_taken


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m local_cloud", description=__doc__)
    parser.add_argument(
        "--port", type=int, default=0, help="port on 127.0.0.1; without it a free one is taken"
    )
    parser.add_argument(
        "--dns-port", type=int, default=0, help="port on 127.0.0.1 for DNS; without it a free one is taken"
    )
    parser.add_argument(
        "--directory", type=Path, help="where all files go; removed at the end, as is the default"
    )
    parser.add_argument(
        "--parent", type=int, help="stop when this process, which must be the parent, has ended"
    )
    arguments = parser.parse_args()
    if arguments.directory and arguments.parent is None and any(arguments.directory.glob("*")):
        parser.error(f"{arguments.directory} is not empty, and would be removed at the end")
    if arguments.port and is_taken(arguments.port):
        parser.error(f"port {arguments.port} is taken")
    directory = arguments.directory or Path(tempfile.mkdtemp(prefix="local-cloud-"))
    port = arguments.port or free_port()
    prepare_environment(port, directory)
    return serve(port, directory, arguments.parent, arguments.dns_port or free_dns_port())


if __name__ == "__main__":
    sys.exit(main())
