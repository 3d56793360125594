from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.alarms import find_alarm
from constructs_lib.review.rule import Found, rule

__all__ = ["mute_rule_without_alarm"]


@rule(
    severity=Severity.WARNING,
    remedy="Name alarms in MuteTargets.AlarmNames, by reference where the template makes them.",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MuteTargets.html",
)
def mute_rule_without_alarm(stack: StackReading) -> Iterator[Found]:
    """A mute rule names no alarm that is there: it keeps nothing quiet."""
    for each in stack.of_type("AWS::CloudWatch::AlarmMuteRule"):
        names = each.items("MuteTargets", "AlarmNames")
        wrong = [name for name in names if _is_other(stack, name)]
        if not names or wrong:
            named = f"names {', '.join(wrong)}, which is no alarm's name" if wrong else "names no alarm"
            yield Found(node=each, message=f"{each.path} {named}.")


def _is_other(stack: StackReading, name: object) -> bool:
    """Whether a name is an ARN, or of something that is no alarm; a name of an alarm elsewhere may be right."""
    if not isinstance(name, str) or find_alarm(stack, name):
        return isinstance(name, str) and (":alarm:" in name or name.endswith(".Arn}"))
    return stack.find(name) is not None
