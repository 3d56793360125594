import re
from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import Node, Reading, StackReading
from constructs_lib.review.reading.functions import functions_of
from constructs_lib.review.rule import Found, rule

__all__ = ["filter_of_platform_text"]

_PLATFORM: Final = re.compile(r"\$\.(?:type\s*=\s*\"?platform|record\.)")


@rule(
    severity=Severity.WARNING,
    remedy="Set LoggingConfig.LogFormat of the function to JSON.",
    source="https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html",
)
def filter_of_platform_text(stack: StackReading) -> Iterator[Found]:
    """A metric filter looks for fields of Lambda's JSON logs, and the function logs text."""
    texts = stack.whole.once("log groups of functions that log text", _text_groups)
    for node in stack.of_type("AWS::Logs::MetricFilter"):
        pattern = node.text("FilterPattern") or ""
        group = node.target("LogGroupName", types=("AWS::Logs::LogGroup",))
        if group in texts and _PLATFORM.search(pattern):
            yield Found(
                node=node, message=f"{node.path} looks for {pattern}, and {texts[group].path} logs text."
            )


def _text_groups(whole: Reading) -> dict[Node | None, Node]:
    return {
        function.log_group: function.node
        for function in functions_of(whole)
        if function.log_group and function.node.text("LoggingConfig", "LogFormat", default="Text") == "Text"
    }
