"""What the constructs of one stack share: made once, on first use, below the stack."""

from typing import ClassVar, Self, cast
from weakref import WeakKeyDictionary

import aws_cdk as cdk
from constructs import Construct

from constructs_lib.checks import Check

__all__ = ["SharedInStack"]


class SharedInStack(Construct):
    """A construct of which a stack has one, found through `of`.

    Attributes:
        ID: its id in the stack.
        OUTERMOST: whether nested stacks use the one of the stack that they are nested in.
    """

    ID: ClassVar[str]
    OUTERMOST: ClassVar[bool] = False
    # Found here, a stack's construct costs no call into jsii. One that is removed from the tree is still found.
    _known: ClassVar["WeakKeyDictionary[cdk.Stack, SharedInStack]"]

    def __init_subclass__(cls) -> None:
        """Give each subclass its own memory."""
        super().__init_subclass__()
        cls._known = WeakKeyDictionary()

    def __init__(self, scope: Construct, construct_id: str) -> None:
        """Make it; `of` does."""
        super().__init__(scope, construct_id)

    @classmethod
    def of(cls, scope: Construct) -> Self:
        """The one of the stack that `scope` is in, made on first use.

        Raises:
            ConfigurationError: something else in the stack has its id, or `scope` is in no stack.
        """
        try:
            own = scope if isinstance(scope, cdk.Stack) else cdk.Stack.of(scope)
        except RuntimeError as error:  # CDK's way to say so
            Check(scope, cls.ID).fail(
                "there is no stack here to have one.",
                remedy="Give a stack, or a construct in one.",
                cause=error,
            )
        if found := cls._known.get(own):
            return cast("Self", found)
        stack = own
        while cls.OUTERMOST and (parent := stack.nested_stack_parent) is not None:
            stack = parent
        known = stack.node.try_find_child(cls.ID)
        if known is not None and not isinstance(known, cls):
            Check(stack, cls.ID).fail(
                f"this id is taken by another construct, and what shares the stack's {cls.__name__} needs it.",
                remedy="Give the other construct another id.",
            )
        shared = known or cls(stack, cls.ID)
        cls._known[own] = shared
        return shared
