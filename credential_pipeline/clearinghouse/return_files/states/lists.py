"""Completers and rates of a state's programs. Not here: the law's tests on the rates, which are the release's."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from credential_pipeline.clearinghouse.return_files.partners import Wishes
from credential_pipeline.foundation.contracts.return_files import SNAPSHOT
from credential_pipeline.foundation.recipes.sql import literal
from credential_pipeline.foundation.registry.programmes import Programme
from credential_pipeline.foundation.registry.return_agreements import ReturnAgreement
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from credential_pipeline.foundation.storage.sql import statement

MEASURES: Final = ("completion_rate", "placement_rate", "value_added_earnings")
NOTHING_RELEASED: Final = "nothing is released yet"
NOT_IN_RELEASE: Final = "the newest release says nothing of the program"
NOT_SHOWN: Final = "too few people to tell, or not told to protect others"
#: Reasons of the release for which a rate has no value. A program that fails for another reason has its rates.
_WORDS: Final = {
    "pell_no_provider": "the certifier does not report at which provider its learners trained",
    "pell_too_few": "too few learners completed, began, or have earnings",
    "pell_too_young": "most learners completed too lately for their earnings to be known, or after the years whose awards are reported",
    "pell_wages_not_covered": "the wage files do not cover the years of its completers, or not the wages of its state",
    "pell_prices_not_covered": "poverty guidelines or price levels do not cover its state or year",
    "pell_completion_not_known": "the certifier does not report who sat and failed, so that nobody knows who did not complete",
    "pell_not_published": "the release publishes no amounts",
    "pell_no_weeks": "the registry does not say how many weeks it takes",
}
_CELL: Final = ("table", "setting", "measure", "value", "n", "status", "definition")


def programmes_of(work: Scratch, programmes: Sequence[Programme], state: str) -> Relation:
    """The programs that are taught in a state: programme, certifier, codes, opeid, cip."""
    shape = {"programme": "VARCHAR", "certifier": "VARCHAR", "codes": "VARCHAR[]", "opeid": "VARCHAR", "cip": "VARCHAR"}
    found = [one for one in programmes if one.state == state]
    return work.rows(
        "programmes",
        shape,
        [(one.id, one.certifier, list(one.credentials), one.provider_opeid, one.cip) for one in found],
    )


def completers(work: Scratch, agreement: ReturnAgreement, programmes: Relation, wishes: Wishes) -> Relation:
    """One row per program and completer who may be told of; columns that the agreement withholds are empty.

    Args:
        work: Makes the relations; its connection has ``cleaned_learners``, ``linked_records`` and ``education_registry``.
        agreement: Of the state; without ``completers`` there is no row.
        programmes: See :func:`programmes_of`.
        wishes: Who may be told of.
    """
    sql = statement(__package__, "completers.sql", programmes=programmes, told_of=wishes.told_of)
    made = work.table("completers", sql, {"partner": agreement.partner})
    columns = ", ".join(
        f"CAST(NULL AS {kind}) AS {name}" if name in agreement.withheld else f"CAST({name} AS {kind}) AS {name}"
        for name, kind in SNAPSHOT.table("completers").schema.items()
    )
    return work.table(
        "completers",
        f"SELECT {columns} FROM {made} WHERE $given ORDER BY ALL",
        {"given": "completers" in agreement.gets},
    )


def programme_rates(
    work: Scratch, agreement: ReturnAgreement, programmes: Relation, published: Path | None
) -> Relation:
    """Completion, placement and value-added earnings of each program as released, or why there is none.

    Args:
        work: Makes the relations.
        agreement: Of the state; without ``aggregates`` there is no row.
        programmes: See :func:`programmes_of`.
        published: The newest released figures; None while there are none.
    """
    if published is None:
        cells = work.rows("cells", dict.fromkeys(_CELL, "VARCHAR"), [])
    else:
        named = ", ".join(f'"{name}"' for name in _CELL)
        cells = work.table(
            "cells",
            f"SELECT {named} FROM read_csv({literal(str(published))}, header = true, all_varchar = true) WHERE \"table\" = 'workforce_pell'",
        )
    rates = work.table(
        "rates",
        statement(__package__, "rates.sql", cells=cells, programmes=programmes, words=_words(work)),
        {
            "partner": agreement.partner,
            "measures": list(MEASURES),
            "unknown": NOTHING_RELEASED if published is None else NOT_IN_RELEASE,
            "unshown": NOT_SHOWN,
        },
    )
    columns = ", ".join(
        f"CAST({name} AS {kind}) AS {name}" for name, kind in SNAPSHOT.table("programme_rates").schema.items()
    )
    return work.table(
        "programme_rates",
        f"SELECT {columns} FROM {rates} WHERE $given ORDER BY ALL",
        {"given": "aggregates" in agreement.gets},
    )


def _words(work: Scratch) -> Relation:
    return work.rows("words", {"definition": "VARCHAR", "words": "VARCHAR"}, list(_WORDS.items()))
