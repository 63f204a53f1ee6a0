"""The common form of a person's facts, as SQL: the same for feeds, the education registry and the reference population.

It lives beside the hops because three of them, on two sides, must agree on it to the letter: a name that is written
differently on two sides never meets. Each function takes a SQL expression of type VARCHAR (names, codes) or DATE and
returns one. Not here: what is special about one sender (recipes), and the likeness of names (linkage).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from credential_pipeline.foundation.recipes import name_marks
from credential_pipeline.foundation.recipes.dates import null_placeholder_dates
from credential_pipeline.foundation.recipes.sql import literal, lookup, once
from credential_pipeline.foundation.recipes.text import PLACEHOLDERS, last4, zip5

SUFFIXES: Final = {
    **dict.fromkeys(("JR", "JNR", "JUNIOR"), "JR"),
    **dict.fromkeys(("SR", "SNR", "SENIOR"), "SR"),
    **dict.fromkeys(("II", "2ND", "2"), "II"),
    **dict.fromkeys(("III", "3RD", "3"), "III"),
    **dict.fromkeys(("IV", "4TH", "4"), "IV"),
}
"""Ways to write a suffix -> the standard form."""

YOUNGEST: Final = 10
OLDEST: Final = 100
"""Age in years at an event outside of which a birth date is a mistake."""

_TAIL: Final = r"[ ,]+(JR|SR|II|III|IV|2ND|3RD|4TH)\.?$"
_INNER_TAIL: Final = r"[ ,]+(JR|SR|II|III|IV|2ND|3RD|4TH)\.?(?:\||$)"
_APOSTROPHES: Final = "'\u2019\u2018`\u00b4\u02bc"
_BLANKS: Final = r"\s*"
_NOTHING: Final = ("", *PLACEHOLDERS)
_NO_FAMILY_NAME: Final = ("", *name_marks.NO_FAMILY_NAME)
_LONGEST: Final = max(len(word) for word in PLACEHOLDERS)
_FEW: Final = 4
"""Words up to which DuckDB compares one by one; a longer list becomes a join, through which all columns of a row have to go."""


def _letters(column: str) -> str:
    """No accents and apostrophes; letters that are no accented Latin letter are spelled out, those of other scripts, too.

    Plain ASCII, which has as many bytes as letters, takes the short way: it is most of the rows.
    """
    spelled = f"replace(replace(replace({column}, 'ẞ', 'SS'), 'Æ', 'AE'), 'Œ', 'OE')"
    latin = f"strip_accents(translate({spelled}, {literal('ØŁĐÞ' + _APOSTROPHES)}, 'OLDT'))"
    full = once(
        latin, lambda it: f"CASE WHEN regexp_matches({it}, '[^\\x00-\\x7F]') THEN upper(to_latin({it})) ELSE {it} END"
    )
    plain = f"replace(replace({column}, '''', ''), '`', '')"
    return f"CASE WHEN strlen({column}) = length({column}) THEN {plain} ELSE {full} END"


def _cleaned_name(column: str) -> str:
    bare = f"regexp_replace({_letters(column)}, {literal(_TAIL)}, '')"
    spaced = f"regexp_replace({bare}, '[^A-Z-]+', ' ', 'g')"
    return f"trim(regexp_replace({spaced}, ' *-[ -]*', '-', 'g'), ' -')"


def _cleaned_address(column: str) -> str:
    return f"trim(regexp_replace({_letters(column)}, '[^A-Z0-9]+', ' ', 'g'))"


def _is_nothing(column: str, nothing: Sequence[str]) -> str:
    words = [literal(word) for word in nothing]
    lists = (", ".join(words[first : first + _FEW]) for first in range(0, len(words), _FEW))
    return f"(length({column}) <= {_LONGEST} AND ({' OR '.join(f'{column} IN ({words})' for words in lists)}))"


def _tidy(expression: str, tidy: str, clean: Callable[[str], str], nothing: Sequence[str] = _NOTHING) -> str:
    """NULL for placeholders; what is tidy as it is; and the rest cleaned, which most rows need not pay for."""
    capitals = f"upper(trim({expression}))"
    cleaned = once(capitals, lambda it: f"CASE WHEN {_is_nothing(it, nothing)} THEN NULL ELSE {clean(it)} END")
    # Writing capitals again costs less than the list that names an expression, which only untidy rows pay for.
    return (
        f"CASE WHEN regexp_full_match({capitals}, {literal(tidy)}) "
        f"THEN CASE WHEN NOT {_is_nothing(capitals, nothing)} THEN {capitals} END "
        f"WHEN {expression} IS NOT NULL THEN {_unless_empty(cleaned)} END"
    )


def _unless_empty(expression: str) -> str:
    return once(expression, lambda it: f"nullif({it}, '')")


def name(expression: str) -> str:
    """A name in A-Z, single spaces and hyphens, without suffix; NULL for placeholders and for nothing left.

    O'Brien becomes OBRIEN, Núñez NUNEZ, "Smith - Jones" SMITH-JONES, "St. John Jr." ST JOHN.
    """
    return _tidy(expression, "[A-Z]+", _cleaned_name)


def given_name(expression: str) -> str:
    """A first name as ``name`` has it, without a title, a nickname in brackets and what stands behind a slash.

    Dr. Ken becomes KEN, Robert (Bob) ROBERT, Kenneth/Ken KENNETH.
    """

    def clean(column: str) -> str:
        bare = name_marks.without_title(_unmarked(column))
        return once(f"regexp_replace({bare}, '(\\pL)/.*$', '\\1')", _cleaned_name)

    return _tidy(expression, "[A-Z]+", clean)


def family_name(expression: str) -> str:
    """A last name as ``name`` has it, without degrees, registrars' marks and an earlier name beside it.

    Smith, R.N. becomes SMITH, Tolliver (DECEASED) TOLLIVER, Smith f/k/a Jones SMITH. Null and Test are family names:
    whether they are meant, the first name tells (``is_nobody``).
    """

    def clean(column: str) -> str:
        bare = name_marks.without_zeds(name_marks.without_post_nominals(_unmarked(column)))
        return once(bare, _cleaned_name)

    return _tidy(expression, "(?:[A-Y]|Z[A-Y])[A-Z]*", clean, _NO_FAMILY_NAME)


def _unmarked(column: str) -> str:
    return f"CASE WHEN {name_marks.holds_marks(column)} THEN {name_marks.without_marks(column)} ELSE {column} END"


def former_name(expression: str) -> str:
    """The earlier last name that stands beside a last name, as in Smith (née Jones); NULL if there is none."""
    former = _unless_empty(name_marks.former_name(expression))
    return f"CASE WHEN {name_marks.holds_marks(expression)} THEN {name(f'({former})')} END"


NAME_FORMS: Final[dict[str, Callable[[str], str]]] = {
    "last_name": family_name,
    "first_name": given_name,
    "middle_name": name,
}
"""Part of a name -> its form, in the order in which a suffix is looked for at their ends."""


def unless_nobody(made: Mapping[str, str], first: str, last: str) -> dict[str, str]:
    """The expressions of a first and a last name, NULL where both as written are words for nothing, such as TEST TEST.

    Args:
        made: Holds the expressions of ``first_name`` and ``last_name``.
        first: SQL text of the first name as it is written.
        last: SQL text of the last name as it is written.
    """
    nobody = name_marks.is_nobody(first, last)
    return {part: f"CASE WHEN NOT {nobody} THEN {made[part]} END" for part in ("first_name", "last_name")}


def letters_of_name(column: str) -> str:
    """The letters of a name alone, as names are compared: no accents, blanks, hyphens, apostrophes or full stops."""
    bare = f"nullif(translate(strip_accents({column}), ' -''.,`', ''), '')"
    # Most names hold letters alone already, and looking is cheaper than translating.
    return f"CASE WHEN regexp_matches({column}, '[^A-Z]') THEN {bare} ELSE {column} END"


def surnames(last: str, previous: str) -> str:
    """The surnames a person may go by: the whole, the words of a compound, earlier names; NULL if only one."""
    split = "list_filter(string_split(translate(strip_accents({0}), '-''.,`', ' '), ' '), lambda x: length(x) > 2)"
    return (
        f"CASE WHEN contains({last}, ' ') OR contains({last}, '-') OR {previous} IS NOT NULL THEN "
        f"list_filter(list_distinct(list_concat([{letters_of_name(last)}], coalesce({split.format(last)}, []), "
        f"[{letters_of_name(previous)}], coalesce({split.format(previous)}, []))), lambda x: x IS NOT NULL) END"
    )


def written_suffix(expression: str) -> str:
    """JR, SR, II, III or IV from a suffix column; NULL for anything else."""
    return lookup(f"regexp_replace(upper({expression}), '[^A-Z0-9]', '', 'g')", SUFFIXES)


def suffix_at_end(expression: str) -> str:
    """JR, SR, II, III or IV from the end of a name; NULL if there is none."""
    return lookup(f"regexp_extract(upper({expression}), {literal(_INNER_TAIL)}, 1)", SUFFIXES)


def sex(expression: str) -> str:
    """M for M and MALE, F for F and FEMALE, in any case; NULL for anything else."""
    return lookup(f"upper(trim({expression}))", {"M": "M", "MALE": "M", "F": "F", "FEMALE": "F"})


def zip_code(expression: str) -> str:
    """Five digits, lost zeros put back as by the recipe ``zip5``; NULL for anything else, and for 00000 and 99999."""
    return once(zip5(expression), lambda it: f"CASE WHEN {it} NOT IN ('', '00000', '99999') THEN {it} END")


def opeid(expression: str) -> str:
    """Eight digits: six are the main campus, and dashes tell nothing. What is no OPEID stays: filled up, it would be another school's."""
    digits = f"replace({expression}, '-', '')"
    return once(
        digits,
        lambda it: (
            f"CASE WHEN regexp_full_match({it}, '[0-9]{{6}}([0-9]{{2}})?') THEN rpad({it}, 8, '0') ELSE {expression} END"
        ),
    )


def state(expression: str) -> str:
    """Two letters, in capitals; NULL for anything else, such as a state's name. Whether the state exists is for checks to say."""
    code = f"regexp_extract(upper({expression}), '^\\s*([A-Z]{{2}})\\s*$', 1)"
    return once(code, lambda it: f"CASE WHEN {it} NOT IN ('', 'XX', 'ZZ', 'NA') THEN {it} END")


def ssn_last4(expression: str) -> str:
    """Four digits, as by the recipe ``last4``; NULL for fewer and for the placeholders 0000 and 9999."""
    return once(last4(expression), lambda it: f"CASE WHEN {it} NOT IN ('', '0000', '9999') THEN {it} END")


def email(expression: str) -> str:
    """An address in small letters; NULL if it has no @ or a blank."""
    small, shape = f"lower({expression})", r"[^@\s]+@[^@\s]+[.][a-z]+"
    inner = f"regexp_extract({small}, {literal(rf'^{_BLANKS}({shape}){_BLANKS}$')}, 1)"
    # Matching is several times as fast as cutting a group out, which few rows need.
    return (
        f"CASE WHEN regexp_full_match({small}, {literal(shape)}) THEN {small} "
        f"WHEN {expression} IS NOT NULL THEN {_unless_empty(inner)} END"
    )


def phone(expression: str) -> str:
    """Ten digits, a leading 1 dropped; NULL for anything else."""
    ten = f"regexp_extract(regexp_replace({expression}, '[^0-9]', '', 'g'), '^1?([2-9][0-9]{{9}})$', 1)"
    return _unless_empty(ten)


def address(expression: str) -> str:
    """A street or city in capitals and digits with single spaces; NULL for placeholders."""
    return _tidy(expression, "[A-Z0-9]+( [A-Z0-9]+)*", _cleaned_address)


def iso_date(expression: str) -> str:
    """A DATE from ISO text, from eight digits (19901231, also 19901231.0), or from either with a time of midnight.

    NULL for another shape, which could be two days, for another time of day, which could be a day off, or for a year outside 1900
    to 2099.
    """
    shape = r"^\s*((?:19|20)\d{2})(?:-(\d{2})-(\d{2})(?:[ T]00:00(?::00(?:[.]0+)?)?(?:Z|[+-]00(?::?00)?)?)?|(\d{2})(\d{2})(?:[.]0+)?)\s*$"
    # Of the two ways to write month and day, one is empty.
    day = f"regexp_replace({expression}, {literal(shape)}, '\\1-\\2\\4-\\3\\5')"
    plain = r"(?:19|20)\d{2}-\d{2}-\d{2}"
    return (
        f"CASE WHEN regexp_full_match({expression}, {literal(plain)}) THEN try_cast({expression} AS DATE) "
        f"WHEN regexp_matches({expression}, {literal(shape)}) THEN try_cast({day} AS DATE) END"
    )


def birth_date(expression: str) -> str:
    """A DATE of birth; NULL for the days that mean 'not known'."""
    return null_placeholder_dates(expression)


def birth_date_at(expression: str, event: str) -> str:
    """A DATE of birth that fits an event: the person was 10 to 100 years old; otherwise NULL."""
    fits = f"{expression} BETWEEN {event} - INTERVAL {OLDEST} YEAR AND {event} - INTERVAL {YOUNGEST} YEAR"
    return f"CASE WHEN {event} IS NULL OR {fits} THEN {birth_date(expression)} END"


def yes(expression: str) -> str:
    """TRUE for Y, YES, TRUE, T and 1; FALSE for N, NO, FALSE, F and 0; NULL for anything else."""
    words = dict.fromkeys(("Y", "YES", "TRUE", "T", "1"), "true") | dict.fromkeys(
        ("N", "NO", "FALSE", "F", "0"), "false"
    )
    return f"CAST({lookup(f'upper(trim({expression}))', words)} AS BOOLEAN)"


def text(expression: str) -> str:
    """Free text with single spaces; NULL if blank."""
    return _unless_empty(f"trim(regexp_replace({expression}, '\\s+', ' ', 'g'))")
