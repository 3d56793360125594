"""What the README shows is what there is."""

import re
from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_
from aws_cdk.assertions import Template

from constructs_lib.bundling import PythonCode
from constructs_lib.function import HardenedFunction

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_readme_shows_the_tested_example() -> None:
    example = (ROOT / "examples/compose.py").read_text(encoding="utf-8")
    shown = example[example.index("from pathlib") : example.index('\n\nif __name__ == "__main__"')]
    assert f"```python\n{shown.strip()}\n```" in README


def test_the_transcript_shows_every_claim_of_the_demo() -> None:
    demo = (ROOT / "local_cloud/demo.py").read_text(encoding="utf-8")
    claims = re.findall(r'script\.prove\(\s*"([^"]+)"', demo)
    assert len(claims) == 12
    picture = (ROOT / "docs/_static/demo.svg").read_text(encoding="utf-8").replace("&#160;", " ")
    for claim in claims:
        assert f"✓ {claim}" in README
        assert claim.replace("'", "&#x27;") in picture


def test_the_event_sources_of_the_readme_synthesize(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = re.findall(r"```python\n(.*?)```", _section("Lose an event"), re.DOTALL)[0]
    (tmp_path / "src/notify").mkdir(parents=True)
    (tmp_path / "src/notify/notify.py").write_text("def handler(event, context): ...\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    stack = cdk.Stack(cdk.App(), "Shop")

    exec(code, {"self": stack, "PythonCode": PythonCode, **_functions(stack)})  # noqa: S102 - the README's own

    template = Template.from_stack(stack)
    template.resource_count_is("AWS::Lambda::EventSourceMapping", 1)
    template.resource_count_is("AWS::StepFunctions::StateMachine", 1)
    # The source's dead letters and the function's are re-driven, each by its own schedule.
    template.resource_count_is("AWS::Scheduler::Schedule", 2)


def test_the_readme_shows_the_commands_of_the_page_on_redrives() -> None:
    page = (ROOT / "docs/redrive.md").read_text(encoding="utf-8")
    shown = re.findall(r"```text\n(.*?)```", _section("Lose an event"), re.DOTALL)[0].replace("\\\n    ", "")
    lines = [line for line in shown.splitlines() if line not in {"", "..."}]
    assert [line for line in lines if line not in page] == []


def test_the_readme_names_every_setting() -> None:
    settings = _section("Deploy it to AWS")
    config = (ROOT / "stacks/config.py").read_text(encoding="utf-8")
    keys = re.search(r"^_KEYS = \((.*)\)$", config, re.MULTILINE)

    assert keys is not None
    assert set(re.findall(r"^\| `(\w+)` \|", settings, re.MULTILINE)) == set(re.findall(r"\w+", keys[1]))


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\((?!https?:)([^)#]+)\)", README))))
def test_every_link_of_the_readme_leads_somewhere(link: str) -> None:
    assert (ROOT / link).exists()


def test_nothing_of_the_makers_machine_is_in_the_readme() -> None:
    assert "/work/" not in README
    assert "/tmp/" not in README  # noqa: S108 - looked for, not written to


@pytest.mark.parametrize(
    "page", [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))], ids=lambda page: page.name
)
def test_no_page_waits_for_what_is_still_to_be_filled_in(page: Path) -> None:
    assert not re.findall(r"^[A-Z]+(?:_[A-Z]+)+$", page.read_text(encoding="utf-8"), re.MULTILINE)


def _section(title: str) -> str:
    return README.partition(f"## {title}\n")[2].partition("\n## ")[0]


def _functions(stack: cdk.Stack) -> dict[str, HardenedFunction]:
    return {
        name: HardenedFunction(stack, name, code=lambda_.Code.from_inline("..."), handler="index.handler")
        for name in ("fulfil", "payments", "stock")
    }
