"""The methods that are compared on the public data; each gives scored pairs of record ids.

Belongs here: each method as its documentation would have a newcomer use it, unsupervised, with the fields of the task.
Not here: the product's own method (engine.py) and scores.
"""

import logging

import pandas as pd

from tests.bench.linking.febrl import Task

Scored = list[tuple[str, str, float]]
"""(left id, right id, probability of a match)."""

NAMES = ["given_name", "surname"]

LABELS = {"exact": "exact join", "recordlinkage": "recordlinkage, ECM", "splink": "Splink, documented model"}
"""Method -> what tables call it, here and on the product's own tables (contest.py)."""


def exact(task: Task) -> Scored:
    """First name, last name and birth date are equal."""
    columns = [*NAMES, "date_of_birth"]
    left = task.left[columns].dropna().reset_index(names="left_id")
    right = (task.left if task.right is None else task.right)[columns].dropna().reset_index(names="right_id")
    pairs = left.merge(right, on=columns)
    if task.right is None:
        pairs = pairs[pairs["left_id"] < pairs["right_id"]]
    return [(a, b, 1.0) for a, b in zip(pairs["left_id"], pairs["right_id"], strict=True)]


def record_linkage(task: Task) -> Scored:
    """The package recordlinkage: blocks on several columns, similarities cut to agreement, the ECM classifier."""
    import recordlinkage
    from recordlinkage.index import Block

    logging.getLogger("recordlinkage").setLevel(logging.ERROR)
    indexer, compare = recordlinkage.Index(), recordlinkage.Compare()
    for column in ("given_name", "surname", "date_of_birth", "postcode", "soc_sec_id"):
        if column in task.left:
            indexer.add(Block(column))
    for column in task.left:
        if column in (*NAMES, "address_1", "address_2", "suburb"):
            compare.string(column, column, method="jarowinkler", threshold=0.85, label=column)
        else:
            compare.exact(column, column, label=column)
    tables = [task.left] if task.right is None else [task.left, task.right]
    features = compare.compute(indexer.index(*tables), *tables)
    classifier = recordlinkage.ECMClassifier()
    classifier.fit_predict(features)
    probability = classifier.prob(features)
    return [
        (min(a, b), max(a, b), float(p)) if task.right is None else (a, b, float(p))
        for (a, b), p in probability[probability >= 0.01].items()
    ]


def splink_documented(task: Task) -> Scored:
    """Splink with the detailed model of its own worked example on these data, as far as the fields are there."""
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    logging.getLogger("splink").setLevel(logging.CRITICAL)
    have = set(task.left.columns)
    adjusted = {"term_frequency_adjustments": True}
    made = {
        "given_name": cl.NameComparison("given_name").configure(**adjusted),
        "surname": cl.NameComparison("surname").configure(**adjusted),
        "date_of_birth": cl.DateOfBirthComparison(
            "date_of_birth", input_is_string=True, datetime_format="%Y%m%d", invalid_dates_as_null=True
        ),
        "soc_sec_id": cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
        "street_number": cl.ExactMatch("street_number").configure(**adjusted),
        "postcode": cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]).configure(**adjusted),
    }
    rules = [
        block_on(*NAMES),
        "l.given_name = r.surname AND l.surname = r.given_name",
        *(
            block_on(*columns)
            for columns in (
                ("date_of_birth",),
                ("soc_sec_id",),
                ("state", "address_1"),
                ("street_number", "address_1"),
                ("postcode",),
            )
            if have.issuperset(columns)
        ),
    ]
    settings = SettingsCreator(
        unique_id_column_name="rec_id",
        link_type="dedupe_only" if task.right is None else "link_only",
        comparisons=[comparison for column, comparison in made.items() if column in have],
        blocking_rules_to_generate_predictions=rules,
    )
    api = DuckDBAPI()
    tables = [task.left] if task.right is None else [task.left, task.right]
    frames = [api.register(table.reset_index(names="rec_id").astype(object)) for table in tables]
    linker = Linker(frames if len(frames) > 1 else frames[0], settings, log_level=None)
    certain = [
        block_on(*columns) for columns in (("soc_sec_id",), (*NAMES, "date_of_birth")) if have.issuperset(columns)
    ]
    linker.training.estimate_probability_two_random_records_match(certain, recall=0.8)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    # Without postcodes the second pass takes the column that the worked example's simpler model takes.
    for column in ("date_of_birth", "postcode" if "postcode" in have else "given_name"):
        linker.training.estimate_parameters_using_expectation_maximisation(
            block_on(column), estimate_without_term_frequencies=True
        )
    found = linker.inference.predict(threshold_match_probability=0.01).as_pandas_dataframe()
    return _pairs(found, task)


def _pairs(found: pd.DataFrame, task: Task) -> Scored:
    rows = zip(found["rec_id_l"], found["rec_id_r"], found["match_probability"], strict=True)
    if task.right is None:
        return [(min(a, b), max(a, b), float(p)) for a, b, p in rows]
    left = set(task.left.index)
    return [(a, b, float(p)) if a in left else (b, a, float(p)) for a, b, p in rows]
