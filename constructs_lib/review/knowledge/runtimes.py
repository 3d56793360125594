"""When Lambda ends the support of its runtimes.

The table as of 2026-10-31, with the days on which AWS blocks functions, which it has moved more than once; those before
`AS_OF` have come: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html#runtimes-supported
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

__all__ = ["AS_OF", "RUNTIMES", "Runtime"]

AS_OF: Final = date(2026, 10, 31)


@dataclass(frozen=True, kw_only=True)
class Runtime:
    """A runtime; days are None where none is announced.

    Attributes:
        deprecated: from when on it gets no security updates and no support.
        no_create: from when on no function can be created with it.
        no_update: from when on no function with it can be changed.
    """

    deprecated: date | None = None
    no_create: date | None = None
    no_update: date | None = None


def _runtime(deprecated: str, no_create: str | None, no_update: str) -> Runtime:
    return Runtime(
        deprecated=date.fromisoformat(deprecated),
        no_create=date.fromisoformat(no_create) if no_create else None,
        no_update=date.fromisoformat(no_update),
    )


RUNTIMES: Final[Mapping[str, Runtime]] = {
    "dotnet10": _runtime("2028-11-14", "2028-12-14", "2029-01-15"),
    "dotnet6": _runtime("2024-12-20", "2027-07-29", "2027-08-31"),
    "dotnet8": _runtime("2026-11-10", "2027-07-29", "2027-08-31"),
    "dotnetcore1.0": _runtime("2019-06-27", "2019-06-30", "2019-07-30"),
    "dotnetcore2.0": _runtime("2019-05-30", "2019-04-30", "2019-05-30"),
    "dotnetcore2.1": _runtime("2022-01-05", "2022-01-05", "2022-04-13"),
    "dotnetcore3.1": _runtime("2023-04-03", "2023-04-03", "2023-05-03"),
    "go1.x": _runtime("2024-01-08", "2024-02-08", "2027-08-31"),
    "java11": _runtime("2027-06-30", "2027-07-29", "2027-08-31"),
    "java11.al2023": _runtime("2029-06-30", None, "2029-08-31"),
    "java17": _runtime("2027-06-30", "2027-07-29", "2027-08-31"),
    "java17.al2023": _runtime("2029-06-30", None, "2029-08-31"),
    "java21": _runtime("2029-06-30", "2029-07-31", "2029-08-31"),
    "java25": _runtime("2029-06-30", "2029-07-31", "2029-08-31"),
    "java8": _runtime("2024-01-08", "2024-02-08", "2027-08-31"),
    "java8.al2": _runtime("2027-06-30", "2027-07-29", "2027-08-31"),
    "java8.al2023": _runtime("2029-06-30", None, "2029-08-31"),
    "nodejs": _runtime("2016-08-30", "2016-09-30", "2016-10-31"),
    "nodejs10.x": _runtime("2021-07-30", "2021-07-30", "2022-02-14"),
    "nodejs12.x": _runtime("2023-03-31", "2023-03-31", "2023-04-30"),
    "nodejs14.x": _runtime("2023-12-04", "2024-01-09", "2027-08-31"),
    "nodejs16.x": _runtime("2024-06-12", "2027-07-29", "2027-08-31"),
    "nodejs18.x": _runtime("2025-09-01", "2027-07-29", "2027-08-31"),
    "nodejs20.x": _runtime("2026-04-30", "2027-07-29", "2027-08-31"),
    "nodejs22.x": _runtime("2027-04-30", "2027-06-01", "2027-07-01"),
    "nodejs24.x": _runtime("2028-04-30", "2028-06-01", "2028-07-01"),
    "nodejs26.x": Runtime(),
    "nodejs4.3": _runtime("2020-03-05", "2020-02-03", "2020-03-05"),
    "nodejs4.3-edge": _runtime("2020-03-05", "2019-03-31", "2019-04-30"),
    "nodejs6.10": _runtime("2019-08-12", "2019-07-12", "2019-08-12"),
    "nodejs8.10": _runtime("2020-03-06", "2020-02-04", "2020-03-06"),
    "provided": _runtime("2024-01-08", "2024-02-08", "2027-08-31"),
    "provided.al2": _runtime("2026-07-31", "2027-07-29", "2027-08-31"),
    "provided.al2023": _runtime("2029-06-30", "2029-07-31", "2029-08-31"),
    "python2.7": _runtime("2021-07-15", "2021-07-15", "2022-05-30"),
    "python3.10": _runtime("2026-10-31", "2027-07-29", "2027-08-31"),
    "python3.11": _runtime("2027-06-30", "2027-07-29", "2027-08-31"),
    "python3.12": _runtime("2028-10-31", "2028-11-30", "2029-01-10"),
    "python3.13": _runtime("2029-06-30", "2029-07-31", "2029-08-31"),
    "python3.14": _runtime("2029-06-30", "2029-07-31", "2029-08-31"),
    "python3.15": Runtime(),
    "python3.6": _runtime("2022-07-18", "2022-07-18", "2022-08-29"),
    "python3.7": _runtime("2023-12-04", "2024-01-09", "2027-08-31"),
    "python3.8": _runtime("2024-10-14", "2027-07-29", "2027-08-31"),
    "python3.9": _runtime("2025-12-15", "2027-07-29", "2027-08-31"),
    "ruby2.5": _runtime("2021-07-30", "2021-07-30", "2022-03-31"),
    "ruby2.7": _runtime("2023-12-07", "2024-01-09", "2027-03-03"),
    "ruby3.2": _runtime("2026-03-31", "2027-07-29", "2027-08-31"),
    "ruby3.3": _runtime("2027-03-31", "2027-07-29", "2027-08-31"),
    "ruby3.4": _runtime("2028-03-31", "2028-04-30", "2028-05-31"),
    "ruby4.0": _runtime("2029-03-31", "2029-04-30", "2029-05-31"),
}
"""Identifier to what is announced of it; those that the API takes and no day is announced of have none.

The identifiers are those of the service model of 2026-11 (Runtime in botocore's ``lambda``)."""
