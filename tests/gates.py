"""What every synthesized stack must pass: cdk-nag, CDK's validator and cfn-lint."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from cdk_nag import AwsSolutionsChecks, ServerlessChecks
from cfnlint.api import lint as cfn_lint
from cfnlint.config import ManualArgs

UNSUBSCRIBED = "constructs-lib:alarm-topic-unsubscribed"
"""The one warning that a stack may come with: who listens is the application's to say."""

_IGNORED = {
    "W3005": "CDK adds a DependsOn on the role and its policies to every function; some repeat a GetAtt",
}


@dataclass(frozen=True)
class Finding:
    """One finding of the validation report."""

    severity: str
    rule: str
    constructs: tuple[str, ...]


def nagged(app: cdk.App) -> cdk.App:
    """`app`, with both packs of cdk-nag to be run at synthesis."""
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app), ServerlessChecks(app))
    return app


def findings(app: cdk.App) -> list[Finding]:
    """What cdk-nag, CDK's validator and the annotations say about `app`, except for what is acknowledged."""
    nagged(app)
    try:
        app.synth()
    except RuntimeError as error:
        if "ValidationFailed" not in str(error):
            raise
    return report(app)


def report(app: cdk.App) -> list[Finding]:
    """The findings in the validation report of the synthesized `app`."""
    text = Path(app.outdir, "validation-report.json").read_text()
    return [
        Finding(
            violation["severity"],
            violation["ruleName"],
            tuple(place["constructPath"] for place in violation["violatingConstructs"]),
        )
        for plugin in json.loads(text)["pluginReports"]
        for violation in plugin["violations"]
    ]


@cache
def _settings() -> ManualArgs:
    return ManualArgs(regions=["us-east-1"], ignore_checks=list(_IGNORED))


def lint(template: dict[str, Any]) -> list[str]:
    """What cfn-lint says about `template`."""
    return [
        f"{match.rule.id} {match.message} at {match.path}"
        for match in cfn_lint(json.dumps(template), config=_settings())
    ]
