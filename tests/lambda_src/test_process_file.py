"""What becomes of a file of sales: rows, totals, quarantine."""

import gzip
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from process_file import lines
from process_file.lines import LARGEST_FILE, LONGEST_LINE
from process_file.logic import process
from process_file.models import Processed, Upload
from process_file.rows import COLUMNS
from process_file.totals import MOST_CURRENCIES

from tests.lambda_src.sales_files import HEADER, SALE, MemoryFiles, MemoryManifest, a_file, an_upload


def never_late() -> None:
    """There is time enough."""


def processed(
    content: bytes, upload: Upload | None = None, **catalogue: str
) -> tuple[Processed, MemoryFiles]:
    files, manifest = MemoryFiles(content, catalogue=dict(catalogue)), MemoryManifest()
    result = process(upload or an_upload(), files=files, manifest=manifest, check_time=never_late)
    assert isinstance(result, Processed), result
    return result, files


def quarantined(content: bytes, upload: Upload | None = None) -> str:
    files, manifest = MemoryFiles(content), MemoryManifest()
    upload = upload or an_upload()
    reason = process(upload, files=files, manifest=manifest, check_time=never_late)
    assert isinstance(reason, str), reason
    assert files.quarantined == [reason]
    assert not files.written, "nothing of a file in quarantine is output"
    assert manifest.finished == {upload.file_id: reason}
    assert not manifest.revenue
    return reason


def test_rows_are_cleaned_and_enriched() -> None:
    row = " o-1 , TOY-1 ,2, 9.9 , eur ,2026-11-22T23:30:00-05:00"

    result, files = processed(a_file(row), an_upload(catalogue_version="c1"), **{"TOY-1": "toys"})

    assert files.text("output") == [
        "order_id,sku,category,quantity,unit_price,total,currency,sold_at",
        "o-1,TOY-1,toys,2,9.90,19.80,EUR,2026-11-22T23:30:00-05:00",
    ]
    assert (result.rows, result.rejected, result.revenue) == (1, 0, {"EUR": Decimal("19.80")})


def test_totals_are_by_day_category_and_currency() -> None:
    rows = (
        SALE,
        SALE.replace("o-1,TOY-1", "o-2,TOY-1"),
        SALE.replace("TOY-1", "PEN-1"),
        SALE.replace("EUR", "USD"),
        SALE.replace("-22T", "-21T"),
    )

    result, files = processed(a_file(*rows), an_upload(catalogue_version="c1"), **{"TOY-1": "toys"})

    assert files.text("totals") == [
        "day,category,currency,rows,quantity,revenue",
        "2026-11-21,toys,EUR,1,2,19.98",
        "2026-11-22,toys,EUR,2,4,39.96",
        "2026-11-22,toys,USD,1,2,19.98",
        "2026-11-22,unknown,EUR,1,2,19.98",
    ]
    assert result.revenue == {"EUR": Decimal("79.92"), "USD": Decimal("19.98")}
    assert result.counts == {"EUR": 4, "USD": 1}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (SALE.replace(",2,", ",0,"), "quantity is not 1 to 1000000"),
        (SALE.replace(",2,", ",two,"), "quantity is no whole number"),
        (SALE.replace(",2,", ",²,"), "quantity is no whole number"),
        (SALE.replace("9.99", "9.999"), "unit_price has parts of a cent"),
        (SALE.replace("9.99", "-1"), "unit_price is not 0 to 10000000"),
        (SALE.replace("9.99", "NaN"), "unit_price is no number"),
        (SALE.replace("9.99", "Infinity"), "unit_price is no number"),
        (SALE.replace("9.99", "1e400000"), "unit_price is not 0 to 10000000"),
        (SALE.replace("EUR", "EURO"), "currency is no code of three letters"),
        (SALE.replace("o-1", ""), "order_id has 0 characters"),
        (SALE.replace("+01:00", ""), "sold_at has no offset from UTC"),
        (SALE.replace("2026-11-22T10:00:00+01:00", "yesterday"), "sold_at is no time in ISO 8601"),
        (SALE + ",more", "7 fields in place of 6"),
    ],
)
def test_a_row_that_cannot_be_used_is_rejected_with_its_line_and_reason(row: str, reason: str) -> None:
    good = [SALE] * 30

    result, files = processed(a_file(*good, row, *good))

    assert (result.rows, result.rejected) == (60, 1)
    assert files.text("rejects") == ["line,reason", f"32,{reason}"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "its header lacks order_id, sku, quantity, unit_price, currency, sold_at"),
        (a_file(header="order_id,sku"), "its header lacks quantity, unit_price, currency, sold_at"),
        (a_file(SALE.replace(",2,", ",0,")), "it has no row that can be used"),
        (a_file(*[SALE] * 18, *["x,x,x,x,x,x"]), "1 of 19 rows cannot be used, more than 5 %"),
        (a_file() + b"\xff\xfe\n", "line 3 is no UTF-8"),
        (a_file() + b"x" * (LONGEST_LINE + 1), f"line 3 is longer than {LONGEST_LINE} bytes"),
        (a_file() + b'o-2,"open', "line 3 is no CSV: unexpected end of data"),
    ],
)
def test_a_file_that_cannot_be_used_goes_into_quarantine(content: bytes, reason: str) -> None:
    assert quarantined(content) == reason


def test_a_file_larger_than_an_invocation_can_process_goes_into_quarantine_unread() -> None:
    reason = quarantined(b"not read", an_upload(size=LARGEST_FILE + 1))

    assert reason == f"it has {LARGEST_FILE + 1} bytes, more than {LARGEST_FILE}; send it in parts"


def test_more_currencies_than_one_transaction_takes_are_no_sane_file() -> None:
    codes = [f"{chr(65 + number // 26)}{chr(65 + number % 26)}X" for number in range(MOST_CURRENCIES + 1)]

    assert quarantined(a_file(*(SALE.replace("EUR", code) for code in codes))) == (
        f"it has more than {MOST_CURRENCIES} different currencies"
    )


def test_compressed_files_are_read_as_they_are() -> None:
    result, _ = processed(gzip.compress(a_file()), an_upload(key="incoming/sales.csv.gz"))

    assert result.rows == 1


def test_a_compressed_file_that_ends_in_the_middle_goes_into_quarantine() -> None:
    whole = gzip.compress(a_file(*(SALE.replace("o-1", f"o-{number}") for number in range(500))))

    reason = quarantined(whole[: len(whole) // 2], an_upload(key="incoming/sales.csv.gz"))

    assert reason.startswith("its compression is broken: ")


def test_a_compressed_file_that_unpacks_to_too_much_goes_into_quarantine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lines, "LARGEST_FILE", 10_000)
    packed = gzip.compress(a_file(*[SALE] * 1_000))

    reason = quarantined(packed, an_upload(key="incoming/sales.csv.gz", size=len(packed)))

    assert reason == "it unpacks to more than 10000 bytes; send it in parts"


def test_columns_may_be_in_any_order_with_others_and_a_byte_order_mark() -> None:
    names = [*reversed(COLUMNS), "note"]
    values = dict(zip(COLUMNS, SALE.split(","), strict=True)) | {"note": "later"}
    row = ",".join(values[name] for name in names)

    result, _ = processed("\ufeff".encode() + a_file(row, header=",".join(names).upper()))

    assert result.rows == 1


def test_two_runs_write_the_same_bytes() -> None:
    content = a_file(*(SALE.replace("o-1", f"o-{number}") for number in range(100)))

    (first, files), (second, again) = processed(content), processed(content)

    assert first == second
    assert files.written == again.written


def test_a_finished_file_is_not_read_again() -> None:
    upload, files, manifest = an_upload(), MemoryFiles(b"not read"), MemoryManifest()
    manifest.finished[upload.file_id] = "processed"

    assert process(upload, files=files, manifest=manifest, check_time=never_late) is None
    assert not files.written


def test_without_time_left_every_upload_is_aborted_and_nothing_is_recorded() -> None:
    files, manifest = MemoryFiles(a_file()), MemoryManifest()

    def late() -> None:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        process(an_upload(), files=files, manifest=manifest, check_time=late)

    assert sorted(key.partition("/")[0] for key in files.aborted) == ["output", "rejects"]
    assert not files.written
    assert not manifest.finished


@given(content=st.binary(max_size=400) | st.binary(max_size=200).map(lambda tail: a_file() + tail))
def test_whatever_is_uploaded_is_processed_or_in_quarantine(content: bytes) -> None:
    files, manifest = MemoryFiles(content), MemoryManifest()

    outcome = process(an_upload(), files=files, manifest=manifest, check_time=never_late)

    assert outcome is not None
    assert bool(files.quarantined) == isinstance(outcome, str)
    assert len(manifest.finished) == 1


@given(rows=st.lists(st.tuples(st.integers(1, 99), st.integers(0, 99_999)), min_size=1, max_size=50))
def test_money_adds_up(rows: list[tuple[int, int]]) -> None:
    lines = [
        f"o-{n},S,{quantity},{cents / 100:.2f},EUR,2026-11-22T10:00:00Z"
        for n, (quantity, cents) in enumerate(rows)
    ]

    result, files = processed(a_file(*lines, header=HEADER))

    expected = sum(Decimal(quantity * cents) for quantity, cents in rows) / 100
    assert result.revenue["EUR"] == expected
    assert sum(Decimal(line.split(",")[5]) for line in files.text("output")[1:]) == expected
