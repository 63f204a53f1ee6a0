"""Which package is read: the one with the largest signed number, and never an older one than before."""

import shutil
from dataclasses import replace

import pytest

from credential_pipeline.engines.handover import package
from credential_pipeline.engines.handover.arrivals import Arrivals, newest
from credential_pipeline.foundation.storage.chain import Head
from credential_pipeline.foundation.storage.engine import connect
from tests.domain.engines.handover_ends import FACTS, LINK, Ends, refused
from tests.domain.engines.handover_world import NOW


@pytest.fixture
def ends(tmp_path):
    ends = Ends(tmp_path)
    write(ends, 1)
    return ends


def write(ends, content):
    with connect(threads=1) as con:
        for path in ends.files.values():
            con.execute(f"COPY (SELECT {content} AS b FROM range(3)) TO '{path}' (FORMAT parquet)")


def send(ends, content, **facts):
    write(ends, content)
    return ends.seal(facts=replace(FACTS, **facts))


def test_packages_are_numbered_and_the_newest_is_read(ends):
    first, second = send(ends, 1), send(ends, 2)
    assert (first.manifest.number, second.manifest.number) == (1, 2)
    assert newest(ends.out, ends.public, "census_extract") == second.folder
    assert send(ends, 2).reused


def test_content_that_comes_back_is_sealed_under_a_new_number(ends):
    first = send(ends, 1)
    send(ends, 2)
    again = send(ends, 1)
    assert again.folder == first.folder
    assert again.manifest.number == 3
    assert newest(ends.out, ends.public, "census_extract") == first.folder
    assert len(ends.open(again.folder)) == 2
    assert not [path for path in ends.out.iterdir() if path.name.startswith(package.PART)]


def test_the_sender_counts_on_where_its_packages_were_destroyed(ends):
    send(ends, 1)
    shutil.rmtree(ends.out)
    assert send(ends, 2, sent=7).manifest.number == 8


def test_an_older_package_is_refused_as_a_replay(ends):
    arrivals = Arrivals(ends.recipient)
    first = send(ends, 1)
    arrivals.refuse_replay(first.manifest, first.folder)
    arrivals.remember(first.manifest, NOW)
    second = send(ends, 2)
    arrivals.refuse_replay(second.manifest, second.folder)
    arrivals.remember(second.manifest, NOW)
    arrivals.remember(second.manifest, NOW)
    assert len(arrivals.chain.lines()) == 2
    arrivals.refuse_replay(second.manifest, second.folder)
    refused("E_PACKAGE_REPLAYED", arrivals.refuse_replay, first.manifest, first.folder)
    forged = replace(second.manifest, content=replace(second.manifest.content, purpose="another"))
    refused("E_PACKAGE_REPLAYED", arrivals.refuse_replay, forged, first.folder)


def test_a_package_of_another_industry_counts_for_itself(ends):
    arrivals = Arrivals(ends.recipient)
    for content in (1, 2):
        arrivals.remember(send(ends, content).manifest, NOW)
    other = send(ends, 1, industry="healthcare", sent=0)
    arrivals.refuse_replay(replace(other.manifest, number=1), other.folder)


def test_a_sender_whose_ledger_shrank_is_refused(ends):
    arrivals = Arrivals(ends.recipient)
    arrivals.remember(send(ends, 1, ledger=Head(5, "a" * 64)).manifest, NOW)
    for ledger in (Head(4, "b" * 64), Head(5, "b" * 64), Head()):
        sealed = send(ends, 2, ledger=ledger)
        refused("E_SENDER_LEDGER", arrivals.refuse_replay, sealed.manifest, sealed.folder)
        shutil.rmtree(sealed.folder)
    arrivals.refuse_replay(send(ends, 3, ledger=Head(6, "c" * 64)).manifest, ends.out)


def test_a_recipient_that_lost_its_memory_accepts_nothing(ends):
    arrivals = Arrivals(ends.recipient)
    sealed = send(ends, 1)
    arrivals.remember(sealed.manifest, NOW)
    arrivals.chain.path.unlink()
    refused("E_LEDGER_BROKEN", arrivals.refuse_replay, sealed.manifest, sealed.folder)


@pytest.mark.parametrize("stray", ["pointer of five megabytes", "folder", "renamed"])
def test_what_lies_beside_the_packages_leads_nowhere(ends, stray):
    first = send(ends, 1)
    second = send(ends, 2)
    if stray == "pointer of five megabytes":
        (ends.out / "CURRENT").write_bytes(first.folder.name.encode() * 160_000)
        assert newest(ends.out, ends.public, "census_extract") == second.folder
    elif stray == "folder":
        (ends.out / "zzz").mkdir()
        refused("E_PACKAGE_MISSING", newest, ends.out, ends.public, "census_extract")
    else:
        second.folder.rename(ends.out / ("f" * 32))
        refused("E_PACKAGE_UNEXPECTED", newest, ends.out, ends.public, "census_extract")


def test_an_empty_or_missing_folder_holds_no_package(ends, tmp_path):
    refused("E_NO_PACKAGE", newest, tmp_path / "nowhere", ends.public, LINK)


def test_a_large_file_travels_in_parts(ends, monkeypatch):
    monkeypatch.setattr(package, "_LARGEST_PART", 200)
    sealed = send(ends, 1)
    assert len(sealed.manifest.sealed["learners"]) > 1
    assert max(path.stat().st_size for path in sealed.folder.glob("*.age*")) <= 200
    assert ends.open(sealed.folder)["learners"] == ends.files["learners"].read_bytes()
    (sealed.folder / "learners.parquet.age.2").unlink()
    refused("E_PACKAGE_MISSING", ends.verify, sealed.folder)
