"""Whatever a file holds, every row is accounted for, however it is cut; killed and run again, the journal is the same."""

from __future__ import annotations

import csv
import io
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smarketing.connectors.files import sources
from smarketing.connectors.files.sources import CsvSource
from tests.unit.connectors.bench import Bench

RECORDS = ["1,2026-01-05,x", '2,2026-01-05,"y,z"', '3,2026-01-05,"two\nlines"', '4,2026-01-05,5" pipe', '5,2026-01-05,"x"y', '6,"open,3', "7,8",
           "", ",,", "8,not a date,x", ",2026-01-05,x", "\xff,2026-01-05,a", '"","",""', "9,2026-01-05,skip", "10;2026-01-05;x", '"', '""']  # fmt: skip
GARBAGE = st.one_of(
    st.lists(st.sampled_from(RECORDS), max_size=12).map(lambda lines: "\n".join(lines).encode("latin-1")),
    st.text(alphabet=st.sampled_from('a1,;"\n\r é\0'), max_size=60).map(str.encode),
    st.binary(max_size=60),
)


@settings(max_examples=60)
@given(body=GARBAGE, head=st.sampled_from([b"id,at,note\n", b"id,at,note\r\n"]), block=st.sampled_from([3, 17, 4 << 20]))
def test_read_is_gave_and_skipped_and_rejected(body: bytes, head: bytes, block: int):
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(sources, "BLOCK", block)
        bench = Bench(Path(folder))
        bench.file("data.csv", head + body)
        bench.mapped('properties: {note: "{note}"}', where="    where: {note: {not_in: [skip]}}\n")
        result = bench.run("data.csv")
        (count,) = result.files
        assert count.read == count.gave + count.skipped + count.rejected
        assert count.gave == result.facts.new + result.facts.known + result.facts.conflicts
        rejected = 0
        if result.rejects:
            with result.rejects[0].open(encoding="utf-8", newline="") as lines:
                rejected = sum(1 for _ in csv.DictReader(lines))
        assert rejected == count.rejected
        assert bench.facts()["fact_id"].is_unique().all()


def cut(content: bytes, block: int) -> tuple[list[object], list[object]]:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(sources, "BLOCK", block)
        path = Path(folder) / "data.csv"
        path.write_bytes(content)
        source = CsvSource(path, Path(folder))
        batches = list(source.batches(source.header))
        rows: list[object] = [
            (int(line), row) for batch in batches for line, row in zip(batch.lines, batch.frame.rows(), strict=True)
        ]
        return rows, [broken for batch in batches for broken in batch.broken]


@given(body=GARBAGE, head=st.sampled_from([b"a,b,c\n", b"a;b\n", b"a,b\r\n", b"a\tb\r"]), block=st.sampled_from([1, 5, 17]))
def test_where_a_block_ends_makes_no_difference(body: bytes, head: bytes, block: int):
    assert cut(head + body, block) == cut(head + body, 4 << 20)


@given(
    cells=st.lists(st.lists(st.text(alphabet=st.sampled_from('ab,;"\n é'), max_size=6), min_size=2, max_size=2), max_size=8),
    end=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    block=st.sampled_from([7, 50, 4 << 20]),
)
def test_what_a_writer_wrote_is_read(cells: list[list[str]], end: str, encoding: str, quoting: int, block: int):
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=end, quoting=quoting).writerows([["one", "two"], *cells])  # type: ignore[arg-type]
    rows, broken = cut(text.getvalue().encode(encoding), block)
    assert broken == []
    assert [row for _, row in rows] == [tuple(cell.strip() or None for cell in row) for row in cells]  # type: ignore[misc]


SCRIPT = "import sys; from smarketing.actions.import_facts import import_facts; import_facts([sys.argv[1]], mapping=sys.argv[2], out=sys.argv[3])"


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs a system on which a process can be killed")
def test_killed_at_any_time_the_next_run_gives_the_same(bench: Bench, monkeypatch: pytest.MonkeyPatch):
    rows = 60_000
    bench.file("old.csv", "id,at\n" + "".join(f"o{row},2026-01-05\n" for row in range(1000)))
    bench.file("data.csv", "id,at\n" + "".join(f"{row},2026-01-05\n" for row in range(rows)))
    bench.mapped()
    bench.run("old.csv")
    before = bench.out.read_bytes()
    for delay in (0.7, 0.9, 1.1, 1.3):
        line = [sys.executable, "-c", SCRIPT, str(bench.folder / "data.csv"), str(bench.folder / "mapping.yaml"), str(bench.out)]
        running = subprocess.Popen(line)
        time.sleep(delay)
        os.kill(running.pid, signal.SIGKILL)
        running.wait()
        assert bench.out.read_bytes() == before or pl.read_parquet(bench.out).height == rows + 1000
    result = bench.run("data.csv")
    assert result.facts.new + result.facts.known == rows
    assert sorted(path.name for path in bench.out.parent.iterdir()) == ["facts.parquet"]
    assert bench.facts().select("fact_id", "at", "lead_id").equals(
        pl.DataFrame({"fact_id": [f"t:{row}" for row in range(rows)] + [f"t:o{row}" for row in range(1000)]})
        .with_columns(at=pl.lit("2026-01-05T00:00:00Z").str.to_datetime(time_unit="us", time_zone="UTC"), lead_id=pl.col("fact_id").str.slice(2))
        .sort("fact_id")
    )  # fmt: skip


MEASURED = SCRIPT + "; import resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"


def peak(bench: Bench, rows: int) -> int:
    """The most memory (kB) that an import of so many rows took."""
    number = pl.int_range(rows, eager=True)
    pl.DataFrame(
        {
            "id": number,
            "at": pl.Series(["2026-01-05 10:00:00"]).new_from_index(0, rows),
            "note": "page " + (number % 997).cast(pl.String),
        }
    ).write_csv(bench.folder / f"{rows}.csv")
    line = [
        sys.executable,
        "-c",
        MEASURED,
        f"{bench.folder}/{rows}.csv",
        f"{bench.folder}/mapping.yaml",
        f"{bench.folder}/{rows}.parquet",
    ]
    done = subprocess.run(line, check=True, capture_output=True, text=True)
    assert pl.scan_parquet(bench.folder / f"{rows}.parquet").select(pl.len()).collect().item() == rows
    return int(done.stdout)


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the peak of memory is measured as Linux counts it")
def test_a_million_rows_take_hardly_more_memory_than_two_hundred_thousand(bench: Bench):
    bench.mapped('properties: {note: "{note}"}')
    small, large = peak(bench, 200_000), peak(bench, 1_000_000)
    assert large < small + 120_000
