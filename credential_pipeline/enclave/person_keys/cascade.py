"""The search modules and passes in order, named as in the Person Identification Validation System.

Source: Wagner and Layne 2014 (CARRA working paper 2014-01) and its public emulation by IHME
(``person_linkage_case_study``). The passes that repeat another with first and last name swapped are not needed: the
name comparison knows swapped names. NameSearch has three passes more, for nicknames, earlier surnames and rows without
birth date. Not here: scores and decisions.
"""

from dataclasses import dataclass

from credential_pipeline.engines.linkage.blocking import RARE_OR_LIKE_DATES, Rule
from credential_pipeline.foundation.storage.relation import Relation, Scratch

_MONTH_DAY = "birth_ymd % 10000"
_YEAR = "birth_ymd // 10000"


def _first(count: int) -> str:
    return f"substr(first_name, 1, {count})"


def _last(count: int) -> str:
    return f"substr(last_name, 1, {count})"


@dataclass(frozen=True)
class Pass:
    """One pass of a module: candidates that agree on its keys."""

    module: str
    name: str
    rule: Rule


def _pass(module: str, name: str, *keys: str, right: tuple[str, ...] = (), bound: int = 100) -> Pass:
    return Pass(module, name, Rule(f"{module}.{name}", keys, right, bound))


PASSES: tuple[Pass, ...] = (
    _pass("GeoSearch", "1_address", "zip", "street"),
    _pass("GeoSearch", "3_house_and_street_sound", "zip", "house", "street_sound"),
    _pass("GeoSearch", "5_initials_and_birth_year", "substr(zip, 1, 3)", _first(2), _last(2), _YEAR),
    _pass("NameSearch", "1_birth_date_and_sounds", "birth_ymd", "first_sound", "last_sound"),
    _pass("NameSearch", "2_birth_date_and_initials", "birth_ymd", _first(1), _last(1)),
    Pass(
        "NameSearch",
        "names",
        Rule("NameSearch.names", ("first_name", "last_name"), bound=100, where=RARE_OR_LIKE_DATES, surnames=True),
    ),
    _pass("NameSearch", "3_birth_year_and_prefixes", _YEAR, _first(2), _last(2), bound=200),
    _pass("NameSearch", "4_birth_day_and_prefixes", _MONTH_DAY, _first(2), _last(2), bound=200),
    _pass("NameSearch", "first_and_birth_date", "birth_ymd", "first_name"),
    Pass(
        "NameSearch",
        "prefixes_without_birth_date",
        Rule(
            "NameSearch.prefixes_without_birth_date",
            (_first(4), _last(5)),
            bound=50,
            where="(l.birth_ymd IS NULL OR r.birth_ymd IS NULL)",
        ),
    ),
    _pass(
        "DOBSearch",
        "1_initials_swapped",
        _MONTH_DAY,
        _first(1),
        _last(1),
        right=(_MONTH_DAY, _last(1), _first(1)),
        bound=500,
    ),
    _pass("DOBSearch", "2_prefixes", _MONTH_DAY, _first(3), _last(3)),
    _pass("DOBSearch", "3_reversed_sounds", _MONTH_DAY, "first_sound_reversed", "last_sound_reversed"),
    _pass("DOBSearch", "4_first_and_birth_year", _MONTH_DAY, _YEAR, _first(2), bound=200),
    _pass("HHCompSearch", "1_initials", "household", _first(1), _last(1)),
    _pass("HHCompSearch", "2_birth_year", "household", _YEAR),
)


def _soundex(word: str) -> str:
    """SQL for the Soundex-like code of letters: the first letter and the classes of the consonants that follow."""
    codes = f"translate(substr({word}, 2), 'BFPVCGJKQSXZDTLMNRAEIOUYHW', '11112222222233455600000000')"
    squeezed = codes
    for digit in "123456":
        squeezed = f"replace(replace({squeezed}, '{digit * 3}', '{digit}'), '{digit * 2}', '{digit}')"
    return f"substr({word}, 1, 1) || substr(replace({squeezed}, '0', ''), 1, 3)"


def add_keys(work: Scratch, records: Relation) -> Relation:
    """The record table with the keys of the passes: sounds of names and streets, house number, household.

    Sounds are computed once for each distinct name. Records without a number are numbered as they come to lie, which
    needs no thread to wait for another.

    Args:
        work: Makes the relation.
        records: A record table, or a view of :func:`credential_pipeline.engines.linkage.fields.record_sql`.
    """
    house = "CASE WHEN r.street[1] BETWEEN '0' AND '9' THEN split_part(r.street, ' ', 1) END"
    street_word = "nullif(split_part(r.street, ' ', 2), '')"
    # The words are taken from the records themselves: a query of their own columns would be kept as a copy of all.
    keyed = work.table(
        "keyed_records",
        f"""
        WITH word AS (
            SELECT DISTINCT first_name AS word FROM {records}
            UNION SELECT DISTINCT last_name FROM {records}
            UNION SELECT DISTINCT {street_word} FROM {records} r),
        sound AS (
            SELECT word, {_soundex("word")} AS sound, {_soundex("reverse(word)")} AS reversed
            FROM word WHERE word IS NOT NULL)
        SELECT r.*, {house} AS house, f.sound AS first_sound, l.sound AS last_sound,
               f.reversed AS first_sound_reversed, l.reversed AS last_sound_reversed,
               s.sound AS street_sound, NULL::VARCHAR AS household
        FROM {records} r
        LEFT JOIN sound f ON f.word = r.first_name
        LEFT JOIN sound l ON l.word = r.last_name
        LEFT JOIN sound s ON s.word = {street_word}
        """,
    )
    if "record" in records.columns:
        return keyed
    return work.view("numbered_records", f"SELECT rowid + 1 AS record, * FROM {keyed}")
