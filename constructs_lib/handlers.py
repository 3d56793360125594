"""Where the packaged handler code lies, in a checkout and in an installed wheel."""

from pathlib import Path

__all__ = ["handler_folder"]

_PACKAGE = Path(__file__).parent
# In a wheel the handlers travel inside the package (pyproject.toml, force-include); in a checkout beside it.
_HOMES = (_PACKAGE / "_lambda_src", _PACKAGE.parent / "lambda_src")


def handler_folder(name: str) -> Path:
    """The folder of the library handler `name`, e.g. ``handler_folder("warm_up")``.

    Raises:
        FileNotFoundError: this distribution carries no handler of that name.
    """
    for home in _HOMES:
        if (folder := home / name).is_dir():
            return folder
    looked = " or ".join(str(home) for home in _HOMES)
    raise FileNotFoundError(f"No handler {name!r} in {looked}. Is the constructs-lib installation complete?")
