"""The one error class of this library, checks that leave CDK tokens alone, and scoped acknowledgements."""

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import Enum
from typing import Literal, NoReturn

import aws_cdk as cdk
from constructs import Construct, IConstruct

__all__ = ["Check", "ConfigurationError", "acknowledge", "is_token"]

# Encoded number tokens are huge negative floats, strings carry a marker, lists are one marker alone.
# https://docs.aws.amazon.com/cdk/v2/guide/tokens.html
_STRING_MARKER = "${Token["
_LIST_MARKER = "#{Token["
_LARGEST_NUMBER_TOKEN = -1e280
_LONGEST_SHOWN = 120
_FEW_MEMBERS = 3


class ConfigurationError(ValueError):
    """An argument that cannot work, found before anything is built.

    The message starts with the construct path, says what was wrong, with the value, and what to do.
    """


def is_token(value: object) -> bool:
    """Whether `value` is known only at deployment, so that nothing can be said about it now.

    Plain values are recognised without a call into jsii; what looks like a token is left to CDK to decide.
    """
    match value:
        case bool() | None:
            return False
        case int() | float():
            suspect = -math.inf < value < _LARGEST_NUMBER_TOKEN
        case str():
            suspect = _STRING_MARKER in value
        case [str(item)] if item.startswith(_LIST_MARKER):
            return cdk.Token.is_unresolved([item])
        case list() | tuple():
            return any(is_token(item) for item in value)
        case cdk.Duration() | cdk.Size():
            return value.is_unresolved()
        case _:
            suspect = True
    return suspect and cdk.Token.is_unresolved(value)


def _choice(kind: type) -> str:
    """What to give of `kind`: the members of a small enumeration, else its name."""
    members = list(kind) if issubclass(kind, Enum) else []
    if not 0 < len(members) <= _FEW_MEMBERS:
        return kind.__name__
    return " or ".join(f"{kind.__name__}.{member.name}" for member in members)


class Check:
    """Checks the arguments of one construct; every failure names the construct's path first."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        """Check on behalf of the construct that will be `construct_id` in `scope`."""
        self._scope = scope
        self._construct_id = construct_id

    @property
    def scope(self) -> Construct:
        """What the construct is made in."""
        return self._scope

    def fail(self, problem: str, *, remedy: str, cause: Exception | None = None) -> NoReturn:
        """Raise `ConfigurationError`: the construct path, `problem`, then `remedy`."""
        path = "/".join(part for part in (self._scope.node.path, self._construct_id) if part)
        raise ConfigurationError(f"{path}: {problem} {remedy}") from cause

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """Remove the construct from the tree again if building it fails; CDK's errors become this library's."""
        try:
            yield
        except ConfigurationError:
            self._scope.node.try_remove_child(self._construct_id)
            raise
        except RuntimeError as error:  # CDK's way to refuse an argument
            if f"already a Construct with name '{self._construct_id}'" not in str(
                error
            ):  # it is another one's
                self._scope.node.try_remove_child(self._construct_id)
            self.fail(
                f"CDK refuses it: {str(error).rstrip('.')}.",
                remedy="Change the argument that it names.",
                cause=error,
            )

    def require(self, condition: bool, problem: str, *, remedy: str) -> None:  # noqa: FBT001 - an assertion
        """Fail with `problem` and `remedy` unless `condition` holds."""
        if not condition:
            self.fail(problem, remedy=remedy)

    @staticmethod
    def shown(value: object) -> str:
        """`value` for a message: a construct by its path, anything that is long by its beginning."""
        if isinstance(value, Construct):
            return f"the {type(value).__name__} {value.node.path}"
        text = repr(value)
        return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."

    def instance(self, name: str, value: object, *kinds: type | None) -> None:
        """Fail unless `value` is an instance of one of `kinds`, among which None stands for itself."""
        types = tuple(kind for kind in kinds if kind is not None)
        if not isinstance(value, types) and not (value is None and None in kinds):
            wanted = " or ".join("None" if kind is None else _choice(kind) for kind in kinds)
            self.fail(f"{name} is {self.shown(value)}.", remedy=f"Give {wanted}.")

    def offers(self, name: str, value: object, member: str, *, remedy: str) -> None:
        """Fail unless `value` is None or has `member`, by which CDK's interfaces are known."""
        # The type is asked first: of an object of CDK, the member itself is a call into Node.
        if value is not None and not hasattr(type(value), member) and not hasattr(value, member):
            self.fail(f"{name} is {self.shown(value)}.", remedy=remedy)

    def within(
        self, name: str, value: float | None, low: float, high: float, *, unit: str = "", whole: bool = True
    ) -> None:
        """Fail unless `value` lies in `low`..`high`; None and tokens pass.

        Args:
            name: the argument's name, for the message.
            value: what was given.
            low: the smallest value allowed.
            high: the largest value allowed.
            unit: what the numbers count, for the message.
            whole: also refuse fractions.
        """
        if value is None or is_token(value):
            return
        kind = "a whole number" if whole else "a number"
        remedy = f"Give {kind} from {low:,} to {high:,}{unit and ' ' + unit}."
        numeric = isinstance(value, int | float) and not isinstance(value, bool)
        if not numeric or not low <= value <= high or (whole and value != int(value)):
            self.fail(f"{name} is {value!r}.", remedy=remedy)

    def duration(
        self,
        name: str,
        value: cdk.Duration | None,
        low: int,
        high: int,
        *,
        unit: Literal["seconds", "minutes"] = "seconds",
    ) -> None:
        """Fail unless the Duration `value` lies in `low`..`high` whole `unit`; None and tokens of it pass."""
        if value is None:
            return
        self.require(
            isinstance(value, cdk.Duration),
            f"{name} is {value!r}.",
            remedy=f"Give a duration, such as aws_cdk.Duration.{unit}({high}).",
        )
        convert = value.to_minutes if unit == "minutes" else value.to_seconds
        try:
            amount = convert(integral=False)
        except RuntimeError:  # CDK's way to say so
            self.fail(
                f"{name} is a token in another unit than {unit}, and only a number can be converted.",
                remedy=f"Give it as aws_cdk.Duration.{unit}(...).",
            )
        self.within(name, amount, low, high, unit=unit)


def acknowledge(construct: IConstruct, reasons: Mapping[str, str]) -> None:
    """Tell CDK's validation that findings on `construct`, and nothing else, are known and why they are right.

    Args:
        construct: the construct that the findings are about; its children are covered too.
        reasons: the finding's id as the validation report prints it, to the reason.
    """
    known = [cdk.Acknowledgment(id=finding, reason=reason) for finding, reason in reasons.items()]
    cdk.Validations.of(construct).acknowledge(*known)
