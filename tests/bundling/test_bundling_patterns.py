import fnmatch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.bundling.patterns import Patterns

NAMES = st.text("ab.[]*-", min_size=1, max_size=6)


@pytest.mark.parametrize(
    ("pattern", "name", "matches"),
    [
        ("notes", "notes", True),
        ("notes", "deep/down/notes/file.txt", True),
        ("notes", "notes.txt", False),
        ("*.md", "deep/readme.md", True),
        ("*.md", "deep/readme.md/file", True),
        ("/tests", "tests/test_it.py", True),
        ("/tests", "package/tests/test_it.py", False),
        ("data/*.csv", "data/a.csv", True),
        ("data/*.csv", "data/deep/a.csv", False),
        ("data/*.csv", "other/data/a.csv", False),
        ("data/**/a.csv", "data/a.csv", True),
        ("data/**/a.csv", "data/x/y/a.csv", True),
        ("data/**", "data/x/y", True),
        ("cache/", "deep/cache/x", True),
        (".*", ".env", True),
        (".*", "a.env", False),
        ("*.py[co]", "a.pyc", True),
        ("*.py[!co]", "a.pyx", True),
        ("*.py[!co]", "a.pyc", False),
        ("?.py", "a.py", True),
        ("?.py", "ab.py", False),
    ],
)
def test_reads_patterns_as_gitignore_does(pattern: str, name: str, matches: bool) -> None:  # noqa: FBT001 - a table
    assert Patterns([pattern]).match(name) is matches


def test_matches_nothing_without_a_pattern() -> None:
    assert not Patterns([])
    assert not Patterns([]).match("anything")


@given(name=NAMES, pattern=st.text("ab.*?", min_size=1, max_size=6))
def test_agrees_with_fnmatch_on_one_name(name: str, pattern: str) -> None:
    assert Patterns([pattern]).match(name) == fnmatch.fnmatchcase(name, pattern)


@given(pattern=st.text("ab/.*?[]!\\^-", max_size=8), name=st.text("ab/", max_size=6))
def test_takes_any_pattern(pattern: str, name: str) -> None:
    assert Patterns([pattern]).match(name) in {True, False}
