"""Exports that were tampered with: each thing that is wrong is found and named."""

import argparse
import base64
import gzip
import json
import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from table_export.checking import contents_of, record_problems
from table_export.checksums import ReadError
from table_export.links import Link
from table_export.model import Kind
from table_export.objects import FolderObjects
from table_export.reading import DataFile

from constructs_lib.backup.command.failing import CommandError
from constructs_lib.backup.command.surroundings import Surroundings
from constructs_lib.backup.command.verify_export import add_arguments, verify_export
from tests.backup.export_world import (
    DAY,
    HOUR,
    MAIL,
    ORDERS,
    SETTINGS,
    START,
    FakeStore,
    Invocation,
    World,
    etag,
    md5,
    pass_time,
)

WINDOWS = 3
Tamper = Callable[[Path], object]


def exported(settings: Any = SETTINGS) -> World:
    """A world with a full export and windows of a table that changes, and a full export of another one."""
    world = World(settings=settings)
    for number in range(20):
        world.put(f"key-{number}", "old")
    world.put("letter", "x", MAIL)
    world.now += 10 * 60
    Invocation(world).look((ORDERS, MAIL))
    world.now += 20 * 60
    Invocation(world).look((ORDERS, MAIL))
    for number in range(1, WINDOWS + 1):
        world.now = START + number * HOUR
        for key in range(number, 20, 4):
            world.put(f"key-{key}", f"{number}")
        world.now += 1
        Invocation(world).ask(Kind.INCREMENTAL)
        pass_time(world, HOUR / 2)
    assert len(world.links()) == WINDOWS + 1
    return world


@pytest.fixture(scope="module")
def objects() -> dict[str, bytes]:
    return exported().objects


@pytest.fixture
def folder(objects: dict[str, bytes], tmp_path: Path) -> Path:
    """A copy of the bucket's objects."""
    for key, body in objects.items():
        path = tmp_path / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
    return tmp_path / "shop"


def verify(
    place: str | Path,
    *options: str,
    objects: dict[str, bytes] | None = None,
    archived: Sequence[str] = (),
    days: float = 1,
) -> tuple[int, Any]:
    """The exit code, and the document."""
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    arguments = parser.parse_args([str(place), "--json", *options])
    said = StringIO()
    store: Any = FakeStore(World(objects=objects or {}, archived=set(archived)))
    surroundings = Surroundings(
        connect=lambda _service: store,
        now=lambda: datetime.fromtimestamp(START + days * DAY, UTC),
        elapsed=lambda: 0.0,
        sleep=lambda _: None,
        ask=None,
        write=said.write,
    )
    code = verify_export(arguments, Console(file=StringIO()), surroundings)
    return code, json.loads(said.getvalue())


def problems(document: Any) -> list[tuple[str, str]]:
    return [
        (finding["where"], finding["problem"])
        for table in document["tables"]
        for finding in table["findings"]
    ]


def manifests(folder: Path) -> list[Path]:
    """Ours, from the oldest to the newest."""
    return sorted((folder / "orders" / "chains").rglob("*.json"))


def data(folder: Path, *, full: bool = False) -> Path:
    """A file of data with something in it."""
    inside = "[0-9]*/data/*.gz" if full else "data/*.gz"
    return next(path for path in sorted((folder / "orders/AWSDynamoDB").glob(inside)) if path.stat().st_size)


def rewrite(path: Path, **changes: Any) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_all_is_right_in_a_folder_and_in_a_bucket(folder: Path, objects: dict[str, bytes]) -> None:
    for code, document in (
        verify(folder),
        verify("s3://exports/shop", objects=objects),
        verify("s3://exports/shop/", "--manifests-only", objects=objects),
    ):
        assert (code, document["right"], problems(document)) == (0, True, [])
        mail, orders = document["tables"]
        assert (mail["table"], mail["records"]) == ("mail", 1)
        assert (orders["table"], orders["exports"], orders["files"]) == ("orders", WINDOWS + 1, 12)
        assert orders["records"] == 20 + 3 * 5
        assert orders["chains"] == [["2026-03-01T00:05:00Z", "2026-03-01T03:00:01Z"]]
        assert orders["size"] > 0
        assert orders["strangers"] == []


def test_one_table_can_be_verified_alone(folder: Path) -> None:
    for code, document in (verify(folder, "--table", "mail"), verify(folder / "mail")):
        assert code == 0
        assert [table["table"] for table in document["tables"]] == ["mail"]


def test_a_file_that_was_changed_is_found_by_its_checksum(folder: Path) -> None:
    path = data(folder)
    body = gzip.decompress(path.read_bytes()).replace(b'"1"', b'"9"')
    path.write_bytes(gzip.compress(body))
    code, document = verify(folder)
    found = problems(document)
    assert code == 1
    assert f"AWSDynamoDB/data/{path.name} has the md5 {md5(path.read_bytes()).hexdigest()}" in found[0][1]


@pytest.mark.parametrize("options", [[], ["--manifests-only"]])
def test_a_file_that_was_changed_in_the_bucket_is_found_without_reading_it(
    objects: dict[str, bytes], options: list[str]
) -> None:
    key = next(key for key in objects if "/AWSDynamoDB/data/" in key and objects[key])
    body = gzip.compress(b"{}\n")
    code, document = verify("s3://exports/shop", *options, objects={**objects, key: body})
    ((_, problem),) = problems(document)
    assert code == 1
    assert f"{key.removeprefix('shop/orders/')} has the etag {etag(body)}" in problem


@pytest.mark.parametrize("full", [False, True])
def test_a_file_that_is_missing_is_named(folder: Path, *, full: bool) -> None:
    path = data(folder, full=full)
    path.unlink()
    for options in ([], ["--manifests-only"]):
        code, document = verify(folder, *options)
        ((export, problem),) = problems(document)
        assert code == 1
        assert ":table/orders/export/" in export
        assert problem.endswith(f"{path.name} is missing")


def test_a_file_that_was_cut_off_is_found(folder: Path) -> None:
    path = data(folder, full=True)
    path.write_bytes(path.read_bytes()[:-12])
    code, document = verify(folder)
    ((_, problem),) = problems(document)
    assert code == 1
    assert f"{path.name} can't be read after" in problem


@pytest.mark.parametrize(
    "body",
    [b"no gzip at all", gzip.compress(b"no json\n"), gzip.compress(b"[1]\n")],
    ids=["no gzip", "no json", "no object"],
)
def test_a_file_of_something_else_is_found(folder: Path, body: bytes) -> None:
    path = data(folder)
    path.write_bytes(body)
    code, document = verify(folder)
    assert code == 1
    assert all(path.name in problem for _, problem in problems(document))


def with_manifest_of_files(folder: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    """DynamoDB's manifest of the full export's files, with its first line changed and its own checksum right."""
    (path,) = (
        each
        for each in sorted((folder / "orders/AWSDynamoDB").glob("*/manifest-files.json"))
        if "/data/" in each.read_text() and (each.parent / "data").exists()
    )
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    change(lines[0])
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    path.with_suffix(".md5").write_bytes(base64.b64encode(md5(path.read_bytes()).digest()))
    return path


def test_a_count_that_is_wrong_is_found_by_reading(folder: Path) -> None:
    with_manifest_of_files(folder, lambda line: line.update(itemCount=line["itemCount"] + 1))
    code, document = verify(folder)
    found = [problem for _, problem in problems(document)]
    assert code == 1
    assert any("has 7 records, and its manifest says 8" in problem for problem in found)
    assert any(problem.startswith("the number of records is 21, and") for problem in found)
    assert any(problem.startswith("the md5 of the manifest of files is") for problem in found)


def test_a_key_out_of_the_export_is_not_followed(folder: Path) -> None:
    with_manifest_of_files(folder, lambda line: line.update(dataFileS3Key="AWSDynamoDB/../../../etc/passwd"))
    code, document = verify(folder)
    assert code == 1
    assert "is no key of an export" in problems(document)[0][1]


@pytest.mark.parametrize("name", ["manifest-summary", "manifest-files"])
def test_a_manifest_of_dynamodb_is_checked_against_its_checksum(folder: Path, name: str) -> None:
    path = next(iter(sorted((folder / "orders/AWSDynamoDB").glob(f"*/{name}.json"))))
    path.write_bytes(path.read_bytes() + b"\n")
    code, document = verify(folder)
    assert code == 1
    assert f"{name}.md5 says" in problems(document)[0][1]
    path.with_suffix(".md5").unlink()
    assert f"{name}.json has no checksum beside it" in problems(verify(folder)[1])[0][1]
    path.unlink()
    assert f"{name}.json is missing" in problems(verify(folder)[1])[0][1]


def test_the_documented_name_of_a_checksum_is_read_too(folder: Path) -> None:
    for path in folder.rglob("*.md5"):
        path.rename(path.with_suffix(".checksum"))
    assert verify(folder)[0] == 0


def test_a_window_that_is_missing_is_named(folder: Path) -> None:
    _, _, second, third = manifests(folder)
    second.unlink()
    code, document = verify(folder)
    where = second.relative_to(folder / "orders").as_posix()
    found = problems(document)
    assert code == 1
    assert (
        where,
        f"it is missing: {third.relative_to(folder / 'orders').as_posix()} comes after it",
    ) in found
    assert any(
        problem == "nothing is exported from 2026-03-01T01:00:01+00:00 to 2026-03-01T02:00:01+00:00"
        for _, problem in found
    )


def test_the_newest_window_that_is_missing_shows_in_how_far_it_goes(folder: Path) -> None:
    newest = manifests(folder)[-1]
    export = json.loads(newest.read_text())["export"].rpartition("/")[2]
    newest.unlink()
    code, document = verify(folder)
    orders = document["tables"][1]
    assert code == 0
    assert orders["chains"][0][1] == "2026-03-01T02:00:01Z"
    assert orders["strangers"] == [export]


def test_a_full_export_that_is_missing_is_named(folder: Path) -> None:
    manifests(folder)[0].unlink()
    code, document = verify(folder)
    assert code == 1
    assert "the full export that the chain begins with is missing" in [text for _, text in problems(document)]


def test_what_the_bucket_has_deleted_by_its_lifecycle_is_not_missing(tmp_path: Path) -> None:
    world = exported(replace(SETTINGS, expire_days=1))
    for key, body in world.objects.items():
        (tmp_path / key).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / key).write_bytes(body)
    base, first, *_ = manifests(tmp_path / "shop")
    base.unlink()
    first.unlink()
    assert len(problems(verify(tmp_path / "shop", days=0.5)[1])) == 2
    assert verify(tmp_path / "shop", days=2)[0] == 0


def test_windows_that_overlap_are_found(folder: Path) -> None:
    *_, second, third = manifests(folder)
    given = json.loads(third.read_text())
    early = "2026-03-01T01:30:01+00:00"
    rewrite(third, start=early)
    third.rename(third.with_name("20260301T030001Z-from-20260301T013001Z.json"))
    code, document = verify(folder)
    found = [problem for _, problem in problems(document)]
    assert code == 1
    assert f"it overlaps: it begins at {early}, before 2026-03-01T02:00:01+00:00" in found
    assert given["previous"] == second.relative_to(folder / "orders").as_posix()


def test_a_window_too_many_is_found(folder: Path) -> None:
    *_, third = manifests(folder)
    rewrite(third, end="2026-03-01T04:00:01+00:00")
    extra = third.with_name("20260301T040001Z-from-20260301T020001Z.json")
    third.rename(extra)
    objects_of_third = extra.read_text()
    third.write_text(objects_of_third)
    rewrite(third, end="2026-03-01T03:00:01+00:00")
    code, document = verify(folder)
    found = [problem for _, problem in problems(document)]
    assert code == 1
    assert "2 manifests are of the same export" in found
    assert any(problem.startswith("it overlaps") for problem in found)


def test_a_manifest_that_was_changed_is_found_by_the_next_one(folder: Path) -> None:
    _, first, second, _ = manifests(folder)
    rewrite(first, billed=1)
    code, document = verify(folder)
    ((where, problem),) = problems(document)
    assert code == 1
    assert where == first.relative_to(folder / "orders").as_posix()
    assert problem.startswith("it was changed: its md5 is ")
    assert second.name in problem


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"version": 2}', "no json"])
def test_a_manifest_that_can_not_be_read_is_named(folder: Path, text: str) -> None:
    path = manifests(folder)[-1]
    path.write_text(text)
    code, document = verify(folder)
    assert code == 1
    assert problems(document)[0][0] == path.relative_to(folder / "orders").as_posix()


def test_a_manifest_under_another_name_is_found(folder: Path) -> None:
    newest = manifests(folder)[-1]
    newest.rename(newest.with_name("other.json"))
    code, document = verify(folder)
    assert code == 1
    assert (
        "chains/20260301T000500Z/other.json",
        f"it is the manifest {newest.relative_to(folder / 'orders').as_posix()}",
    ) in problems(document)


def test_a_full_export_within_a_window_is_of_no_use(folder: Path) -> None:
    base, *_ = manifests(folder)
    rewrite(base, base=False)
    stray = base.with_name("20260301T013000Z-full.json")
    stray.write_text(base.read_text())
    rewrite(stray, start="2026-03-01T01:30:00+00:00", end="2026-03-01T01:30:00+00:00")
    rewrite(base, base=True)
    found = [problem for _, problem in problems(verify(folder)[1])]
    assert any("which lies within the window" in problem for problem in found)


def test_fails_where_there_is_nothing_to_verify(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "empty").mkdir()
    for place, options, text in (
        (tmp_path / "gone", (), "There is no folder"),
        (tmp_path / "empty", (), "There are no exports of TableExport at"),
        ("s3://exports/none", (), "There are no exports of TableExport at s3://exports/none"),
        (folder, ("--table", "stock"), "There are no exports of stock at .*, but of mail, orders"),
        (folder / "orders", ("--table", "orders"), "orders is the folder of one table: leave --table out"),
    ):
        with pytest.raises(CommandError, match=text):
            verify(place, *options)


def test_what_is_archived_is_said_to_be_and_its_manifests_can_be_verified(objects: dict[str, bytes]) -> None:
    files = [key for key in objects if key.endswith(".gz")]
    code, document = verify("s3://exports/shop", objects=objects, archived=files)
    assert code == 1
    assert len(problems(document)) == len(files)
    assert all("is archived, and has to be restored" in problem for _, problem in problems(document))
    code, document = verify("s3://exports/shop", "--manifests-only", objects=objects, archived=files)
    assert (code, problems(document)) == (0, [])

    manifest = next(key for key in objects if "/chains/" in key)
    code, document = verify("s3://exports/shop", objects=objects, archived=[manifest])
    assert code == 1
    assert any(manifest.endswith(where) and "is archived" in text for where, text in problems(document))


def test_a_table_may_have_the_name_of_the_folder_of_chains(folder: Path) -> None:
    (folder / "orders").rename(folder / "chains")
    code, document = verify(folder)
    assert (code, [table["table"] for table in document["tables"]]) == (0, ["chains", "mail"])


def test_people_get_a_table_of_what_is_wrong(folder: Path) -> None:
    def shown(*options: str, width: int = 300) -> str:
        parser = argparse.ArgumentParser()
        add_arguments(parser)
        arguments = parser.parse_args([str(folder), "--region", "us-east-1", *options])
        console = Console(file=StringIO(), width=width)
        verify_export(arguments, console, Surroundings.real(arguments, console))
        text: str = console.file.getvalue()  # type: ignore[attr-defined] # it is a StringIO
        return text

    right = shown("--manifests-only")
    assert "Everything is right. The data was not read." in right
    assert "orders" in right
    data(folder).unlink()
    wrong = shown()
    assert "1 finding." in wrong
    assert "is missing" in wrong
    assert "…" not in shown(width=60)


def test_the_manifest_of_a_link_reads_as_it_was_written(objects: dict[str, bytes]) -> None:
    for _, link in World(objects=objects).links():
        assert Link.from_json(json.loads(link.to_bytes())) == link


def test_an_export_is_not_whole_where_its_manifests_count_differently(objects: dict[str, bytes]) -> None:
    world = World(objects=dict(objects))
    link = next(link for _, link in world.links() if link.base)
    assert contents_of(world.of(), link.export, ORDERS, Kind.FULL).summary.items == 20
    key = f"shop/orders/AWSDynamoDB/{link.export.rpartition('/')[2]}/manifest-summary"
    body = json.dumps(json.loads(objects[f"{key}.json"]) | {"itemCount": 21}).encode()
    world.objects |= {f"{key}.json": body, f"{key}.md5": base64.b64encode(md5(body).digest())}
    with pytest.raises(ReadError, match="names 20 records, and the summary 21"):
        contents_of(world.of(), link.export, ORDERS, Kind.FULL)
    for table, kind, text in ((MAIL, Kind.FULL, "of the table"), (ORDERS, Kind.INCREMENTAL, "of the type")):
        with pytest.raises(ReadError, match=text):
            contents_of(world.of(), link.export, table, kind)


def test_a_file_of_any_size_is_read_in_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "AWSDynamoDB" / "big.json.gz"
    path.parent.mkdir()
    with gzip.open(path, "wt", compresslevel=1) as lines:
        for number in range(60_000):
            lines.write(f'{{"Item": {{"id": {{"S": "{number}"}}, "text": {{"S": "{"x" * 400}"}}}}}}\n')
    digest = md5(path.read_bytes()).hexdigest()
    file = DataFile(key="AWSDynamoDB/big.json.gz", items=60_000, md5=digest, etag="")
    tracemalloc.start()
    try:
        assert list(record_problems(FolderObjects(tmp_path), file, Kind.FULL)) == []
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 5_000_000  # of 25 MB
