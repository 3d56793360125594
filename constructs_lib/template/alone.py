"""What a template that stands alone knows of others."""

from typing import Any

__all__ = ["Alone"]


class Alone:
    """What a template knows of others: nothing. None is what it does not know."""

    def parameter(self, name: str) -> Any:  # noqa: ARG002 - those that know more need it
        """The value that the template around it passes for a parameter."""
        return None

    def output(self, logical_id: str, name: str) -> Any:  # noqa: ARG002 - likewise
        """An output of one of its nested stacks."""
        return None

    def imported(self, name: str) -> Any:  # noqa: ARG002 - likewise
        """The value that another template exports."""
        return None

    def stack_output(self, stack: str, name: str, region: str | None) -> Any:  # noqa: ARG002 - likewise
        """An output of the stack of a name, in a Region or, where that is None, in its own."""
        return None

    def crossing(self, name: str) -> Any:  # noqa: ARG002 - likewise
        """The value that a template of another Region passes on through a Systems Manager parameter."""
        return None
