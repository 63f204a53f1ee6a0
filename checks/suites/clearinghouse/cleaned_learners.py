"""What must hold before profiles are linked: conservation, joins that work, values in the closed lists."""

from checks.rule import column_in, contract_rules, none_where, number, share_where
from credential_pipeline.foundation.contracts.cleaned_learners import SNAPSHOT

HALF = 0.5
"""Share of a delivery, or of a certifier, from which a family name is not missing by chance: the column is."""
MISSING_GAP = 0.3
"""How much more of a field may be missing in one delivery than in all of its sender's."""
SMALL = 20
"""Rows below which a delivery is not compared with its sender's others."""
_SENDER = ("certifier",)


def _unlike(rows: str) -> str:
    """The certifiers of which another number of rows is an event than there are rows."""
    return (
        f"SELECT certifier, abs(coalesce(r.n, 0) - coalesce(c.n, 0)) FROM {rows} r FULL JOIN"
        " (SELECT certifier, count(*) AS n FROM cleaned_learners.credentials GROUP BY ALL) c USING (certifier)"
    )


def _gaps(column: str) -> str:
    """Each delivery of some size: the share of its rows without a value, and that of all rows of its sender."""
    return (
        "(SELECT certifier, delivery, rows, absent / rows AS missing, usual FROM ("
        "SELECT *, sum(absent) OVER (PARTITION BY certifier) / sum(rows) OVER (PARTITION BY certifier) AS usual FROM ("
        f"SELECT c.certifier, c.delivery, count(*) AS rows, count(*) FILTER (p.{column} IS NULL) AS absent"
        " FROM cleaned_learners.credentials c JOIN cleaned_learners.profiles p USING (profile_id) GROUP BY ALL))"
        f" WHERE rows >= {SMALL})"
    )


_MISSING, _SEXLESS = _gaps("birth_date"), _gaps("sex")
_NAMELESS = (
    "(SELECT concat_ws('/', c.certifier, c.delivery) AS place, count(*) AS rows, count(*) FILTER (p.last_name IS NULL) AS absent"
    " FROM cleaned_learners.credentials c JOIN cleaned_learners.profiles p USING (profile_id)"
    " GROUP BY GROUPING SETS ((c.certifier), (c.certifier, c.delivery))"
    f" HAVING c.delivery IS NULL OR count(*) >= {SMALL})"
)
"""Each certifier, and each of its deliveries of some size: rows, and those without a family name."""

RULES = (
    *contract_rules(SNAPSHOT),
    number(
        "rows_conserved",
        "Every accepted feed row is one credential event; cleaning loses none and invents none.",
        "SELECT abs((SELECT count(*) FROM raw_feeds.records) - (SELECT count(*) FROM cleaned_learners.credentials))",
        at_most=0,
        blame=_unlike("(SELECT certifier, count(*) AS n FROM raw_feeds.records GROUP BY ALL)"),
    ),
    number(
        "profiles_account_for_rows",
        "The rows behind the profiles are the credential events.",
        "SELECT abs((SELECT coalesce(sum(records), 0) FROM cleaned_learners.profiles)"
        " - (SELECT count(*) FROM cleaned_learners.credentials))",
        at_most=0,
        blame=_unlike("(SELECT certifier, sum(records) AS n FROM cleaned_learners.profiles GROUP BY ALL)"),
    ),
    none_where(
        "credentials_have_profiles",
        "An event without a profile belongs to nobody and would drop out of the linkage.",
        "cleaned_learners.credentials c ANTI JOIN cleaned_learners.profiles p USING (profile_id)",
        "true",
        named_by=_SENDER,
    ),
    none_where(
        "events_dated",
        "Without a date an event cannot be placed before or after any wage.",
        "cleaned_learners.credentials",
        "event_date IS NULL",
        named_by=_SENDER,
    ),
    column_in(
        "events_known",
        "Attempts, awards, renewals and revocations are counted apart; another word would be counted as none of them.",
        "cleaned_learners.credentials",
        "event",
        ["attempt", "award", "renewal", "revocation"],
        required=True,
        named_by=_SENDER,
    ),
    column_in(
        "results_known",
        "A result is pass or fail.",
        "cleaned_learners.credentials",
        "result",
        ["pass", "fail"],
        named_by=_SENDER,
    ),
    none_where(
        "blocks_decided",
        "Whether a learner may be shared must be yes or no; unknown would be shared.",
        "cleaned_learners.credentials",
        "blocked IS NULL",
        named_by=_SENDER,
    ),
    none_where(
        "awards_are_not_failures",
        "A failed examination is an attempt; as an award it would count a holder who holds nothing.",
        "cleaned_learners.credentials",
        "event = 'award' AND result = 'fail'",
        named_by=_SENDER,
    ),
    column_in(
        "sex_known",
        "Sex is F, M or missing.",
        "cleaned_learners.profiles",
        "sex",
        ["F", "M"],
        "warn",
        named_by=_SENDER,
    ),
    share_where(
        "names_present",
        "A profile without any name can be linked to nobody.",
        "cleaned_learners.profiles",
        "last_name IS NULL AND first_name IS NULL",
        at_most=0.01,
        severity="block",
        named_by=_SENDER,
    ),
    share_where(
        "last_names_mostly_present",
        "Profiles with one name alone are linked by what else they hold, and fewer of them are.",
        "cleaned_learners.profiles",
        "last_name IS NULL",
        at_most=0.05,
        severity="warn",
        named_by=_SENDER,
    ),
    number(
        "last_names_in_each_delivery",
        "When more than half of a delivery's rows have no family name, a column is lost or the YAML no longer fits.",
        f"SELECT coalesce(max(absent / rows), 0) FROM {_NAMELESS}",
        at_most=HALF,
        blame=f"SELECT place, absent FROM {_NAMELESS} WHERE absent / rows > {HALF}",
    ),
    share_where(
        "birth_dates_mostly_present",
        "Profiles without a birth date link on names alone, and many stay ambiguous.",
        "cleaned_learners.profiles",
        "birth_date IS NULL",
        at_most=0.3,
        named_by=_SENDER,
    ),
    number(
        "birth_dates_in_each_delivery",
        "A delivery that lacks many more birth dates than its sender's others has lost a column or changed a format.",
        f"SELECT coalesce(max(missing - usual), 0) FROM {_MISSING}",
        at_most=MISSING_GAP,
        severity="warn",
        blame=f"SELECT concat_ws('/', certifier, delivery), round(missing * rows) FROM {_MISSING}"
        f" WHERE missing - usual > {MISSING_GAP}",
    ),
    number(
        "sexes_in_each_delivery",
        "A delivery that lacks sex much more often than its sender's others has lost a column or changed a code.",
        f"SELECT coalesce(max(missing - usual), 0) FROM {_SEXLESS}",
        at_most=MISSING_GAP,
        severity="warn",
        blame=f"SELECT concat_ws('/', certifier, delivery), round(missing * rows) FROM {_SEXLESS}"
        f" WHERE missing - usual > {MISSING_GAP}",
    ),
    share_where(
        "no_birth_date_in_excess",
        "A date shared by one profile in fifty is a placeholder, and blocking on it explodes.",
        "(SELECT count(*) AS profiles, sum(count(*)) OVER () AS everybody FROM cleaned_learners.profiles"
        " WHERE birth_date IS NOT NULL GROUP BY birth_date)",
        "profiles > greatest(50, everybody / 50)",
        at_most=0.0,
    ),
)
