"""Failure modes as tables: a row a resource, a column a way to fail, one table for each kind of resource."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from constructs_lib.review.report import Coverage, FailureMode

__all__ = ["Matrix", "Row", "matrices_of"]


@dataclass(frozen=True, kw_only=True)
class Row:
    """A resource.

    Attributes:
        path: of its construct.
        logical_id: the resource.
        cells: the id of a failure mode to what is known of it.
    """

    path: str
    logical_id: str
    cells: Mapping[str, FailureMode]

    @property
    def share(self) -> float | None:
        """The share of its known failure modes that is caught."""
        return Coverage(modes=tuple(self.cells.values())).share


@dataclass(frozen=True, kw_only=True)
class Matrix:
    """The resources of a kind.

    Attributes:
        kind: such as ``function``.
        titles: the id of each failure mode to its words, in their order.
        rows: those with most gaps first.
    """

    kind: str
    titles: Mapping[str, str]
    rows: Sequence[Row]


def matrices_of(coverage: Coverage) -> list[Matrix]:
    """The tables of a stack, one for each kind of resource."""
    kinds: dict[str, dict[str, list[FailureMode]]] = {}
    for each in coverage.modes:
        kinds.setdefault(each.kind, {}).setdefault(each.logical_id, []).append(each)
    return [
        Matrix(
            kind=kind,
            titles={each.mode: each.title for modes in resources.values() for each in modes},
            rows=sorted((_row(modes) for modes in resources.values()), key=_order),
        )
        for kind, resources in kinds.items()
    ]


def _row(modes: Sequence[FailureMode]) -> Row:
    return Row(
        path=modes[0].construct_path,
        logical_id=modes[0].logical_id,
        cells={each.mode: each for each in modes},
    )


def _order(row: Row) -> tuple[float, str]:
    return (1.0 if row.share is None else row.share, row.path)
