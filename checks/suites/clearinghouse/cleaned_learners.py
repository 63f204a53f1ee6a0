"""What must hold before profiles are linked: conservation, joins that work, values in the closed lists."""

from checks.rule import column_in, contract_rules, none_where, number, share_where
from credential_pipeline.foundation.contracts.cleaned_learners import SNAPSHOT

RULES = (
    *contract_rules(SNAPSHOT),
    number(
        "rows_conserved",
        "Every accepted feed row is one credential event; cleaning loses none and invents none.",
        "SELECT abs((SELECT count(*) FROM raw_feeds.records) - (SELECT count(*) FROM cleaned_learners.credentials))",
        at_most=0,
    ),
    number(
        "profiles_account_for_rows",
        "The rows behind the profiles are the credential events.",
        "SELECT abs((SELECT coalesce(sum(records), 0) FROM cleaned_learners.profiles)"
        " - (SELECT count(*) FROM cleaned_learners.credentials))",
        at_most=0,
    ),
    none_where(
        "credentials_have_profiles",
        "An event without a profile belongs to nobody and would drop out of the linkage.",
        "cleaned_learners.credentials c ANTI JOIN cleaned_learners.profiles p USING (profile_id)",
        "true",
    ),
    none_where(
        "events_dated",
        "Without a date an event cannot be placed before or after any wage.",
        "cleaned_learners.credentials",
        "event_date IS NULL",
    ),
    column_in(
        "events_known",
        "Attempts, awards, renewals and revocations are counted apart; another word would be counted as none of them.",
        "cleaned_learners.credentials",
        "event",
        ["attempt", "award", "renewal", "revocation"],
        required=True,
    ),
    column_in("results_known", "A result is pass or fail.", "cleaned_learners.credentials", "result", ["pass", "fail"]),
    none_where(
        "blocks_decided",
        "Whether a learner may be shared must be yes or no; unknown would be shared.",
        "cleaned_learners.credentials",
        "blocked IS NULL",
    ),
    none_where(
        "awards_are_not_failures",
        "A failed examination is an attempt; as an award it would count a holder who holds nothing.",
        "cleaned_learners.credentials",
        "event = 'award' AND result = 'fail'",
    ),
    column_in("sex_known", "Sex is F, M or missing.", "cleaned_learners.profiles", "sex", ["F", "M"], "warn"),
    share_where(
        "names_present",
        "A profile without a family name can be linked to nobody.",
        "cleaned_learners.profiles",
        "last_name IS NULL",
        at_most=0.01,
        severity="block",
    ),
    share_where(
        "birth_dates_mostly_present",
        "Profiles without a birth date link on names alone, and many stay ambiguous.",
        "cleaned_learners.profiles",
        "birth_date IS NULL",
        at_most=0.3,
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
