"""A review as one page that needs nothing else, for whoever has to approve the templates."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from jinja2 import Environment, PackageLoader, Template
from markupsafe import Markup

from constructs_lib.review.finding import Finding
from constructs_lib.review.output.alarm_catalogue import CatalogueEntry, catalogue_of
from constructs_lib.review.output.coverage_matrix import Matrix, matrices_of
from constructs_lib.review.output.finding_groups import Place, anchored, groups_of
from constructs_lib.review.output.iam_words import Permission, permissions_of
from constructs_lib.review.output.page_words import (
    counts,
    headline,
    mood,
    safe_address,
    whole_coverage,
)
from constructs_lib.review.output.picture import Picture, picture_of
from constructs_lib.review.output.picture_layout import BOX_HEIGHT, BOX_WIDTH
from constructs_lib.review.output.words import SEVERITIES, length, place, price, quantity, share, usd
from constructs_lib.review.report import Caught, CostLine, Review, TemplateReview

__all__ = ["html_of"]

_UNSEEN: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
"""What nobody sees, but changes what is seen: a name with a mark that turns its text around reads as another name."""
_TEMPLATE: Final = "page.html.jinja"
_MOST_PLACES: Final = 6
_MOST_ROWS: Final = 14
_DEAREST: Final = 10


@dataclass(frozen=True, kw_only=True)
class _Part:
    """What the page says of one template."""

    number: int
    title: str
    review: TemplateReview
    matrices: Sequence[Matrix]
    picture: Picture
    permissions: Sequence[Permission]
    alarms: Sequence[CatalogueEntry]
    costs: Mapping[str, Sequence[CostLine]]
    dearest: Sequence[tuple[str, float]]
    anchors: Mapping[tuple[str, str], str]

    @property
    def alarm_count(self) -> int:
        """How many alarms the stack has."""
        return len(self.alarms)

    @property
    def principals(self) -> list[tuple[str, list[Permission]]]:
        """Who may do what: those with a wide permission first."""
        found: dict[str, list[Permission]] = {}
        for each in self.permissions:
            found.setdefault(each.who, []).append(each)
        return list(found.items())

    @property
    def permission_count(self) -> int:
        """How many sentences tell who may do what."""
        return len(self.permissions)


def html_of(review: Review) -> str:
    """`review` as a page; whatever a template calls its things is text there, and never markup."""
    places = anchored(review)
    groups = groups_of(places)
    open_ = list(review.findings)
    page = _page().render(
        review=review,
        parts_of=[
            _part(number, title, each, places)
            for number, (title, each) in enumerate(zip(_titles(review), review.templates, strict=True))
        ],
        groups=groups,
        open=open_,
        coverage=whole_coverage(review),
        acknowledged=len(places) - len(open_),
        rules=sorted({each.title for each in groups}),
        families=sorted({each.family for each in groups}),
        headline=headline(review),
        mood=mood(review),
        most_places=_MOST_PLACES,
        most_rows=_MOST_ROWS,
        caught=list(Caught),
        severities=SEVERITIES,
        box=(BOX_WIDTH, BOX_HEIGHT),
    )
    return _UNSEEN.sub(lambda match: f"[U+{ord(match[0]):04X}]", page)


@cache
def _page() -> Template:
    environment = Environment(
        loader=PackageLoader("constructs_lib.review.output", "page"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "address": safe_address,
        "alarm_path": _alarm_path,
        "breakable": _breakable,
        "counts": counts,
        "length": length,
        "place": place,
        "price": price,
        "quantity": quantity,
        "share": share,
        "usd": usd,
    }
    return environment.get_template(_TEMPLATE)


def _titles(review: Review) -> list[str]:
    """What each stack is called on the page: with its Region, and its number, where others are called the same."""
    titles = [each.stack for each in review.templates]
    regions = [f"{each.stack} ({each.region})" if each.region else each.stack for each in review.templates]
    titles = [
        region if titles.count(title) > 1 else title for title, region in zip(titles, regions, strict=True)
    ]
    return [
        f"{title} {titles[:number].count(title) + 1}" if titles.count(title) > 1 else title
        for number, title in enumerate(titles)
    ]


def _part(number: int, title: str, review: TemplateReview, places: Sequence[Place]) -> _Part:
    here = [each for each in places if each.stack == number and each.finding.acknowledged is None]
    findings: dict[str, list[tuple[Finding, str]]] = {}
    for each in here:
        findings.setdefault(each.finding.logical_id, []).append((each.finding, each.anchor))
    return _Part(
        number=number,
        title=title,
        review=review,
        matrices=matrices_of(review.coverage),
        picture=picture_of(review.reading, findings),
        permissions=permissions_of(review.reading),
        alarms=catalogue_of(review.reading, findings),
        costs=_by_group(review.cost.lines),
        dearest=_dearest(review.cost.lines),
        anchors={
            (mode.logical_id, mode.mode): f"mode-{number}-{index}"
            for index, mode in enumerate(review.coverage.modes, start=1)
        },
    )


def _by_group(lines: Sequence[CostLine]) -> dict[str, list[CostLine]]:
    """What is paid for, by group; lines at the same price are one."""
    together: dict[tuple[str, str, str, float], list[CostLine]] = {}
    for each in lines:
        together.setdefault((each.group, each.what, each.unit, each.unit_price), []).append(each)
    groups: dict[str, list[CostLine]] = {}
    for (group, *_), same in together.items():
        groups.setdefault(group, []).append(
            replace(
                same[0],
                quantity=_sum(each.quantity for each in same),
                usd=_sum(each.usd for each in same),
                usd_with_free_tier=_sum(each.usd_with_free_tier for each in same),
            )
        )
    return groups


def _sum(numbers: Iterable[float | None]) -> float | None:
    """The sum of those that are known; None where none is."""
    known = [each for each in numbers if each is not None]
    return sum(known) if known else None


def _dearest(lines: Sequence[CostLine]) -> list[tuple[str, float]]:
    """The resources that cost most."""
    sums: dict[str, float] = {}
    for each in lines:
        if each.logical_id:
            sums[each.construct_path] = sums.get(each.construct_path, 0.0) + (each.usd or 0.0)
    paid = [each for each in sums.items() if each[1] > 0]
    return sorted(paid, key=lambda each: (-each[1], each[0]))[:_DEAREST]


def _alarm_path(logical_id: str, part: _Part) -> str:
    """The path of the construct of an alarm."""
    node = part.review.reading.nodes.get(logical_id)
    return node.path if node else logical_id


def _breakable(path: str) -> Markup:
    """A path that may go on in the next line behind each of its parts; the parts are escaped."""
    return Markup("/<wbr>").join(path.split("/"))
