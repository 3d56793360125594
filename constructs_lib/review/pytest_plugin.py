"""A fixture for tests: reviews a stack, and lets a test fail with what was found.

Loaded by every pytest that finds the library installed: what computes is imported by the first test that asks for it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from constructs_lib.review.report import Review

__all__ = ["review"]


@pytest.fixture(scope="session")
def review() -> Callable[..., "Review"]:
    """The function `review`, which takes stacks, stages and apps of CDK too.

    >>> def test_the_stack_keeps_what_it_promises(review):
    ...     review(OrderService(App(), "Orders")).assert_clean()
    """
    with _needed():
        from constructs_lib.review.reviewing import Part  # noqa: PLC0415 - see the module
        from constructs_lib.review.reviewing import review as reviewed  # noqa: PLC0415 - likewise
        from constructs_lib.template import Assembly, read_assembly  # noqa: PLC0415 - likewise
        from constructs_lib.template.cdk_source import source_of  # noqa: PLC0415 - likewise

    def whole(given: Any) -> Any:
        """A stack of CDK with all of its app around it, in which what it refers to is found."""
        source = source_of(given)
        if source is given or not isinstance(source, Assembly) or not (source.source or Path()).is_dir():
            return source
        keys = frozenset(each.key for each in source.templates)
        return Part(assembly=read_assembly(source.source or Path()), keys=keys)

    def review_of(*sources: Any, **more: Any) -> "Review":
        with _needed():
            return reviewed(*map(whole, sources), **more)

    return review_of


@contextmanager
def _needed() -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        raise pytest.UsageError(
            f"review needs {error.name}, which is not installed: pip install 'constructs-lib[review]'."
        ) from error
