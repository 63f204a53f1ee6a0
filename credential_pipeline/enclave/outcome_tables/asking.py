"""Questions whose answers are shares or amounts of groups: from one row a person to counts and cells in one step.

A question names its conditions; here they are counted for everybody and every breakdown, at every horizon. Not here: what
is asked (the questions' own modules), and whether a figure may be published (outcome_release).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from credential_pipeline.enclave.outcome_tables.cells import CELLS
from credential_pipeline.enclave.outcome_tables.counts import COUNTS
from credential_pipeline.enclave.outcome_tables.grouping import BREAKDOWNS, GROUP
from credential_pipeline.enclave.outcome_tables.plan import Plan
from credential_pipeline.enclave.outcome_tables.uncertainty.bands import Breakdowns, MoneyBand, ShareBand, Wanted
from credential_pipeline.foundation.storage.relation import Relation, Scratch

_PARTS = ("sector", "setting")
_WHO = f"who_of({', '.join(GROUP)})"
LARGE = 300
"""Learners from which on a group is asked the questions: the answers of smaller ones would be hidden in good part."""
_ANY_SIZE = ("workforce_pell", "each")
"""Tables whose groups are pooled, or judged, by a rule of their own."""
_SAID = {"next_award_effect": "all", "next_award_share": "no_further_award"}
"""Measures that say so where they are not given of a smaller group, and the setting of the cell that does."""
_PERCENTS = {"p25": 0.25, "p50": 0.5, "p75": 0.75}


@dataclass(frozen=True)
class Answer:
    """What a question adds to the tables.

    Attributes:
        counts: Counts of learners, without ids.
        cells: Figures, which name their counts.
        rules: What adds up: a quantity, and the quantities that it is the sum of.
        wanted: Figures whose bands the replicates give, once all questions have answered.
        kept: Further tables of the contract that the question fills alone, by name.
    """

    counts: Relation
    cells: Relation
    rules: tuple[tuple[str, tuple[str, ...]], ...] = ()
    wanted: tuple[Wanted, ...] = ()
    kept: tuple[tuple[str, Relation], ...] = ()


@dataclass(frozen=True)
class ShareAsk:
    """A share of people.

    Attributes:
        table: Outcome table of the cells.
        measure: The measure.
        total: Quantity of the denominator; the same name must always mean the same people.
        part: Quantity of the numerator.
        where: SQL condition on a row of the source: who is in the denominator.
        of: SQL condition: who of them is in the numerator.
        definition: Key of the definition, where the measure has several.
    """

    table: str
    measure: str
    total: str
    part: str
    where: str
    of: str
    definition: str | None = None


@dataclass(frozen=True)
class MoneyAsk:
    """A percentile or the mean of amounts.

    Attributes:
        table: Outcome table of the cells.
        measure: The measure.
        n: Quantity of the people who have the amount; the same name must always mean the same people.
        column: Column of the source; a row without an amount is not counted.
        statistic: p25, p50, p75 or mean.
        where: SQL condition on a row of the source.
        definition: Key of the definition, where the measure has several.
        unit: ``usd``, or ``mean`` for amounts that are no dollars.
    """

    table: str
    measure: str
    n: str
    column: str
    statistic: str
    where: str = "true"
    definition: str | None = None
    unit: str = "usd"


def ask_shares(
    work: Scratch,
    source: Relation,
    asks: Sequence[ShareAsk],
    breakdowns: Breakdowns = BREAKDOWNS,
    parts: Sequence[str] = (),
) -> Answer:
    """Count every denominator and numerator, and divide.

    Args:
        work: Where the rows live.
        source: One row a person, or a person and horizon: the group's columns, horizon, and what the conditions name.
        asks: The shares.
        breakdowns: For whom they are asked, beside everybody.
        parts: Columns of the source that tell the parts of a share apart: sector, setting or both.

    Returns:
        Counts of the totals and parts, and cells, whose bands are wanted.
    """
    totals = {ask.total: f"({ask.where})" for ask in asks}
    numerators = {ask.part: f"({ask.where}) AND ({ask.of})" for ask in asks}
    counted = (
        _count(work, source, totals, breakdowns, ()),
        _count(work, source, numerators, breakdowns, parts),
    )
    # Who is in one share's numerator may be another's denominator.
    counts = work.table("counts", f"SELECT DISTINCT * FROM {COUNTS.union(work, *counted)}")
    named = [(ask.table, ask.measure, ask.definition, ask.total, ask.part) for ask in asks]
    asked = work.rows(
        "asked", dict.fromkeys(("tab", "measure", "definition", "total", "part"), "VARCHAR"), dict.fromkeys(named)
    )
    cells = CELLS.rows(
        work,
        f"""
        WITH counts AS (
            SELECT *, {_WHO} AS who, quantity || id_tail({_WHO}, sector, setting, horizon) AS count_id FROM {counts}
        )
        SELECT
            a.tab AS "table", a.measure, a.definition, 'share' AS unit,
            {", ".join(f"p.{column}" for column in (*GROUP, *_PARTS))}, p.horizon,
            t.value AS n, p.value / nullif(t.value, 0) AS value,
            t.count_id AS n_count_id, p.count_id AS numerator_count_id
        FROM {asked} AS a
        JOIN counts AS p ON p.quantity = a.part
        JOIN counts AS t ON t.quantity = a.total AND t.who = p.who AND t.horizon IS NOT DISTINCT FROM p.horizon
        """,
    )
    figures = tuple(ShareBand(ask.measure, ask.of, ask.where, ask.definition, tuple(parts)) for ask in asks)
    return Answer(counts, cells, wanted=(Wanted(source, figures, _with_everybody(breakdowns)),))


def ask_money(
    work: Scratch,
    source: Relation,
    asks: Sequence[MoneyAsk],
    breakdowns: Breakdowns = BREAKDOWNS,
) -> Answer:
    """Percentiles and means of amounts, with the number of people who have them.

    Args:
        work: Where the rows live.
        source: As for :func:`ask_shares`.
        asks: The amounts.
        breakdowns: For whom they are asked, beside everybody.

    Returns:
        Counts, and cells, whose bands are wanted.
    """
    answers: list[Answer] = []
    for column, where in dict.fromkeys((ask.column, ask.where) for ask in asks):
        lists = _gather(work, source, column, where, breakdowns)
        answers.append(_amounts(work, lists, [ask for ask in asks if (ask.column, ask.where) == (column, where)]))
    figures = tuple(
        MoneyBand(ask.measure, ask.column, ask.statistic, where=ask.where, definition=ask.definition) for ask in asks
    )
    return replace(together(work, *answers), wanted=(Wanted(source, figures, _with_everybody(breakdowns)),))


def together(work: Scratch, *answers: Answer) -> Answer:
    """Several answers as one; a count that several of them name is one count."""
    counts = COUNTS.union(work, *(answer.counts for answer in answers))
    return Answer(
        work.table("counts", f"SELECT DISTINCT * FROM {counts}"),
        CELLS.union(work, *(answer.cells for answer in answers)),
        tuple(dict.fromkeys(rule for answer in answers for rule in answer.rules)),
        tuple(one for answer in answers for one in answer.wanted),
        tuple(one for answer in answers for one in answer.kept),
    )


def of_large_groups(work: Scratch, cells: Relation, plan: Plan) -> Relation:
    """The answers for everybody and for groups of :data:`LARGE` learners; none are left out where categories stay as they are.

    A group is as large as the largest of its figures in the same table: tables have groups of their own. Of a smaller one a
    few measures keep a cell without a value.

    Args:
        work: Where the rows live.
        cells: The answers.
        plan: The settings.
    """
    if plan.thresholds is None:
        return cells
    judged = work.table(
        "judged",
        f"""
        SELECT *, {_WHO} = '' OR "table" IN {_ANY_SIZE} OR coalesce(definition IN ('not_reported', 'not_available'), false)
            OR coalesce(max(n) OVER (PARTITION BY "table", {_WHO}) >= {LARGE}, false) AS large
        FROM {cells}
        """,
    )
    said = work.rows("said", {"measure": "VARCHAR", "place": "VARCHAR"}, list(_SAID.items()))
    group = ", ".join(GROUP)
    silent = CELLS.rows(
        work,
        f"""
        SELECT "table", measure, 'not_available' AS definition, unit, {group}, place AS setting, max(n) AS n
        FROM {judged} JOIN {said} USING (measure) WHERE NOT large GROUP BY "table", measure, unit, {group}, place
        """,
    )
    return CELLS.union(work, work.view("cells", f"SELECT * EXCLUDE (large) FROM {judged} WHERE large"), silent)


def _gather(work: Scratch, source: Relation, column: str, where: str, breakdowns: Breakdowns) -> Relation:
    """The sorted amounts ``v`` of every group and horizon."""
    sets, used = _sets(breakdowns)
    return work.table(
        "gathered",
        f"""
        WITH lists AS (
            SELECT {_those(used)} horizon, list_sort(list(CAST({column} AS DOUBLE))) AS v
            FROM {source} WHERE ({where}) AND {column} IS NOT NULL
            GROUP BY horizon, GROUPING SETS ({sets})
        )
        SELECT {_labels(used)}, horizon, v FROM lists WHERE {_told(used)}
        """,
    )


def _amounts(work: Scratch, lists: Relation, asks: Sequence[MoneyAsk]) -> Answer:
    """What is asked of one set of lists: a statement for all figures, since most of its time goes into understanding it."""
    shape = ", ".join([*GROUP, "horizon"])
    quantities = list(dict.fromkeys(ask.n for ask in asks))
    counts = COUNTS.rows(
        work, f"SELECT unnest({quantities}) AS quantity, {shape}, len(v) AS value, value AS learners FROM {lists}"
    )
    columns = dict.fromkeys(("tab", "measure", "definition", "unit", "quantity"), "VARCHAR") | {"percent": "DOUBLE"}
    asked = work.rows(
        "asked",
        columns,
        [
            (ask.table, ask.measure, ask.definition or ask.measure, ask.unit, ask.n, _PERCENTS.get(ask.statistic))
            for ask in asks
        ],
    )
    cells = CELLS.rows(
        work,
        f"""
        SELECT a.tab AS "table", a.measure, a.definition, a.unit, {shape}, len(v) AS n,
               CASE WHEN a.percent IS NULL THEN list_avg(v) ELSE percentile(v, a.percent) END AS value,
               CASE WHEN a.percent IS NULL THEN list_avg(v) ELSE smoothed(v, a.percent) END AS publishable,
               a.quantity || id_tail({_WHO}, 'all', 'all', horizon) AS n_count_id
        FROM {lists} CROSS JOIN {asked} AS a
        """,
    )
    return Answer(counts, cells)


def _count(
    work: Scratch, source: Relation, wanted: Mapping[str, str], breakdowns: Breakdowns, parts: Sequence[str]
) -> Relation:
    """Counts of those who meet a condition, by the name of its quantity; with parts, one for each category of them."""
    flows = ", ".join(
        f"{{'quantity': '{name}', 'value': count(*) FILTER ({condition})}}" for name, condition in wanted.items()
    )
    by = "".join(f"{part}, " for part in parts)
    known = " AND ".join(["true", *(f"{part} IS NOT NULL" for part in parts)])
    sets, used = _sets(breakdowns)
    return COUNTS.rows(
        work,
        f"""
        WITH wide AS (
            SELECT {_those(used)} horizon, {by}[{flows}] AS flows FROM {source} WHERE {known}
            GROUP BY horizon, {by}GROUPING SETS ({sets})
        )
        SELECT {_labels(used)}, horizon, {by}flow.quantity, flow.value, flow.value AS learners
        FROM (SELECT *, unnest(flows) AS flow FROM wide WHERE {_told(used)})
        """,
    )


def _sets(breakdowns: Breakdowns) -> tuple[str, list[str]]:
    """The grouping sets of everybody and the breakdowns, and the columns that they name."""
    sets = _with_everybody(breakdowns)
    return ", ".join(f"({', '.join(breakdown)})" for breakdown in sets), [
        column for column in GROUP if any(column in breakdown for breakdown in sets)
    ]


def _with_everybody(breakdowns: Breakdowns) -> list[tuple[str, ...]]:
    return list(dict.fromkeys(((), *breakdowns)))


def _those(used: Sequence[str]) -> str:
    return "".join(f"{column}, " for column in used)


def _labels(used: Sequence[str]) -> str:
    return ", ".join(
        f"coalesce({column}, 'all') AS {column}" if column in used else f"'all' AS {column}" for column in GROUP
    )


def _told(used: Sequence[str]) -> str:
    """Leaves out the rows of those for whom a dimension was given up."""
    return f"NOT list_contains([{', '.join(used)}], 'all')" if used else "true"
