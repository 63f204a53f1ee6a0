"""Learner ids over the life of an industry: reordered rows, deliveries that come, go and come back, other thresholds."""

import random
import shutil
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
import yaml

from credential_pipeline.foundation.registry import load

FEEDS = Path("clearinghouse/inbox/manufacturing")
LAST = FEEDS / "nims" / "2018.csv"
LINKED = Path("clearinghouse/store/linked_records/manufacturing")


class Home:
    """A small home, run hop by hop up to the linkage."""

    def __init__(self, run, home: Path) -> None:
        self.run, self.home = run, home
        self.registry: Path | None = None

    def call(self, *words: str) -> str:
        answer = self.run(self.home, *words, registry=self.registry)
        assert answer.code == 0, answer.err + answer.out
        return answer.out + answer.err

    def link(self) -> pd.Series:
        """Run, and give the learner of every feed row."""
        self.call("run", "manufacturing", "--until", "linked_records")
        return self.table("links").set_index(["certifier", "record_id"]).learner_id.sort_index()

    def decide(self, what: str) -> None:
        """Withdraw the last delivery, or let it count."""
        self.call("deliveries", what, "manufacturing", f"nims/{LAST.name}", "--reason", "a test")

    def table(self, name: str) -> pd.DataFrame:
        """A current table, as its file holds it; empty texts for what is missing."""
        frame = pd.read_parquet(self.home / LINKED / self.version / f"{name}.parquet")
        return frame.astype(object).where(frame.notna(), "")

    def export(self, name: str) -> pd.DataFrame:
        """The same table, as a user gets it."""
        out = self.home / f"{name}.csv"
        self.call("export", name, "manufacturing", "--out", str(out))
        return pd.read_csv(out, dtype=str, keep_default_na=False)

    @property
    def version(self) -> str:
        return (self.home / LINKED / "CURRENT").read_text()

    def newest(self) -> pd.DataFrame:
        """The events of the last change."""
        events = self.table("learner_events")
        return events[events.revision == events.revision.max()]

    def replay(self) -> Counter[str]:
        """Rows per living id, from the events alone."""
        rows: Counter[str] = Counter()
        for event in self.table("learner_events").itertuples():
            count = int(event.records)
            rows[event.learner_id] += -count if event.event in {"left", "retired", "merged"} else count
            if event.event in {"split", "merged"}:
                rows[event.other_learner_id] += count if event.event == "merged" else -count
        return +rows

    def reorder(self, seed: int) -> None:
        """Put the rows of every delivery into another order, below their headers."""
        for path in sorted((self.home / FEEDS).rglob("*.csv")):
            header, *lines = path.read_bytes().splitlines(keepends=True)
            lines = [line if line.endswith(b"\n") else line + b"\n" for line in lines]
            random.Random(seed).shuffle(lines)
            path.write_bytes(header + b"".join(lines))


@pytest.fixture
def industry(run, tmp_path) -> Home:
    made = Home(run, tmp_path / "home")
    made.call("simulate", "--learners", "600", "--registry-size", "1500", "--seed", "5", "--industry", "manufacturing")
    return made


def overlay(folder: Path, **linkage) -> Path:
    """A registry folder that gives the industry other thresholds."""
    document = yaml.safe_load((load.BUILT_IN / "industries" / "manufacturing.yml").read_text())
    document["linkage"].update(linkage)
    (folder / "industries").mkdir(parents=True)
    (folder / "industries" / "manufacturing.yml").write_text(yaml.safe_dump(document))
    return folder


def clusters(links: pd.Series) -> set[frozenset]:
    return {frozenset(rows) for rows in links.groupby(links).groups.values()}


def _correct(feed: Path, learners: pd.Series) -> tuple[str, str, str]:
    """Correct the person on two rows into a third: of one learner who has no other row, and of one who has several."""
    lines = feed.read_bytes().splitlines()
    rows = learners.map(learners.value_counts())
    fields = {line.split(b";")[0].decode(): line.split(b";") for line in lines[1:]}
    known = {record: found for record, found in fields.items() if ("nims", record) in rows.index and found[2]}
    alone = [record for record in known if rows["nims", record] == 1]
    many = next(record for record in known if rows["nims", record] > 2)
    right, wrong = alone[:2]
    for record in (wrong, many):
        fields[record][1:8] = known[right][1:8]
    feed.write_bytes(b"\n".join([lines[0], *(b";".join(found) for found in fields.values()), b""]))
    return right, wrong, many


def test_ids_outlive_what_happens_to_feeds_and_thresholds(industry, tmp_path):
    held_back = tmp_path / "2018.csv"
    shutil.move(industry.home / LAST, held_back)
    first = industry.link()
    assert set(industry.newest().event) == {"born"}

    shutil.copy(held_back, industry.home / LAST)
    industry.reorder(3)
    grown = industry.link()
    pd.testing.assert_series_equal(grown[first.index], first)
    events = industry.newest()
    assert set(events.event) == {"born", "joined"}
    assert events.records.sum() == len(grown) - len(first)
    assert set(events[events.event == "born"].learner_id) == set(grown) - set(first)

    industry.decide("withdraw")
    pd.testing.assert_series_equal(industry.link(), first)
    events, redirects = industry.newest(), industry.table("learner_redirects")
    assert set(events.event) == {"left", "retired"}
    retired = set(grown) - set(first)
    assert set(redirects.retired_id) == set(events[events.event == "retired"].learner_id) == retired
    assert set(redirects.learner_id) == {""}

    industry.decide("release")
    pd.testing.assert_series_equal(industry.link(), grown)
    assert set(industry.newest().event) == {"returned"}
    assert industry.table("learner_redirects").empty

    corrected = _correct(industry.home / LAST, grown)
    industry.registry = overlay(tmp_path / "other", link_threshold=0.99)
    strict = industry.link()
    (one,) = {strict["nims", record] for record in corrected}
    (ceased,) = {grown["nims", record] for record in corrected[:2]} - {one}
    redirects = industry.table("learner_redirects").set_index("retired_id").learner_id
    assert redirects[ceased] == one
    for rows in clusters(strict) & clusters(grown):
        assert set(strict[list(rows)]) == set(grown[list(rows)])
    events = industry.newest()
    moved = Counter(pair for pair in zip(grown, strict, strict=True) if pair[0] != pair[1])
    split, merged = events[events.event == "split"], events[events.event == "merged"]
    told = Counter(dict(zip(zip(split.other_learner_id, split.learner_id, strict=True), split.records, strict=True)))
    told.update(dict(zip(zip(merged.learner_id, merged.other_learner_id, strict=True), merged.records, strict=True)))
    assert told == moved
    assert set(events.event) <= {"split", "merged"}
    assert industry.replay() == Counter(strict)
    for name in ("learner_events", "learner_redirects"):
        pd.testing.assert_frame_equal(industry.export(name), industry.table(name).astype(str), check_dtype=False)
