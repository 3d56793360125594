"""``python -m benchmarks.pipeline_runs MESSAGE``: process one file as Lambda would; prints its time and peak memory.

Time is the processor's, in seconds: what else this machine does makes no file slower, and none too slow for Lambda.
"""

import contextlib
import io
import json
import sys
import time
from pathlib import Path

_SECONDS = 900
"""https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""


class _Context:
    function_name = "process_file"
    memory_limit_in_mb = 1769
    invoked_function_arn = "arn:aws:lambda:us-east-1:000000000000:function:process_file:live"
    aws_request_id = "benchmark"
    tenant_id = None

    def __init__(self) -> None:
        self._end = time.process_time() + _SECONDS

    def get_remaining_time_in_millis(self) -> int:
        return int(1000 * (self._end - time.process_time()))


def main(message: str) -> None:
    """Handle `message`; what the handler logs is left out."""
    began = time.process_time()
    with contextlib.redirect_stdout(io.StringIO()) as logged:
        from process_file.handler import handler  # noqa: PLC0415 - its import is part of what is measured

        record = {
            "messageId": "1",
            "body": message,
            "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:::files",
        }
        answer = handler({"Records": [record]}, _Context())
    if answer != {"batchItemFailures": []}:
        sys.exit(logged.getvalue())
    status = Path("/proc/self/status").read_text()
    peak = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
    sys.stdout.write(json.dumps({"seconds": time.process_time() - began, "peak": int(peak) * 1024}))


if __name__ == "__main__":
    main(sys.argv[1])
