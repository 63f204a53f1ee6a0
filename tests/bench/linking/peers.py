"""Other methods on the product's own cleaned profiles and students.

Belongs here: exact join, recordlinkage and Splink as their documentation would have a newcomer use them, and Splink tuned by
hand, all unsupervised. Not here: the
product's own method (engine.py), truth and scores (contest.py).
"""

import logging
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from credential_pipeline.engines.linkage.fields import RECORD_COLUMNS
from credential_pipeline.foundation.storage.engine import Connection

_UNUSED = ("previous_last_name", "name_suffix", "sex", "phone")
COLUMNS = tuple(column for column in RECORD_COLUMNS if column not in _UNUSED)
MIN_PRESENT = 0.002
"""A column is used if at least this share of the rows of both tables has a value."""
_SIMILAR = 0.85


def exact(con: Connection, target: str) -> None:
    """The student whose first name, last name and birth date are the profile's, if there is only one.

    Args:
        con: Connection with the views ``cleaned_learners.profiles`` and ``education_registry.persons``.
        target: Table to create: profile_id, student_id.
    """
    con.execute(
        f"CREATE TABLE {target} AS SELECT profile_id, any_value(student_id) AS student_id FROM cleaned_learners.profiles "
        "JOIN education_registry.persons USING (first_name, last_name, birth_date) GROUP BY ALL HAVING count(*) = 1"
    )


def record_linkage(con: Connection, target: str) -> None:
    """The package recordlinkage: blocks, similarities cut to agreement, the ECM classifier; arguments as for :func:`exact`."""
    import recordlinkage
    from recordlinkage.index import Block

    logging.getLogger("recordlinkage").setLevel(logging.ERROR)
    left, right, columns = _frames(con)
    left, right = left.set_index("id"), right.set_index("id")
    indexer, compare = recordlinkage.Index(), recordlinkage.Compare()
    # Blocks on one common name alone would make more pairs than memory holds.
    for block in (("birth_date",), ("first_name", "last_name"), ("zip", "last_name"), ("ssn_last4", "last_name")):
        if columns.issuperset(block):
            indexer.add(Block(list(block)))
    for column in sorted(columns):
        if column in ("first_name", "last_name", "street", "city"):
            compare.string(column, column, method="jarowinkler", threshold=_SIMILAR, label=column)
        else:
            compare.exact(column, column, label=column)
    features = compare.compute(indexer.index(left, right), left, right)
    classifier = recordlinkage.ECMClassifier()
    classifier.fit_predict(features)
    scored = classifier.prob(features).rename("probability").reset_index()
    scored.columns = ["left_id", "right_id", "probability"]
    _best(con, scored, target)


def splink_documented(con: Connection, target: str) -> None:
    """Splink with the model of its own large worked example, as far as the fields are there; arguments as for :func:`exact`."""
    import splink.comparison_library as cl

    left, right, columns = _frames(con)
    adjusted = {"term_frequency_adjustments": True}
    made = {
        "email": cl.EmailComparison("email"),
        "zip": cl.ExactMatch("zip").configure(**adjusted),
        "street": cl.JaroWinklerAtThresholds("street"),
        "ssn_last4": cl.DamerauLevenshteinAtThresholds("ssn_last4", [1]),
        "middle_name": cl.JaroWinklerAtThresholds("middle_name"),
    }
    rules = (
        ("first_name", "last_name"),
        ("substr(first_name, 1, 3)", "substr(last_name, 1, 4)", "substr(birth_date, 1, 4)"),
        ("last_name", "birth_date"),
        ("first_name", "birth_date"),
        ("zip", "first_name"),
        ("zip", "last_name"),
        ("substr(zip, 1, 3)", "birth_date"),
        ("ssn_last4", "last_name"),
        ("ssn_last4", "first_name"),
        ("email",),
    )
    comparisons = [
        cl.ForenameSurnameComparison("first_name", "last_name", forename_surname_concat_col_name="full_name"),
        cl.DateOfBirthComparison("birth_date", input_is_string=True),
        *(comparison for column, comparison in made.items() if column in columns),
    ]
    _splink(
        con, (left, right), comparisons, _usable(rules, columns), (("first_name", "last_name"), ("birth_date",)), target
    )


def splink_tuned(con: Connection, target: str) -> None:
    """Splink as somebody tunes it who knows names and birth dates; arguments as for :func:`exact`.

    One comparison of the whole name, with full names weighed by how frequent they are, and swapped names; typing errors in
    birth dates; one comparison of the address; initials of middle names.
    """
    import splink.comparison_library as cl

    left, right, columns = _frames(con)
    made = [_levels("name", "full_name", _NAME), _levels("birth_date", "birth_date", _BIRTH_DATE)]
    if {"street", "zip"} <= columns:
        made.append(_levels("address", "street", _ADDRESS))
    if "ssn_last4" in columns:
        made.append(cl.DamerauLevenshteinAtThresholds("ssn_last4", [1]))
    if "middle_name" in columns:
        for frame in (left, right):
            frame["middle_initial"] = frame["middle_name"].str[:1]
        made.append(cl.ExactMatch("middle_initial"))
    rules = (
        ("birth_date", "substr(first_name, 1, 1)"),
        ("birth_date", "substr(last_name, 1, 1)"),
        ("first_name", "last_name"),
        ("last_name", "substr(birth_date, 6, 5)", "substr(first_name, 1, 1)"),
        ("ssn_last4", "birth_date"),
        ("ssn_last4", "last_name"),
        ("ssn_last4", "first_name"),
    )
    _splink(con, (left, right), made, _usable(rules, columns), (("full_name",), ("birth_date",)), target)


_JW = "jaro_winkler_similarity"
_NAME = (
    ("full_name_l = full_name_r", "full_name"),
    ("first_name_l = last_name_r AND last_name_l = first_name_r", None),
    (f"{_JW}(first_name_l, first_name_r) >= 0.88 AND {_JW}(last_name_l, last_name_r) >= 0.88", None),
    (f"{_JW}(first_name_l, last_name_r) >= 0.88 AND {_JW}(last_name_l, first_name_r) >= 0.88", None),
    ("last_name_l = last_name_r", "last_name"),
    ("first_name_l = first_name_r", "first_name"),
    (f"{_JW}(last_name_l, last_name_r) >= 0.88", None),
    (f"{_JW}(first_name_l, first_name_r) >= 0.88", None),
)
_BIRTH_DATE = (
    ("birth_date_l = birth_date_r", None),
    ("damerau_levenshtein(birth_date_l, birth_date_r) <= 1", None),
    ("damerau_levenshtein(birth_date_l, birth_date_r) <= 2", None),
    ("substr(birth_date_l, 1, 4) = substr(birth_date_r, 1, 4)", None),
)
_ADDRESS = (
    ("street_l = street_r AND zip_l = zip_r", None),
    (f"{_JW}(street_l, street_r) >= 0.92 AND zip_l = zip_r", None),
    ("street_l = street_r", None),
    ("zip_l = zip_r", None),
)


def _levels(name: str, needed: str, conditions: Sequence[tuple[str, str | None]]) -> dict[str, Any]:
    """A comparison out of SQL conditions, each with the column whose term frequency adjusts it."""
    levels: list[dict[str, Any]] = [
        {
            "sql_condition": f"{needed}_l IS NULL OR {needed}_r IS NULL",
            "label_for_charts": "null",
            "is_null_level": True,
        }
    ]
    for condition, adjusted in conditions:
        level: dict[str, Any] = {"sql_condition": condition, "label_for_charts": condition}
        if adjusted:
            level |= {"tf_adjustment_column": adjusted, "tf_adjustment_weight": 1.0}
        levels.append(level)
    return {
        "output_column_name": name,
        "comparison_levels": [*levels, {"sql_condition": "ELSE", "label_for_charts": "else"}],
    }


def _usable(rules: Iterable[tuple[str, ...]], columns: set[str]) -> list[tuple[str, ...]]:
    """The rules whose columns both tables hold."""
    absent = set(COLUMNS) - columns
    return [rule for rule in rules if not any(name in part for name in absent for part in rule)]


def _splink(
    con: Connection,
    frames: tuple[pd.DataFrame, pd.DataFrame],
    comparisons: Sequence[Any],
    rules: Iterable[tuple[str, ...]],
    passes: Iterable[tuple[str, ...]],
    target: str,
) -> None:
    """Train without labels, predict, and keep each profile's best student."""
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    logging.getLogger("splink").setLevel(logging.CRITICAL)
    for frame in frames:
        frame["full_name"] = frame["first_name"] + " " + frame["last_name"]
    settings = SettingsCreator(
        unique_id_column_name="id",
        link_type="link_only",
        comparisons=comparisons,
        blocking_rules_to_generate_predictions=[block_on(*rule) for rule in rules],
    )
    api = DuckDBAPI()
    linker = Linker([api.register(frame) for frame in frames], settings, log_level=None)
    certain = [block_on("first_name", "last_name", "birth_date")]
    linker.training.estimate_probability_two_random_records_match(certain, recall=0.8)
    linker.training.estimate_u_using_random_sampling(max_pairs=5e6, seed=1)
    for columns in passes:
        linker.training.estimate_parameters_using_expectation_maximisation(
            block_on(*columns), estimate_without_term_frequencies=True
        )
    found = linker.inference.predict(threshold_match_probability=0.5).as_pandas_dataframe()
    turned = ~found["id_l"].isin(set(frames[0]["id"]))
    found.loc[turned, ["id_l", "id_r"]] = found.loc[turned, ["id_r", "id_l"]].to_numpy()
    scored = found[["id_l", "id_r", "match_probability"]]
    scored.columns = ["left_id", "right_id", "probability"]
    _best(con, scored, target)


def _frames(con: Connection) -> tuple[pd.DataFrame, pd.DataFrame, set[str]]:
    """Both tables with a text column ``id``, dates as text, and the columns that both of them hold."""
    sources = {"profile_id": "cleaned_learners.profiles", "student_id": "education_registry.persons"}
    held = set(COLUMNS)
    for source in sources.values():
        present = {row[0] for row in con.execute(f"DESCRIBE {source}").fetchall()} & set(COLUMNS)
        shares = con.execute(f"SELECT {', '.join(f'count({c}) / count(*)' for c in sorted(present))} FROM {source}")
        row = shares.fetchall()[0]
        held &= {column for column, share in zip(sorted(present), row, strict=True) if share >= MIN_PRESENT}
    chosen = ", ".join(f"{column}::VARCHAR AS {column}" for column in COLUMNS if column in held)
    left, right = (
        con.execute(f"SELECT {key} AS id, {chosen} FROM {source} ORDER BY id").df().astype(object)
        for key, source in sources.items()
    )
    left, right = (frame.where(frame.notna(), None) for frame in (left, right))
    return left, right, held


def _best(con: Connection, scored: pd.DataFrame, target: str) -> None:
    """Each profile's best student from probability one half upwards; ties go to the smaller id."""
    con.register("peer_scored", scored)
    con.execute(
        f"""
        CREATE TABLE {target} AS
        SELECT left_id AS profile_id, arg_min(right_id, (-probability, right_id)) AS student_id
        FROM peer_scored WHERE probability >= 0.5 GROUP BY left_id
        """
    )
    con.unregister("peer_scored")
