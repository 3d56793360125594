"""``python -m benchmarks.handler_runs MODULE`` imports a handler; prints which modules and clients it brought along."""

import importlib
import json
import sys
from unittest.mock import patch

from botocore.session import Session


def main(module: str) -> dict[str, list[str]]:
    """The modules that are there after importing `module`, in order, and the services whose clients it made."""
    with patch.object(Session, "create_client", autospec=True, side_effect=Session.create_client) as create:
        importlib.import_module(module)
    services = [call.args[1] for call in create.call_args_list]
    return {"modules": list(sys.modules), "clients": list(dict.fromkeys(services))}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1])))
