"""The few pieces of Markdown that the generated texts are made of."""

from collections.abc import Iterable, Sequence

__all__ = ["code_block", "link", "table"]


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; cells may hold Markdown, but no line breaks."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", r"\|") for cell in line) + " |" for line in lines)


def code_block(text: str, language: str = "text") -> str:
    """A fenced block."""
    return f"```{language}\n{text}\n```"


def link(url: str, text: str = "") -> str:
    """A link, by default with what its address ends in as text."""
    return f"[{text or url.split('#', maxsplit=1)[0].rstrip('/').rsplit('/', 1)[-1].removesuffix('.html')}]({url})"
