"""Whether the exports of a table can be relied on: their chain, their manifests, and every file of data."""

import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import groupby, islice, pairwise
from typing import Final

from table_export.chains import chain_problems
from table_export.checking import record_problems, size_of
from table_export.checksums import ReadError
from table_export.links import CHAINS, Link, links_of
from table_export.objects import Objects
from table_export.reading import EXPORTS, DataFile, Files, summary_of

__all__ = ["Finding", "Verified", "Verifier", "tables_of"]

_THREADS: Final = 8
_BATCH: Final = 64
_MANIFEST: Final = re.compile(rf"{CHAINS}\d{{8}}T\d{{6}}Z/")
_SHARED: Final = "data"
"""The folder that has the data of all incremental exports."""


@dataclass(frozen=True)
class Finding:
    """Something that is wrong.

    Attributes:
        where: the key, the export or the chain that it is about.
        problem: what is wrong.
    """

    where: str
    problem: str


@dataclass
class Verified:
    """What there is of a table.

    Attributes:
        table: its name.
        chains: the first and the last moment of each chain.
        exports: how many exports there are.
        files: how many files of data.
        records: how many items and changes.
        size: the bytes of data.
        findings: what is wrong.
        strangers: the ids of exports that have no manifest of ours: under way, given up, made by somebody else; or
            their manifest was deleted.
    """

    table: str
    chains: list[tuple[int, int]] = field(default_factory=list)
    exports: int = 0
    files: int = 0
    records: int = 0
    size: int = 0
    findings: list[Finding] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    @property
    def holes(self) -> list[tuple[int, int]]:
        """The times between chains, of which nothing was exported."""
        ordered = sorted(self.chains)
        return [(before[1], after[0]) for before, after in pairwise(ordered) if before[1] < after[0]]


def tables_of(objects: Objects) -> list[str]:
    """The folders of tables below `objects`; one empty name where these are a table's own."""
    if _has_chains(objects):
        return [""]
    return [name for name in objects.folders() if _has_chains(objects.below(name))]


def _has_chains(objects: Objects) -> bool:
    """Whether these are a table's own, and not those of a table whose name is that of the folder of chains."""
    return any(_MANIFEST.match(key) for key in objects.keys(CHAINS))


@dataclass(frozen=True, kw_only=True)
class Verifier:
    """Verifies tables.

    Attributes:
        deep: whether the data is read too, as streams; else S3 is only asked whether it is what was written.
        now: the time in seconds.
        planned: is told how many files there will be.
        advanced: is told of every file that is done.
    """

    deep: bool
    now: float
    planned: Callable[[int], None]
    advanced: Callable[[], None]

    def verify(self, objects: Objects, table: str) -> Verified:
        """What there is of `table` among `objects`, which are below its folder."""
        found = Verified(table)
        links: list[tuple[str, Link]] = []
        for key, md5, link in links_of(objects):
            if isinstance(link, ReadError):
                found.findings.append(Finding(key, str(link)))
            elif link.key != key:
                found.findings.append(Finding(key, f"it is the manifest {link.key}"))
            else:
                links.append((md5, link))
        known = {link.export.rpartition("/")[2] for _, link in links} | {_SHARED}
        found.strangers = [name for name in objects.below(EXPORTS).folders() if name not in known]
        self.planned(sum(link.count for _, link in links))
        links.sort(key=lambda each: (each[1].chain, each[1].end))
        for _, group in groupby(links, key=lambda each: each[1].chain):
            chain = list(group)
            found.findings += [Finding(*each) for each in chain_problems(chain, self.now)]
            found.chains.append((min(link.start for _, link in chain), max(link.end for _, link in chain)))
        with ThreadPoolExecutor(_THREADS) as pool:
            for _, link in links:
                found.findings += [
                    Finding(link.export, problem)
                    for problem in self._export_problems(pool, objects, link, found)
                ]
        return found

    def _export_problems(
        self, pool: ThreadPoolExecutor, objects: Objects, link: Link, found: Verified
    ) -> Iterator[str]:
        try:
            summary = summary_of(objects, link.export)
        except ReadError as error:
            yield str(error)
            return
        files = Files(objects, link.files)
        size, whole = 0, True
        each = iter(files)
        try:
            while batch := list(islice(each, _BATCH)):
                for one, problems in pool.map(lambda file: self._look(objects, file, link), batch):
                    size += one
                    whole = whole and not problems
                    yield from problems
                    self.advanced()
        except ReadError as error:
            yield str(error)
            return
        found.exports += 1
        found.files += files.count
        found.records += files.items
        found.size += size
        for name, written, said in (
            ("md5 of the summary", summary.md5, link.summary_md5),
            ("export of the summary", summary.export, link.export),
            ("records of the summary", summary.items, link.items),
            ("md5 of the manifest of files", files.md5, link.files_md5),
            ("number of files", files.count, link.count),
            ("number of records", files.items, link.items),
            ("size", size if whole else link.size, link.size),
        ):
            if written != said:
                yield f"the {name} is {written}, and {link.key} says {said}"

    def _look(self, objects: Objects, file: DataFile, link: Link) -> tuple[int, Sequence[str]]:
        try:
            size = size_of(objects, file)
        except ReadError as error:
            return 0, [str(error)]
        return size, list(record_problems(objects, file, link.kind)) if self.deep else []
