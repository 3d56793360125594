import re
from collections.abc import Iterator, Mapping

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import text_of
from constructs_lib.review.rule import Found, rule

__all__ = ["secret_in_environment"]

_NAME = re.compile(
    r"(?:^|_)(?:PASSWORD|PASSWD|PWD|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY|CREDENTIALS?)$",
    re.IGNORECASE,
)
_VALUE = re.compile(r"(?:AKIA|ASIA)[A-Z0-9]{16}|-----BEGIN [A-Z ]*PRIVATE KEY-----")
_REFERENCE = re.compile(r"^(?:arn:|/|https?://|alias/|\d+$|true$|false$)", re.IGNORECASE)


@rule(
    severity=Severity.WARNING,
    remedy="Keep it in Secrets Manager or as a SecureString in Parameter Store, give the function its name, and let "
    "the code read it (Powertools: parameters.get_secret).",
    source="https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html",
)
def secret_in_environment(stack: StackReading) -> Iterator[Found]:
    """A function's environment has what looks like a secret, and everybody who sees the template sees it."""
    for node in stack.of_type("AWS::Lambda::Function"):
        variables = node.value("Environment", "Variables")
        for name, written in variables.items() if isinstance(variables, Mapping) else ():
            value = text_of(written) or ""
            named = _NAME.search(str(name)) and value and not _REFERENCE.match(value)
            if named or _VALUE.search(value):
                yield Found(
                    node=node, message=f"{node.path} has the environment variable {name} in plain text."
                )
