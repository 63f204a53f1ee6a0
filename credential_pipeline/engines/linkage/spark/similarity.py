"""String similarity on Spark that agrees with DuckDB's to the last digit.

The functions of Splink's jar differ from DuckDB's in three ways: they count letters, not bytes; they give a number
where a side is missing; and Jaro-Winkler takes half transpositions where DuckDB drops the half. The first two are put
right around the call. The third can move a similarity up by at most 1/18, so only where the jar's value is that close to
a threshold is DuckDB's formula computed in Spark's own SQL. Not here: which columns are compared.
"""

import copy
from typing import Any

import sqlglot
from sqlglot import exp

from credential_pipeline.engines.linkage.comparisons import ADDRESS_SIMILAR, SIMILAR

JAR = {
    "jar_jaro_winkler": "uk.gov.moj.dash.linkage.JaroWinklerSimilarity",
    "jar_damerau_levenshtein": "uk.gov.moj.dash.linkage.LevDamerauDistance",
}
"""Function -> its class in the jar of Splink's wheel."""
_LOW = min(SIMILAR, ADDRESS_SIMILAR) - 1 / 18 - 1e-6
_HIGH = max(SIMILAR, ADDRESS_SIMILAR) + 1e-6

_LETTERS_ONLY = "octet_length({a}) + octet_length({b}) = length({a}) + length({b})"
_BYTES = "decode(encode({0}, 'UTF-8'), 'ISO-8859-1')"
_EDIT = f"""CASE WHEN {{a}} IS NULL OR {{b}} IS NULL THEN NULL
WHEN {_LETTERS_ONLY} THEN jar_damerau_levenshtein({{a}}, {{b}})
ELSE jar_damerau_levenshtein({_BYTES.format("{a}")}, {_BYTES.format("{b}")}) END"""

# Which places of a the letters of b take, each the first free one within the window.
_MATCHES = """filter(aggregate(sequence(1, length(s.b)), CAST(array() AS ARRAY<INT>), (taken, j) -> array_append(taken,
coalesce(get(filter(sequence(1, length(s.a)), i -> abs(i - j) <= greatest(length(s.a), length(s.b), 2) DIV 2 - 1
AND substr(s.a, i, 1) = substr(s.b, j, 1) AND NOT array_contains(taken, i)), 0), 0))), i -> i > 0)"""
_HALF_SWAPPED = (
    "size(filter(zip_with(s.m, array_sort(s.m), (x, y) -> substr(s.a, x, 1) <> substr(s.a, y, 1)), other -> other))"
)
_JARO = f"""CASE WHEN size(s.m) > 0 THEN (size(s.m) / length(s.a) + size(s.m) / length(s.b)
+ (size(s.m) - {_HALF_SWAPPED} DIV 2) / size(s.m)) / 3 ELSE 0.0D END"""
# DuckDB multiplies and adds in one step. Rounding between them shows where a similarity equals a threshold; this much
# makes up for it (tried for all words of up to 40 letters).
_ROUNDING = "5e-18"
_PREFIX = " ".join(f"WHEN length(s.a) >= {n} AND left(s.a, {n}) = left(s.b, {n}) THEN {n}" for n in (4, 3, 2, 1))
# A list of one row, so that each step can name what the one before it found.
_EXACT = f"""get(transform(transform(transform(array(named_struct('a', {_BYTES.format("{a}")}, 'b', {_BYTES.format("{b}")})),
s -> named_struct('a', s.a, 'b', s.b, 'm', {_MATCHES})), s -> named_struct('a', s.a, 'b', s.b, 'jaro', {_JARO})),
s -> s.jaro + (CASE WHEN s.jaro <= 0.7D THEN 0 {_PREFIX} ELSE 0 END * 0.1D * (1 - s.jaro) + {_ROUNDING}D)), 0)"""
_NAMES = f"""CASE WHEN {{a}} IS NULL OR {{b}} IS NULL THEN NULL
WHEN {_LETTERS_ONLY} AND NOT jar_jaro_winkler({{a}}, {{b}}) BETWEEN {_LOW:.9f}D AND {_HIGH:.9f}D
THEN jar_jaro_winkler({{a}}, {{b}}) ELSE {_EXACT} END"""
_WRITTEN_OUT = {"jaro_winkler": _NAMES, "damerau_levenshtein": _EDIT}


def with_similarity(made: dict[str, Any]) -> dict[str, Any]:
    """Splink's settings for Spark, with both functions written out."""
    made = copy.deepcopy(made)
    for comparison in made["comparisons"]:
        for level in comparison["comparison_levels"]:
            if level["sql_condition"] != "ELSE":
                level["sql_condition"] = written_out(level["sql_condition"])
    return made


def written_out(query: str) -> str:
    """A condition or query in Spark's SQL, with both functions written out; as it is where it has none of them."""
    if not any(name in query.lower() for name in _WRITTEN_OUT):
        return query

    def change(node: exp.Expr) -> exp.Expr:
        name = str(node.this).lower() if isinstance(node, exp.Anonymous) else ""
        if name not in _WRITTEN_OUT:
            return node
        one, two = (argument.sql(dialect="spark") for argument in node.expressions)
        return exp.paren(sqlglot.parse_one(_WRITTEN_OUT[name].format(a=one, b=two), dialect="spark"), copy=False)

    return str(sqlglot.parse_one(query, dialect="spark").transform(change).sql(dialect="spark"))
