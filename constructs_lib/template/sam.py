"""Templates of AWS SAM, expanded as CloudFormation does it, by SAM's own library and without AWS.

https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification.html
"""

import copy
import logging
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, Final

from constructs_lib.template.documents import count, line
from constructs_lib.template.model import TemplateError

__all__ = ["Expansion", "expanded"]

_PREFIX: Final = "AWS::Serverless::"
_MOST: Final = 500
"""Resources of a template, as CloudFormation takes them:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"""
_MOST_WORK: Final = 300_000
"""Of 150 routes in one API; SAM's library copies its whole definition for each, which takes it a second or two."""
_ROUTE: Final = 12
"""Values that a route adds to the definition of its API."""
_FILES: Final = {
    "AWS::Serverless::Function": "CodeUri",
    "AWS::Serverless::LayerVersion": "ContentUri",
    "AWS::Serverless::StateMachine": "DefinitionUri",
    "AWS::Serverless::Api": "DefinitionUri",
    "AWS::Serverless::HttpApi": "DefinitionUri",
    "AWS::Serverless::GraphQLApi": "SchemaUri",
}
"""What may name a local file, which ``sam deploy`` uploads before CloudFormation sees it."""
_BUCKET: Final = "s3://uploaded-by-sam-deploy/"
_CODE_WITHOUT_FILE: Final = ("InlineCode", "ImageUri")
_ATTEMPTS: Final = 3


@dataclass(frozen=True, kw_only=True)
class Expansion:
    """What CloudFormation makes of a SAM template.

    Attributes:
        body: the template.
        made_by: logical id of each resource that SAM made, to that of the SAM resource it made it of.
        problems: what was left as it is, a line each.
    """

    body: Mapping[str, Any]
    made_by: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


def expanded(body: Mapping[str, Any], *, region: str | None) -> Expansion:
    """What CloudFormation makes of a SAM template; the template itself where that cannot be found out.

    Args:
        body: the template.
        region: where it is deployed; None where that is known only then.
    """
    written = {name: each for name, each in body["Resources"].items() if _is_sam(each)}
    if len(written) > _MOST:
        return _as_it_is(body, f"it has more than {_MOST} of them")
    if _work(written) > _MOST_WORK:
        return _as_it_is(body, "they have too many events and too large definitions of APIs")
    left = {name: problem for name, each in written.items() if (problem := _not_at_hand(each))}
    for _ in range(_ATTEMPTS):
        kept = {
            name: each
            for name, each in body["Resources"].items()
            if isinstance(each, Mapping) and name not in left
        }
        problems = tuple(
            line(f"the SAM resource {name} is not expanded: {why}") for name, why in left.items()
        )
        if not written.keys() & kept.keys():
            return Expansion(body=body, problems=problems)
        try:
            found = _translated({**body, "Resources": kept}, region)
        except _InvalidError as error:
            if not error.reasons.keys() & kept.keys():
                return _as_it_is(body, str(error))
            left |= {name: why for name, why in error.reasons.items() if name in kept}
            continue
        as_they_are = {name: each for name, each in body["Resources"].items() if name not in kept}
        return Expansion(
            body={**found, "Resources": {**found["Resources"], **as_they_are}},
            made_by=dict(_made_by(found["Resources"], body["Resources"], written.keys() & kept.keys())),
            problems=problems,
        )
    return _as_it_is(body, "too many of them are not as SAM takes them")


def _as_it_is(body: Mapping[str, Any], why: str) -> Expansion:
    return Expansion(body=body, problems=(line(f"its SAM resources are not expanded: {why}"),))


class _InvalidError(TemplateError):
    """A template that SAM refuses.

    Attributes:
        reasons: logical id of each resource that is to blame, to why.
    """

    def __init__(self, problem: str, reasons: Mapping[str, str]) -> None:
        super().__init__(problem)
        self.reasons = reasons


def _is_sam(declared: Any) -> bool:
    return isinstance(declared, Mapping) and str(declared.get("Type")).startswith(_PREFIX)


def _work(written: Mapping[str, Mapping[str, Any]]) -> int:
    """Values that SAM's library copies: of the definitions of all APIs, for each event that adds a route."""
    events = definitions = 0
    for declared in written.values():
        properties = declared.get("Properties")
        given = properties.get("Events") if isinstance(properties, Mapping) else None
        for event in given.values() if isinstance(given, Mapping) else ():
            events += isinstance(event, Mapping) and str(event.get("Type")).endswith("Api")
        if str(declared["Type"]).endswith("Api"):
            definitions += count(properties)
    return events * (definitions + _ROUTE * events)


def _not_at_hand(declared: Mapping[str, Any]) -> str | None:
    """Why a SAM resource cannot be expanded without AWS; None where it can."""
    properties = declared.get("Properties")
    location = properties.get("Location") if isinstance(properties, Mapping) else None
    if declared["Type"] == f"{_PREFIX}Application" and not isinstance(location, str):
        return "its template is in the Serverless Application Repository"
    return None


def _translated(body: Mapping[str, Any], region: str | None) -> Mapping[str, Any]:
    """What SAM's library makes of a template.

    Raises:
        _InvalidError: it refuses it, fails, or is not installed.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # its library warns of how it uses others
            # It takes half a second, which only SAM's templates are to wait for; and it ships no types.
            from samtranslator.model import exceptions  # type: ignore[import-untyped] # noqa: PLC0415 - see above
            from samtranslator.parser.parser import Parser  # type: ignore[import-untyped] # noqa: PLC0415 - see above
            from samtranslator.translator import translator as sam  # type: ignore[import-untyped] # noqa: PLC0415 - see above
    except ImportError as error:
        problem = "install aws-sam-translator, which comes with constructs-lib[review]"
        raise _InvalidError(problem, {}) from error
    # It asks AWS for nothing but the applications that are taken out, and takes the Region from here.
    session: Any = SimpleNamespace(region_name=region or "us-east-1")
    given = {"AWS::Region": region or "${AWS::Region}"}
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    translator = sam.Translator(None, Parser(), boto_session=session)
    try:
        found = translator.translate(_uploaded(body), given, passthrough_metadata=True)
    except exceptions.InvalidDocumentException as error:
        reasons = {str(getattr(cause, "_logical_id", "")): str(cause.message or "") for cause in error.causes}
        said = "; ".join(reasons.values())
        raise _InvalidError(said or str(error), reasons) from error
    except Exception as error:  # what it ends in on odd templates is nobody's contract
        raise _InvalidError(f"{type(error).__name__} in aws-sam-translator: {error}", {}) from error
    finally:
        translator.metrics.publish()  # to nobody; it would complain at the end otherwise
        logging.disable(before)
    if not isinstance(found, Mapping) or not isinstance(found.get("Resources"), Mapping):
        raise _InvalidError("aws-sam-translator made no template of it", {})
    return found


def _uploaded(body: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of the template as it is after ``sam deploy`` has uploaded its files."""
    found: dict[str, Any] = copy.deepcopy(dict(body))
    sections = found.get("Globals")
    for name, settings in sections.items() if isinstance(sections, dict) else ():
        _upload(f"{_PREFIX}{name}", settings)
    own = sections.get("Function") if isinstance(sections, dict) else None
    given = set(own) if isinstance(own, dict) else set()
    for declared in found["Resources"].values():
        if _is_sam(declared):
            properties = declared.setdefault("Properties", {})
            _upload(declared["Type"], properties)
            if declared["Type"] == f"{_PREFIX}Function" and isinstance(properties, dict):
                _with_code(properties, given)
    return found


def _upload(type_: str, properties: Any) -> None:
    key = _FILES.get(type_)
    value = properties.get(key) if key and isinstance(properties, dict) else None
    if isinstance(value, str) and not value.startswith("s3://"):
        properties[key] = _BUCKET + (value.strip("./") or "code")
    elif isinstance(value, dict) and "Bucket" not in value:
        properties[key] = f"{_BUCKET}code"


def _with_code(properties: dict[str, Any], given: set[str]) -> None:
    """A function whose code ``sam build`` makes has none in the template that people write."""
    if properties.get("PackageType") == "Image":
        properties.setdefault("ImageUri", "111111111111.dkr.ecr.us-east-1.amazonaws.com/built-by-sam:latest")
        return
    if not {"CodeUri", *_CODE_WITHOUT_FILE} & (given | properties.keys()):
        properties["CodeUri"] = f"{_BUCKET}code"


def _made_by(found: Mapping[str, Any], before: Mapping[str, Any], sam: set[str]) -> Iterator[tuple[str, str]]:
    """SAM calls what it makes by the resource that it makes it of, and something behind."""
    longest = sorted(sam, key=len, reverse=True)
    for name in found:
        origin = name if name in sam else None
        if origin is None and name not in before:
            origin = next((each for each in longest if name.startswith(each)), None)
        if origin is not None:
            yield name, origin
