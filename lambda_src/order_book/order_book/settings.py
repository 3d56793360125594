"""What the stack tells a function through its environment."""

from collections.abc import Mapping

__all__ = ["SettingsError", "required"]

# Powertools reads these itself, but would go on under a made-up service name, or fail at the first metric.
_FOR_POWERTOOLS = ("POWERTOOLS_SERVICE_NAME", "POWERTOOLS_METRICS_NAMESPACE")


class SettingsError(RuntimeError):
    """The environment lacks something; the function must not take events."""


def required(handler: str, environment: Mapping[str, str], *names: str) -> list[str]:
    """The values of `names` in `environment`, where those that Powertools needs must be too.

    Raises:
        SettingsError: variables are missing or empty; the message names them.
    """
    if missing := [name for name in (*names, *_FOR_POWERTOOLS) if not environment.get(name)]:
        raise SettingsError(f"{handler} cannot start without the environment's {', '.join(missing)}.")
    return [environment[name] for name in names]
