"""Templates that were made to take whoever reads them long, or too much memory."""

import json
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any, Final

__all__ = ["HOSTILE", "REFUSED"]


def function(name: Any) -> dict[str, Any]:
    return {"Type": "AWS::Lambda::Function", "Properties": {"FunctionName": name}}


def one(**properties: Any) -> dict[str, Any]:
    return {"Resources": {"Q": {"Type": "T", "Properties": properties}}}


def conditional(conditions: Mapping[str, Any], first: str = "C0") -> dict[str, Any]:
    resource = {"Type": "T", "Condition": first, "Properties": {"A": {"Fn::If": [first, 1, 2]}}}
    return {"Conditions": conditions, "Resources": {"Q": resource}}


def nested(value: Any, times: int, around: Callable[[Any], Any]) -> Any:
    for _ in range(times):
        value = around(value)
    return value


def doubled_imports() -> dict[str, Any]:
    outputs: dict[str, Any] = {"E0": {"Value": "x" * 8, "Export": {"Name": "E0"}}}
    for number in range(1, 3_000):
        twice = {"Fn::Sub": ["${a}${a}", {"a": {"Fn::ImportValue": f"E{number - 1}"}}]}
        outputs[f"E{number}"] = {"Value": twice, "Export": {"Name": f"E{number}"}}
    return {**one(A={"Fn::ImportValue": "E2999"}), "Outputs": outputs}


def sam(resources: int, events: int, **more: Any) -> dict[str, Any]:
    def written(number: int) -> dict[str, Any]:
        routes = {
            f"E{each}": {"Type": "Api", "Properties": {"Path": f"/{number}/{each}", "Method": "get"}}
            for each in range(events)
        }
        properties = {"Handler": "a.b", "Runtime": "python3.13", "CodeUri": ".", "Events": routes}
        return {"Type": "AWS::Serverless::Function", "Properties": properties}

    return {
        "Transform": "AWS::Serverless-2016-10-31",
        "Resources": {f"F{number}": written(number) for number in range(resources)},
        **more,
    }


def bomb(entries: int, levels: int) -> str:
    names = [f"a{level}" for level in range(levels)]
    lines = [f"a0: &a0 [{','.join('x' * entries)}]"]
    lines += [f"{name}: &{name} [{','.join([f'*{below}'] * entries)}]" for below, name in pairwise(names)]
    return "\n".join([*lines, "Resources:", "  Q:", "    Type: T", f"    Properties: {{X: *{names[-1]}}}"])


def chained(number: int, text: str) -> dict[str, Any]:
    return {
        f"F{each}": function({"Fn::Sub": text.replace("NEXT", f"${{F{each + 1}}}")}) for each in range(number)
    }


LONG: Final = "x" * 900_000
TWICE: Final = {"Fn::Sub": ["${a}${a}", {"a": "x"}]}
MAP: Final = {"Mappings": {"M": {"a": {"text": LONG, "list": ["x"] * 300_000}}}}
OF_TEXT, OF_LIST = ({"Fn::FindInMap": ["M", "a", each]} for each in ("text", "list"))

TEXTS: Final[Mapping[str, Callable[[], str]]] = {
    "megabytes.json": lambda: '{"Resources": "' + "x" * 50_000_000 + '"}',
    "megabytes.yaml": lambda: "Resources: " + "x" * 50_000_000,
    "lists.json": lambda: json.dumps(one(A="?")).replace('"?"', "[" + "[]," * 1_600_000 + "1]"),
    "objects.json": lambda: json.dumps(one(A="?")).replace('"?"', "[" + "{}," * 1_600_000 + "1]"),
    "lists.yaml": lambda: "Resources: [" + "[]," * 1_600_000 + "1]",
    "deep-objects.json": lambda: '{"a":' * 5_000 + "1" + "}" * 5_000,
    "deep-lists.json": lambda: "[" * 2_000_000,
    "deep-lists.yaml": lambda: "Resources: " + "[" * 400_000,
    "deep-keys.yaml": lambda: "? " * 400_000,
    "deep-lines.yaml": lambda: "\n".join(" " * depth + "a:" for depth in range(3_000)),
    "bomb.yaml": lambda: bomb(9, 20),
    "smaller-bomb.yaml": lambda: bomb(9, 5),
    "recursive.yaml": lambda: "Resources: &a {Q: *a}",
    "long-alias.yaml": lambda: f"A: &a {LONG}\nResources:\n  Q: {{Type: T, Properties: {{X: [{'*a, ' * 100_000}]}}}}",
    "merged.yaml": lambda: "x0: &m {" + ", ".join(f"k{each}: 1" for each in range(2_000)) + "}\n" + "".join(
        f"x{each}: {{<<: *m}}\n" for each in range(1, 20_000)
    ),
    "repeated.yaml": lambda: "Resources:\n" + "  Q: {Type: T}\n" * 50_000,
    "joined.yaml": lambda: "Resources:\n  Q:\n    Type: T\n    Properties:\n      A0: &a0 xxxxxxxxxx\n" + "".join(
        f"      A{each}: &a{each} !Join ['', [*a{each - 1}, *a{each - 1}]]\n" for each in range(1, 14)
    ),
}  # fmt: skip
DATA: Final[Mapping[str, Callable[[], Any]]] = {
    "resources": lambda: {"Resources": {f"Q{each}": {"Type": "T"} for each in range(150_000)}},
    "references": lambda: one(A=[{"Ref": "Q"}] * 300_000),
    "names-doubled": lambda: {"Resources": {**chained(400, "NEXTNEXT"), "F400": function("x" * 1_000)}},
    "names-chained": lambda: {"Resources": {**chained(20_000, "NEXT-x"), "F20000": function("x")}},
    "names-in-a-circle": lambda: {
        "Resources": {f"F{each}": function({"Ref": f"F{(each + 1) % 3}"}) for each in range(3)}
    },
    "long-names": lambda: {
        "Resources": {
            **{f"F{each}": function("x" * 1_900 + str(each)) for each in range(1_000)},
            "Q": {"Type": "T", "Properties": {"A": [{"Fn::Sub": f"${{F{each % 1000}}}"} for each in range(50_000)]}},
        }
    },
    "subs-doubled": lambda: one(A=nested("x", 40, lambda inner: {"Fn::Sub": ["${a}${a}", {"a": inner}]})),
    "parameter": lambda: {
        "Parameters": {"P": {"Type": "String", "Default": LONG}},
        **one(A=[{"Fn::Join": ["", [{"Ref": "P"}, str(each)]]} for each in range(60_000)]),
    },
    "list-of-a-parameter": lambda: {
        "Parameters": {"P": {"Type": "CommaDelimitedList", "Default": "," * 1_000_000}},
        **one(A=[{"Fn::Join": ["", {"Ref": "P"}]} for _ in range(60_000)]),
    },
    "mapped-text": lambda: {
        **MAP,
        "Conditions": {f"C{each}": {"Fn::Equals": [OF_TEXT, "x"]} for each in range(10_000)},
        "Resources": {
            **{f"Q{each}": {"Type": "T", "Condition": f"C{each}"} for each in range(10_000)},
            "Q": {"Type": "T", "Properties": {"A": [{"Fn::Join": ["", [OF_TEXT, "x"]]} for _ in range(10_000)]}},
        },
    },
    "mapped-list": lambda: {
        **MAP,
        **one(
            A=[dict(OF_LIST) for _ in range(10_000)],
            B=[{"Fn::Select": [299_999, dict(OF_LIST)]} for _ in range(5_000)],
            C=[{"Fn::ToJsonString": dict(OF_LIST)} for _ in range(5_000)],
            D=[{"Fn::Length": dict(OF_LIST)} for _ in range(5_000)],
        ),
    },
    "conditions-doubled": lambda: conditional(
        {f"C{each}": {"Fn::And": [{"Condition": f"C{each + 1}"}] * 2} for each in range(200)}
        | {"C200": {"Fn::Equals": [1, 1]}}
    ),
    "conditions-chained": lambda: conditional({f"C{each}": {"Condition": f"C{each + 1}"} for each in range(50_000)}),
    "conditions-in-a-circle": lambda: conditional({"C0": {"Fn::Not": [{"Condition": "C0"}]}}),
    "openings": lambda: one(A="${" * 1_500_000, B={"Fn::Sub": "${" * 500_000}),
    "dynamic-references": lambda: one(
        A="{{resolve:" * 200_000, B="{{resolve:" + "${a}" * 200_000, C="{{resolve:" + "${" * 200_000
    ),
    "imports-in-a-circle": lambda: {
        **one(A={"Fn::ImportValue": "A"}),
        "Outputs": {
            "A": {"Value": {"Fn::ImportValue": "B"}, "Export": {"Name": "A"}},
            "B": {"Value": {"Fn::ImportValue": "A"}, "Export": {"Name": "B"}},
            "C": {"Value": 1, "Export": {"Name": {"Fn::ImportValue": "A"}}},
        },
    },
    "imports-doubled": doubled_imports,
    "long-import": lambda: {
        **one(A=[{"Fn::ImportValue": "E"} for _ in range(80_000)]),
        "Outputs": {"E": {"Value": LONG, "Export": {"Name": "E"}}},
    },
    "sam": lambda: sam(200, 1),
    "sam-of-many-events": lambda: sam(400, 60),
    "sam-of-long-globals": lambda: sam(
        499, 0, Globals={"Function": {"Environment": {"Variables": {f"V{each}": "x" * 1_000 for each in range(2_000)}}}}
    ),
}  # fmt: skip


def as_json(make: Callable[[], Any]) -> Callable[[], str]:
    return lambda: json.dumps(make())


HOSTILE: Final[Mapping[str, Callable[[], str]]] = {
    **TEXTS,
    **{f"{name}.json": as_json(make) for name, make in DATA.items()},
}
"""Name of a file to what makes its text."""
REFUSED: Final[Mapping[str, str]] = {
    "megabytes.json": "has more than 5 MB",
    "megabytes.yaml": "has more than 5 MB",
    "lists.yaml": "it is too large, with all that its aliases stand for",
    "deep-objects.json": "it is nested too deep",
    "deep-lists.json": "it is nested too deep",
    "deep-lists.yaml": "it is nested too deep",
    "deep-keys.yaml": "it is nested too deep",
    "deep-lines.yaml": "it is nested too deep",
    "bomb.yaml": "it is too large, with all that its aliases stand for",
    "recursive.yaml": "the alias *a stands for nothing, or for what it is in",
    "long-alias.yaml": "it is too large, with all that its aliases stand for",
    "merged.yaml": "it is too large, with all that its aliases stand for",
}
"""Those of them that are refused, and what the one line says."""
