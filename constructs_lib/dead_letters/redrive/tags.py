"""How the command finds what re-drives a queue: a tag of the queue names a parameter, which says the rest."""

from typing import Final

__all__ = ["PARAMETER_PREFIX", "REDRIVE_TAG"]

REDRIVE_TAG: Final = "constructs_lib:redrive"
"""Its value is the name of the parameter in Systems Manager."""
PARAMETER_PREFIX: Final = "/constructs_lib/redrive"
"""What the names of these parameters start with; the stack's name and an id of the queue follow."""
