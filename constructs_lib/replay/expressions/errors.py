"""What is wrong with an expression, in one line."""

__all__ = ["ExpressionError"]

_SHOWN = 160


class ExpressionError(ValueError):
    """An expression that CloudWatch does not take, or that is not evaluated here."""

    @classmethod
    def at(cls, text: str, position: int, problem: str) -> "ExpressionError":
        """Say what is wrong, where, and of what text.

        Args:
            text: the whole expression.
            position: the index of the character that the problem begins with.
            problem: a sentence without its full stop.
        """
        start = max(0, min(position, len(text)) - _SHOWN // 2)
        shown = text[start : start + _SHOWN]
        before, after = "..." * (start > 0), "..." * (start + _SHOWN < len(text))
        return cls(f"{problem}, at character {position + 1} of {before}{shown!r}{after}.")
