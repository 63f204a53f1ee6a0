"""Attacks what is proposed, hides what is found, and attacks again, until nothing is found.

What is found is mended all at once, each count as if it were the only one. Where a number of people is hidden for the sake of a small
count elsewhere, all figures that tell of it go, and what else was hidden often does as well without. So, once nothing is found,
these figures are put back and mended anew beside all the others: less is hidden, and the same attack holds.

Not here: the attack, and what is marked before it.
"""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final

from credential_pipeline.enclave.outcome_release.release import stage_csv
from credential_pipeline.enclave.outcome_release.verdict import Attack, Verdict
from credential_pipeline.foundation.progress import PROGRESS
from credential_pipeline.foundation.registry.profiles import Profile
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import Relation, scratch

MOST_ROUNDS: Final = 30
"""How often what an attack found is hidden and attacked again, before the release is given up."""
WORTH: Final = 0.01
"""Part of the shown figures from which on it is worth the time to put figures back."""


def settle(
    con: Connection, folder: Path, profile: Profile, earlier: Sequence[Path], attack: Attack
) -> tuple[Verdict, int]:
    """Attack what is published and hide what is found, and no more than that asks for.

    Args:
        con: Connection with ``outcome_release.published_outcomes`` as it was marked.
        folder: Where the public file is staged.
        profile: The profile.
        earlier: Public files of all earlier releases.
        attack: What is tried.

    Returns:
        The last verdict, and how many cells were hidden. If the last round still asks for cells to be hidden, each of
        them is a finding.
    """
    with scratch(con) as work:
        columns = "cell_id, status, value, n, low, high"
        marked = work.table("marked", f"SELECT {columns} FROM outcome_release.published_outcomes")
        start = _shown(con)
        verdict, spare = _mend(con, folder, profile, earlier, attack)
        shown = _shown(con)
        back = _sharing_a_number(con, spare & start)
        if not verdict.findings and len(back) > WORTH * len(shown):
            _put_back(con, marked, back)
            again, _ = _mend(con, folder, profile, earlier, attack)
            if not again.findings and len(_shown(con)) > len(shown):
                verdict = again
            else:
                # Exactly what was attacked before: nothing is shown that the verdict does not know.
                _put_back(con, marked, start)
                hide_cells(con, start - shown)
                stage_csv(con, folder)
    return verdict, len(start - _shown(con))


def hide_cells(con: Connection, cells: Collection[str]) -> int:
    """Hide shown cells under the one mark for everything hidden; how many there were."""
    changed = con.execute(
        "UPDATE outcome_release.published_outcomes SET status = 5, value = NULL, n = NULL, low = NULL, high = NULL"
        " WHERE status = 1 AND list_contains(CAST(? AS VARCHAR[]), cell_id)",
        [sorted(cells)],
    ).fetchall()
    return int(changed[0][0])


def _mend(
    con: Connection, folder: Path, profile: Profile, earlier: Sequence[Path], attack: Attack
) -> tuple[Verdict, frozenset[str]]:
    """Attack and hide until nothing is found that hiding mends; the verdict, and what was hidden for the sake of others alone."""
    hidden, needed = set[str](), set[str]()
    for number in range(1, MOST_ROUNDS + 1):
        PROGRESS.info("attack %d of at most %d, on %d figures", number, MOST_ROUNDS, len(_shown(con)))
        verdict = attack(stage_csv(con, folder), earlier, profile)
        if number == MOST_ROUNDS or not hide_cells(con, verdict.hide):
            break
        hidden |= verdict.hide
        needed |= verdict.hide - verdict.spare
    return _unmended(verdict), frozenset(hidden - needed)


def _unmended(verdict: Verdict) -> Verdict:
    """A verdict whose wishes are findings: nothing is hidden after it."""
    wishes = tuple(("unmended", cell, "n") for cell in sorted(verdict.hide))
    return Verdict(findings=(*verdict.findings, *wishes), certificate=verdict.certificate)


def _shown(con: Connection) -> set[str]:
    rows = con.execute("SELECT cell_id FROM outcome_release.published_outcomes WHERE status = 1").fetchall()
    return {cell for (cell,) in rows}


def _sharing_a_number(con: Connection, cells: Collection[str]) -> set[str]:
    """Those of the cells whose number of people stands behind another of them, too."""
    rows = con.execute(
        """
        SELECT cell_id FROM outcome_tables.outcomes WHERE list_contains(CAST(? AS VARCHAR[]), cell_id)
        QUALIFY count(*) OVER (PARTITION BY n_count_id) > 1
        """,
        [sorted(cells)],
    ).fetchall()
    return {cell for (cell,) in rows}


def _put_back(con: Connection, marked: Relation, cells: Collection[str]) -> None:
    """Show cells again as they were marked."""
    con.execute(
        f"""
        UPDATE outcome_release.published_outcomes AS p
        SET status = m.status, value = m.value, n = m.n, low = m.low, high = m.high
        FROM {marked} AS m WHERE m.cell_id = p.cell_id AND list_contains(CAST(? AS VARCHAR[]), p.cell_id)
        """,
        [sorted(cells)],
    )
