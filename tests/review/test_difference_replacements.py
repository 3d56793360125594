"""The table of what CloudFormation replaces, against the schemas of the resource types that cfn-lint ships."""

import json
from pathlib import Path
from typing import Any

import cfnlint
import pytest
from botocore.loaders import Loader

from constructs_lib.review.knowledge.replacements import KEYS_OF_TABLES, MAY_REPLACE, REPLACES, STATEFUL

_SCHEMAS = Path(str(cfnlint.__file__)).parent / "data" / "schemas"
_WHERE = json.loads((_SCHEMAS / "providers" / "us-east-1.json").read_text(encoding="utf-8"))
TYPES = sorted({*REPLACES, *MAY_REPLACE, *STATEFUL})


def _schema(type_: str) -> Any:
    return json.loads((_SCHEMAS / "resources" / f"{_WHERE[type_]}.json").read_text(encoding="utf-8"))


def _listed(schema: Any, key: str) -> list[str]:
    return sorted(each.removeprefix("/properties/") for each in schema.get(key, []))


@pytest.mark.parametrize("type_", TYPES)
def test_what_replaces_a_resource_is_what_its_schema_says(type_: str) -> None:
    schema = _schema(type_)

    assert list(REPLACES.get(type_, ())) == _listed(schema, "createOnlyProperties")
    assert list(MAY_REPLACE.get(type_, ())) == _listed(schema, "conditionalCreateOnlyProperties")


@pytest.mark.parametrize("type_", KEYS_OF_TABLES)
def test_the_key_of_a_table_is_conditional_in_its_schema_and_dynamodb_cannot_change_it(type_: str) -> None:
    model = Loader().load_service_model("dynamodb", "service-2")

    assert "KeySchema" in MAY_REPLACE[type_]
    assert "KeySchema" in model["shapes"]["CreateTableInput"]["members"]
    assert "KeySchema" not in model["shapes"]["UpdateTableInput"]["members"]
