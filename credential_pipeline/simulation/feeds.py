"""The deliveries of a certifier: which rows are in which file, late, repeated and broken rows, bytes on disk.

Not here: how a value is written (dialects.py) and errors in identities (faults.py).
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from credential_pipeline.foundation.registry.feeds import Certifier
from credential_pipeline.simulation.accounts import Accounts
from credential_pipeline.simulation.arrays import Bools, Ints, Texts, blank, join, texts, years
from credential_pipeline.simulation.broken import Broken, break_rows
from credential_pipeline.simulation.credentials import ATTEMPT, AWARD, EVENTS, Catalogue, Events
from credential_pipeline.simulation.dialects import can_say, render
from credential_pipeline.simulation.faults import typo
from credential_pipeline.simulation.forms import FORMS, encoding_of
from credential_pipeline.simulation.schools import Schools, Training
from credential_pipeline.simulation.world import Delivery

_NOVEMBER = 10
_RESULTS = {1: "pass", 0: "fail", -1: ""}


@dataclass(frozen=True)
class Delivered:
    """What the truth needs of a certifier's files: record ids and learners of the rows, and the planted faults."""

    record_id: Texts
    learner: Ints
    broken: list[Broken]
    rows: int


def reported(certifier: Certifier, shelf: Catalogue, events: Events) -> tuple[Bools, Texts]:
    """Which events the certifier's layout can express, and the result that it gives for them."""
    mine = shelf.certifier[events.credential] == [it.certifier for it in shelf.certifiers].index(certifier.certifier)
    said = np.zeros(len(events), dtype=np.bool_)
    result = blank(len(events))
    for event, name in enumerate(EVENTS):
        for passed, word in _RESULTS.items():
            rows = mine & (events.event == event) & (events.passed == passed)
            for tried in dict.fromkeys((word, "") if event == AWARD else (word,)):
                if rows.any() and can_say(certifier, {"event": name, "result": tried}):
                    said |= rows
                    result[rows] = tried
                    break
    return said, result


def select(events: Events, rows: Ints) -> Events:
    """Some of the events."""
    return Events(
        *(getattr(events, name)[rows] for name in ("learner", "credential", "event", "passed", "day", "expires"))
    )


def reports_failures(certifier: Certifier) -> bool:
    """Whether the certifier's layout can tell a failed sitting."""
    return can_say(certifier, {"event": EVENTS[ATTEMPT], "result": "fail"})


def deliver(
    rng: np.random.Generator,
    folder: Path,
    certifier: Certifier,
    shelf: Catalogue,
    rows: Events,
    result: Texts,
    accounts: Accounts,
    training: Training,
    schools: Schools,
    world: Delivery,
) -> Delivered:
    """Write one file a year into ``folder``.

    Args:
        rng: The stream of the certifier's files.
        folder: Inbox folder of the certifier; created.
        certifier: Its YAML.
        shelf: Credentials of the industry.
        rows: The certifier's events, sorted by day.
        result: Result that the file gives for each.
        accounts: Identities, and which one each event uses.
        training: Where each learner trained.
        schools: Institutions.
        world: Fault rates of rows.
    """
    size = len(rows)
    record_id = join(certifier.certifier[:4].upper(), texts(f"{number:08d}" for number in range(1, size + 1)))
    fields = _names(rng, accounts, world) | {
        "record_id": record_id,
        "person_ref": accounts.reference[accounts.of_row],
        "credential_code": shelf.code[rows.credential],
        "credential_title": shelf.title[rows.credential],
        "event": texts(EVENTS)[rows.event],
        "result": result,
        **_trained(training, schools, rows.learner),
        "block_flag": np.where(accounts.blocked[accounts.of_row], "Y", "N").astype(object),
    }
    born = accounts.identity.birth[accounts.of_row]
    days = {"birth_date": born, "event_date": rows.day, "expiration_date": rows.expires}
    year, month = years(rows.day), rows.day.astype("datetime64[M]").astype(np.int64) % 12
    late = (rng.random(size) < world.late_row) & (month >= _NOVEMBER)
    file_year = np.minimum(year + late, int(year.max(initial=0)))
    columns = render(rng, certifier, fields, days, year * 100 + month + 1)
    broken = _write_files(rng, folder, certifier, columns, file_year, world)
    derived = certifier.columns["record_id"].derived
    if derived:
        record_id, first = np.unique(_derived([columns[name] for name in derived]), return_index=True)
        return Delivered(record_id, rows.learner[first], broken, len(first))
    return Delivered(record_id, rows.learner, broken, size)


def _derived(columns: Sequence[Texts]) -> Texts:
    """Ids that are derived of the columns of a row, written down here once more."""
    told = ("\x1f".join(" ".join(value.split()).upper() for value in row) for row in zip(*columns, strict=True))
    return texts("D" + hashlib.md5(row.encode(), usedforsecurity=False).hexdigest()[:16] for row in told)


def _names(rng: np.random.Generator, accounts: Accounts, world: Delivery) -> dict[str, Texts]:
    """Who each row is about, with slips that stand in one row only."""
    fields = {name: values[accounts.of_row] for name, values in accounts.identity.text.items()}
    slips = np.flatnonzero(rng.random(len(accounts.of_row)) < world.row_typo)
    fields["last_name"] = fields["last_name"].copy()
    fields["last_name"][slips] = typo(rng, fields["last_name"][slips])
    return fields


def _trained(training: Training, schools: Schools, learner: Ints) -> dict[str, Texts]:
    """Where the learner of each row trained."""
    school = training.school[learner]
    return {
        "training_provider": training.provider[learner],
        "provider_opeid": np.where(school >= 0, schools.opeid[school], "").astype(object),
        "training_setting": texts(training.setting_names)[training.setting[learner]],
    }


def _write_files(
    rng: np.random.Generator,
    folder: Path,
    certifier: Certifier,
    columns: dict[str, Texts],
    file_year: Ints,
    world: Delivery,
) -> list[Broken]:
    """One file a year, with repeated and broken rows where it is delimited text; return the planted faults."""
    folder.mkdir(parents=True, exist_ok=True)
    if certifier.feed.format in FORMS:
        ending, form = FORMS[certifier.feed.format]
        for one in np.unique(file_year).tolist():
            mine = np.flatnonzero(file_year == one)
            rows = list(zip(*(values[mine].tolist() for values in columns.values()), strict=True))
            (folder / f"{one}{ending}").write_bytes(form(certifier.feed, list(columns), rows))
        return []
    return _write_lines(rng, folder, certifier, columns, file_year, world)


def _write_lines(
    rng: np.random.Generator,
    folder: Path,
    certifier: Certifier,
    columns: dict[str, Texts],
    file_year: Ints,
    world: Delivery,
) -> list[Broken]:
    """Files of delimited text: lines before the header if the YAML says so, then rows, some of them repeated or broken."""
    delimiter = certifier.feed.delimiter
    lines = _lines(columns, delimiter)
    header = delimiter.join(_quote(column, delimiter) for column in columns)
    where = certifier.feed.header
    before = [f"Export, line {line} before the header" for line in range(1, where)] if isinstance(where, int) else []
    broken: list[Broken] = []
    for one in np.unique(file_year).tolist():
        mine = np.flatnonzero(file_year == one)
        again = rng.choice(mine, rng.binomial(len(mine), world.repeated_row), replace=False) if len(mine) else mine
        placed = np.concatenate([mine, again])
        order = np.argsort(np.concatenate([mine, again + rng.integers(0, 200, len(again)) + 0.5]), kind="stable")
        repeats = (np.arange(len(placed)) >= len(mine))[order]
        name = f"{one}.csv"
        body, faults = break_rows(
            rng, certifier, columns, placed[order], lines[placed[order]], repeats, name, world.bad_row
        )
        broken += [replace(fault, line=fault.line + len(before)) for fault in faults]
        _write(folder / name, [*before, header, *body], encoding_of(certifier.feed))
    return broken


def _quote(value: str, delimiter: str) -> str:
    return '"' + value.replace('"', '""') + '"' if delimiter in value or '"' in value else value


def _lines(columns: dict[str, Texts], delimiter: str) -> Texts:
    quoted = []
    for values in columns.values():
        everything = "\x00".join(values)
        special = delimiter in everything or '"' in everything
        quoted.append([_quote(value, delimiter) for value in values] if special else values.tolist())
    return texts(map(delimiter.join, zip(*quoted, strict=True)))


def _write(path: Path, lines: list[str], encoding: str) -> None:
    content = "\r\n".join(lines) + "\r\n"
    path.write_bytes(content.encode(encoding, errors="replace"))
