"""What the README shows is what there is."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_readme_shows_the_tested_example() -> None:
    example = (ROOT / "examples/compose.py").read_text(encoding="utf-8")
    shown = example[example.index("from pathlib") : example.index('\n\nif __name__ == "__main__"')]
    assert f"```python\n{shown.strip()}\n```" in README


def test_the_transcript_shows_every_claim_of_the_demo() -> None:
    demo = (ROOT / "local_cloud/demo.py").read_text(encoding="utf-8")
    claims = re.findall(r'script\.prove\(\s*"([^"]+)"', demo)
    assert len(claims) == 10
    picture = (ROOT / "docs/_static/demo.svg").read_text(encoding="utf-8").replace("&#160;", " ")
    for claim in claims:
        assert f"✓ {claim}" in README
        assert claim.replace("'", "&#x27;") in picture


def test_the_readme_names_every_setting() -> None:
    settings = README.partition("## Deploy it to AWS")[2].partition("\n## ")[0]
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
