"""The settings of the app, read once from context and environment into one frozen value."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import aws_cdk as cdk

__all__ = ["LOCAL_STAGE", "PRODUCTION_STAGE", "Config", "SettingError"]

LOCAL_STAGE = "local"
PRODUCTION_STAGE = "prod"

_KEYS = ("stage", "regions", "domain", "hosted_zone_id", "witness_region", "alarm_email")
_STAGE = re.compile(r"[a-z][a-z0-9]{0,15}")
_REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d")
_DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
_ZONE = re.compile(r"Z[A-Z0-9]{1,31}")
_MOST_REGIONS = 2
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class SettingError(ValueError):
    """A setting that is missing or wrong; the message names its key."""

    def __init__(self, key: str, problem: str, remedy: str | None = None) -> None:
        """Say what is wrong with the setting `key`, and what to do; left out, where it is set."""
        usual = f"Set it in cdk.json, or with: cdk --context {key}=..."
        super().__init__(f'context "{key}": {problem} {remedy or usual}')


@dataclass(frozen=True, kw_only=True)
class Config:
    """What the app builds, and where.

    Attributes:
        stage: part of every stack's name. ``local`` builds for this machine, ``prod`` keeps its data.
        environments: account and Region of each stack: one, or the primary's and the standby's.
        domain: the hosted zone under which the API gets a name of its own; None without. Two Regions need one, and the
            name fails over from the one to the other.
        hosted_zone_id: the id of that zone; None to look it up in the account.
        witness_region: where the third copy of what makes writes strongly consistent across two Regions is; None for
            tables that are replicated eventually.
        alarm_email: who is told about alarms; None for nobody yet.
    """

    stage: str
    environments: tuple[cdk.Environment, ...]
    domain: str | None = None
    hosted_zone_id: str | None = None
    witness_region: str | None = None
    alarm_email: str | None = None

    @property
    def local(self) -> bool:
        """Whether functions will run on this machine rather than in Lambda."""
        return self.stage == LOCAL_STAGE

    @property
    def removal_policy(self) -> cdk.RemovalPolicy:
        """What becomes of data when its stack is deleted."""
        return cdk.RemovalPolicy.RETAIN if self.keeps_data else cdk.RemovalPolicy.DESTROY

    @property
    def keeps_data(self) -> bool:
        """Whether data outlives its stack, and is backed up."""
        return self.stage == PRODUCTION_STAGE

    @classmethod
    def read(
        cls, context: Callable[[str], object], environment: Mapping[str, str], keys: Iterable[str] = ()
    ) -> "Config":
        """The settings in `context`, completed by what the CDK CLI says of the account and Region.

        Args:
            context: looks up one key, such as ``app.node.try_get_context``.
            environment: variables, such as ``os.environ``.
            keys: all keys of the context, to find one that is misspelt.

        Raises:
            SettingError: a setting is missing or wrong.
        """
        for key in keys:
            if key not in _KEYS and (meant := get_close_matches(key.lower(), _KEYS, n=1, cutoff=0.75)):
                raise SettingError(key, "there is no such setting.", f"Did you mean {meant[0]}?")
        stage = _text(context, "stage", _STAGE, "lower-case letters and digits, such as dev or prod")
        if stage is None:
            raise SettingError("stage", "it is missing.")
        domain = _text(context, "domain", _DOMAIN, "a hosted zone's name, such as example.com")
        account = environment.get("CDK_DEFAULT_ACCOUNT")
        regions = _regions(context("regions")) or (environment.get("CDK_DEFAULT_REGION"),)
        if domain is not None and None in (account, *regions):
            raise SettingError(
                "domain",
                "it needs a known account and Region, to look up the hosted zone.",
                "Sign in to AWS first, or leave it out.",
            )
        witness = _text(context, "witness_region", _REGION, "a Region, such as eu-west-3")
        _check_two_regions(regions, domain, witness)
        return cls(
            stage=stage,
            environments=tuple(cdk.Environment(account=account, region=region) for region in regions),
            domain=domain,
            hosted_zone_id=_text(
                context, "hosted_zone_id", _ZONE, "a hosted zone's id, such as Z0123456789ABC"
            ),
            witness_region=witness,
            alarm_email=_text(context, "alarm_email", _EMAIL, "an e-mail address"),
        )


def _check_two_regions(regions: Sequence[str | None], domain: str | None, witness: str | None) -> None:
    if len(regions) > _MOST_REGIONS:
        raise SettingError(
            "regions", f"{', '.join(map(str, regions))} are more than a primary and a standby."
        )
    if len(regions) == _MOST_REGIONS and domain is None:
        raise SettingError(
            "domain", "two Regions need a name that fails over from the one to the other, and it is missing."
        )
    if witness is not None and (len(regions) < _MOST_REGIONS or witness in regions):
        raise SettingError(
            "witness_region",
            f"{witness} is no third Region beside {' and '.join(filter(None, regions)) or 'two'}.",
        )


def _text(context: Callable[[str], object], key: str, pattern: re.Pattern[str], expected: str) -> str | None:
    value = context(key)
    if value is None or value == "":
        return None
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise SettingError(key, f"{value!r} is not {expected}.")
    return value


def _regions(value: object) -> tuple[str, ...]:
    # A list in cdk.json; on the command line a string, since --context knows nothing else.
    given = [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value
    if given is None:
        return ()
    if not isinstance(given, list) or not all(
        isinstance(name, str) and _REGION.fullmatch(name) for name in given
    ):
        raise SettingError("regions", f"{value!r} is not a list of Regions, such as us-east-1,us-west-2.")
    if len(set(given)) != len(given):
        raise SettingError("regions", f"{value!r} names a Region twice.")
    return tuple(given)
