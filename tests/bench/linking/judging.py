"""Links against the truth of a world: scores, calibration, groups, and what the lost and the wrong links are like.

Every method is judged by the same code, from the same form: certifier, record_id, student_id, match_probability. Any row of the
registry that is of the right person is right. Not here: who makes the links (product.py, methods.py), and what is demanded
of them (bounds.py).
"""

from dataclasses import dataclass, field
from pathlib import Path

from credential_pipeline.foundation.storage.engine import Connection, connect
from tests.bench.linking.scores import Score
from tests.bench.linking.world import persons_of

BANDS = ((0.999, 2.0, "≥ .999"), (0.95, 0.999, ".95-.999"), (0.0, 0.95, "below"))
"""Bands of probability, each from (inclusive) and to (exclusive), and what tables call them."""
GROUPS = ("race", "sex", "age", "surname")
LEAST_GROUP = 150
"""True links that a group needs to be shown: fewer say nothing on a gap of a hundredth."""
_MOST_KINDS = 14
_LOST = "own IS NOT NULL AND found IS NULL"

# What the two rows of a pair say about the person: = the same, ~ similar, x different, - missing on a side.
_LIKENESS = """
CREATE OR REPLACE TEMP MACRO likeness(a, b, near) AS
    CASE WHEN a IS NULL OR b IS NULL THEN '-' WHEN a = b THEN '=' WHEN near THEN '~' ELSE 'x' END;
CREATE OR REPLACE TEMP MACRO plain(a) AS nullif(regexp_replace(upper(strip_accents(a)), '[^A-Z0-9]+', '', 'g'), '');
"""
_PATTERN = """
concat_ws(' ',
    'first' || likeness(plain(f.first_name), plain(r.first_name),
                        jaro_winkler_similarity(plain(f.first_name), plain(r.first_name)) >= 0.85),
    'last' || likeness(plain(f.last_name), plain(r.last_name),
                       jaro_winkler_similarity(plain(f.last_name), plain(r.last_name)) >= 0.85),
    'birth' || likeness(f.birth_date, r.birth_date, damerau_levenshtein(f.birth_date, r.birth_date) <= 2),
    'street' || likeness(plain(f.street), plain(r.street),
                         jaro_winkler_similarity(plain(f.street), plain(r.street)) >= 0.85),
    'digits' || likeness(f.ssn_last4, r.ssn_last4, damerau_levenshtein(f.ssn_last4, r.ssn_last4) <= 1))
"""
_JUDGED = """
CREATE TEMP TABLE judged AS
SELECT t.*, l.student_id AS found, coalesce(l.match_probability, 0) AS probability, l.status,
       s.household AS found_household, coalesce(s.person_id = t.person_id, false) AS hit, own.student_id AS own
FROM read_csv($truth, all_varchar = true) t
LEFT JOIN links l USING (certifier, record_id)
LEFT JOIN students s ON s.student_id = l.student_id
LEFT JOIN (SELECT person_id, min(student_id) AS student_id FROM students GROUP BY 1) own ON own.person_id = t.person_id
"""


@dataclass(frozen=True)
class Judged:
    """The links of one method in one world.

    Attributes:
        score: Over all feed rows.
        bands: Links in each of :data:`BANDS`, and how many of them are right.
        groups: Dimension -> group -> score, where the world knows groups and the group is large enough.
        lost: What is special about rows that should have been linked and were not, as (count, kind).
        wrong: As ``lost``, of rows that were linked wrongly.
        why: What became of the lost rows and of their right pairs, as (count, what), where the product tells it.
    """

    score: Score
    bands: tuple[tuple[int, int], ...] = ()
    groups: dict[str, dict[str, Score]] = field(default_factory=dict)
    lost: tuple[tuple[int, str], ...] = ()
    wrong: tuple[tuple[int, str], ...] = ()
    why: tuple[tuple[int, str], ...] = ()

    def gap(self, dimension: str) -> float | None:
        """Largest difference in recall between two groups; None if there are no two."""
        recalls = [score.recall for score in self.groups.get(dimension, {}).values()]
        return max(recalls) - min(recalls) if len(recalls) > 1 else None


def judge(folder: Path, links: Path, *, explained: bool = False) -> Judged:
    """Judge the links of one method.

    Args:
        folder: The world.
        links: CSV file of links.
        explained: Tell of lost rows what became of the right pair, by the pairs that the product exported beside its links.
    """
    with connect() as con:
        con.execute(_LIKENESS)
        con.execute(f"CREATE TEMP TABLE students AS FROM read_csv('{folder}/students.csv', all_varchar = true)")
        con.execute(
            "CREATE TEMP TABLE links AS SELECT certifier, record_id, student_id, match_probability::DOUBLE AS "
            f"match_probability, {'status' if explained else 'NULL AS status'} FROM read_csv('{links}', all_varchar = true)"
        )
        con.execute(_JUDGED, {"truth": str(folder / "truth.csv")})
        con.execute(_KEPT.format(folder=folder) if explained else _NOTHING_KEPT)
        return Judged(
            score=_score(con, "true"),
            bands=tuple(_band(con, least, most) for least, most, _ in BANDS),
            groups={dimension: _groups(con, dimension) for dimension in GROUPS},
            lost=_kinds(con, folder, "own", _LOST, _WHY if explained else "'no link'"),
            wrong=_kinds(con, folder, "found", "found IS NOT NULL AND NOT hit", _WHOSE),
            why=_counted(con, _LOST, _WHY) if explained else (),
        )


# The best right pair of each row that the product kept, if there is one.
_KEPT = """
CREATE TEMP TABLE kept AS
SELECT j.certifier, j.record_id, max(p.match_probability::DOUBLE) AS kept
FROM judged j JOIN students s USING (person_id)
JOIN read_csv('{folder}/rows.csv', all_varchar = true) w USING (certifier, record_id)
JOIN read_csv('{folder}/pairs.csv', all_varchar = true) p
  ON p.hop = 'student' AND p.left_id = w.profile_id AND p.right_id = s.student_id
GROUP BY ALL
"""
_NOTHING_KEPT = "CREATE TEMP TABLE kept (certifier VARCHAR, record_id VARCHAR, kept DOUBLE)"
_WHY = """
concat_ws(', ', coalesce(j.status, 'set aside at entry'), CASE WHEN j.status IS NULL THEN NULL WHEN kept IS NULL THEN 'right pair not kept' WHEN kept >= 0.8 THEN 'right pair at ≥ .8'
                          WHEN kept >= 0.5 THEN 'right pair at .5-.8' ELSE 'right pair below .5' END)
"""
_WHOSE = """
concat_ws(', ', CASE WHEN found_household = j.household THEN 'a relative' ELSE 'a stranger' END,
          CASE WHEN own IS NULL THEN 'is not in the registry' END,
          CASE WHEN probability >= 0.999 THEN 'p ≥ .999' END)
"""


def judge_pairs(folder: Path, pairs: Path) -> Judged:
    """Judge pairs of feed rows that were called one person: CSV with left_id and right_id, each pair once.

    Args:
        folder: The world.
        pairs: CSV file of pairs of record ids.
    """
    with connect() as con:
        counts = con.execute(
            f"""
            WITH truth AS (FROM read_csv('{folder}/truth.csv', all_varchar = true)),
                 found AS (SELECT DISTINCT least(left_id, right_id) AS a, greatest(left_id, right_id) AS b
                           FROM read_csv('{pairs}', all_varchar = true))
            SELECT (SELECT count(*) FROM found),
                   (SELECT sum(n * (n - 1) // 2) FROM (SELECT count(*) AS n FROM truth GROUP BY person_id)),
                   (SELECT count(*) FROM found JOIN truth x ON x.record_id = a JOIN truth y ON y.record_id = b
                    WHERE x.person_id = y.person_id)
            """
        ).fetchall()[0]
    return Judged(Score(*(int(count) for count in counts)))


def _score(con: Connection, condition: str) -> Score:
    counts = con.execute(
        f"SELECT count(found), count(own), count(*) FILTER (hit) FROM judged WHERE {condition}"
    ).fetchall()[0]
    return Score(*counts)


def _band(con: Connection, least: float, most: float) -> tuple[int, int]:
    links, right = con.execute(
        "SELECT count(found), count(*) FILTER (hit) FROM judged "
        f"WHERE found IS NOT NULL AND probability >= {least} AND probability < {most}"
    ).fetchall()[0]
    return links, right


def _groups(con: Connection, dimension: str) -> dict[str, Score]:
    groups = con.execute(
        f"SELECT {dimension} FROM judged WHERE {dimension} IS NOT NULL GROUP BY 1 "
        f"HAVING count(own) >= {LEAST_GROUP} ORDER BY 1"
    ).fetchall()
    return {group: _score(con, f"{dimension} = '{group}'") for (group,) in groups}


def _counted(con: Connection, condition: str, label: str) -> tuple[tuple[int, str], ...]:
    rows = con.execute(
        f"SELECT count(*), {label} AS what FROM judged j LEFT JOIN kept USING (certifier, record_id) "
        f"WHERE {condition} GROUP BY 2 ORDER BY 1 DESC, 2"
    ).fetchall()
    return tuple(rows)


def _kinds(con: Connection, folder: Path, student: str, condition: str, label: str) -> tuple[tuple[int, str], ...]:
    """Rows by label, by the world's own note, and by how the row agrees with a row of the registry."""
    rows = con.execute(
        f"""
        SELECT count(*), concat_ws(' | ', {label}, j.notes, {_PATTERN}) AS kind
        FROM judged j LEFT JOIN kept USING (certifier, record_id)
        JOIN read_csv('{folder}/feed.csv', all_varchar = true) f USING (certifier, record_id)
        JOIN read_csv('{persons_of(folder)}', all_varchar = true) r ON r.student_id = j.{student}
        WHERE {condition} GROUP BY 2 ORDER BY 1 DESC, 2 LIMIT {_MOST_KINDS}
        """
    ).fetchall()
    return tuple(rows)
