"""Columns that several contracts share, so that they are described in one place."""

from credential_pipeline.foundation.contracts.table import Column

#: Who somebody is, as directory information has it.
PERSON = (
    Column("first_name", "VARCHAR", "Given name, standard form.", identifier=True),
    Column("middle_name", "VARCHAR", "Middle name or initial, standard form.", identifier=True),
    Column("last_name", "VARCHAR", "Family name, standard form.", identifier=True),
    Column("name_suffix", "VARCHAR", "JR, SR, II, III or IV.", identifier=True),
    Column("previous_last_name", "VARCHAR", "An earlier family name, where the sender holds one.", identifier=True),
    Column("birth_date", "DATE", "Date of birth.", identifier=True),
    Column("sex", "VARCHAR", "F or M as the sender says."),
)

#: Where somebody lives.
ADDRESS = (
    Column("street", "VARCHAR", "Street and number, standard form.", identifier=True),
    Column("city", "VARCHAR", "City, standard form.", identifier=True),
    Column("state", "VARCHAR", "Two-letter state code."),
    Column("zip", "VARCHAR", "Five-digit ZIP code."),
)

#: One credential event.
EVENT = (
    Column("certifier", "VARCHAR", "Certifier's name in the registry."),
    Column("credential_code", "VARCHAR", "Certifier's code of the credential; unique within the certifier."),
    Column("event", "VARCHAR", "attempt, award, renewal or revocation."),
    Column("result", "VARCHAR", "pass or fail, where the feed says so."),
    Column("event_date", "DATE", "Day of the event."),
    Column("training_setting", "VARCHAR", "credit, noncredit, high_school, employer, military or other."),
    Column("provider_opeid", "VARCHAR", "OPEID of the training provider, where the certifier knows it."),
)

#: One spell of enrollment at an institution.
ENROLLMENT = (
    Column("opeid", "VARCHAR", "Institution's OPEID."),
    Column("institution", "VARCHAR", "Institution's name."),
    Column("institution_state", "VARCHAR", "Two-letter state of the institution."),
    Column("sector", "VARCHAR", "public_2yr, public_4yr, private_np_4yr, for_profit and so on."),
    Column("credit", "BOOLEAN", "Whether the enrollment carries credit."),
    Column("degree_seeking", "BOOLEAN", "Whether the student seeks a degree."),
    Column("begin_date", "DATE", "First day of the enrollment."),
    Column("end_date", "DATE", "Last day of the enrollment."),
    Column("status", "VARCHAR", "Enrollment status code."),
    Column("cip", "VARCHAR", "Field of study, CIP 2020."),
)

#: One degree of an institution.
DEGREE = (
    Column("opeid", "VARCHAR", "Institution's OPEID."),
    Column("institution", "VARCHAR", "Institution's name."),
    Column("degree_date", "DATE", "Day of the degree."),
    Column("degree_title", "VARCHAR", "Title."),
    Column(
        "degree_level",
        "VARCHAR",
        "certificate, associate, bachelor, post_bachelor, master, post_master, professional or doctor.",
    ),
    Column("cip", "VARCHAR", "Field of study, CIP 2020."),
)

#: How many learners, and why.
COVERAGE = (
    Column("reason", "VARCHAR", "Why these learners are or are not seen."),
    Column("learners", "BIGINT", "Number of learners."),
)

#: One figure in the long form that everything published is made from.
CELL = (
    Column("release", "VARCHAR", "Release that the cell belongs to; empty until released."),
    Column("industry", "VARCHAR", "Industry in the registry."),
    Column("table", "VARCHAR", "Outcome table that the cell belongs to."),
    Column("cell_id", "VARCHAR", "Readable id of the cell, unique within an industry and stable over releases."),
    Column("certifier", "VARCHAR", "Certifier or 'all'."),
    Column("credential", "VARCHAR", "Credential code or 'all'."),
    Column("cohort", "VARCHAR", "First and last award year, or 'all'."),
    Column("age_band", "VARCHAR", "Age at the award, in years, or 'all'."),
    Column("sex", "VARCHAR", "Sex or 'all'."),
    Column("race", "VARCHAR", "Race or 'all'."),
    Column("ethnicity", "VARCHAR", "Ethnicity or 'all'."),
    Column("state", "VARCHAR", "State or 'all'."),
    Column("sector", "VARCHAR", "NAICS sector of the main employer, or 'all'."),
    Column(
        "horizon",
        "INTEGER",
        "Calendar year less the year of the attributed award; empty where time plays no part.",
    ),
    Column("measure", "VARCHAR", "What the value measures."),
    Column("value", "DOUBLE", "The figure, in its unit."),
    Column("unit", "VARCHAR", "usd, share, count or mean."),
    Column("base_year", "INTEGER", "Year of the dollars, where the unit is usd."),
    Column("n", "BIGINT", "Learners behind the figure."),
    Column("low", "DOUBLE", "Lower end of the band."),
    Column("high", "DOUBLE", "Upper end of the band."),
    Column("status", "INTEGER", "LEHD flag: 1 published, -1 not available, 5 suppressed."),
    Column(
        "rollup_level",
        "VARCHAR",
        "Level at which the cell is given: all, certifier, credential, family, age_band and so on; _pooled if pooled.",
    ),
    Column("setting", "VARCHAR", "Training setting or 'all'."),
    Column("definition", "VARCHAR", "Key of the definition that the figure follows."),
    Column("attribution", "VARCHAR", "Rule for people with several credentials: first, highest or each."),
)

#: What a figure means.
DEFINITION = (
    Column("definition", "VARCHAR", "Key of the definition."),
    Column("measure", "VARCHAR", "Measure that it belongs to."),
    Column("title", "VARCHAR", "Short title."),
    Column("text", "VARCHAR", "Full sentence."),
)

#: One thing that was noticed in the files of a drop.
DROP_FINDING = (
    Column("table", "VARCHAR", "Drop that the files belong to."),
    Column("delivery", "VARCHAR", "File, by its name as it may be shown; all for the files together."),
    Column("measure", "VARCHAR", "Column that was looked at."),
    Column(
        "finding",
        "VARCHAR",
        "unreadable, unknown (ids of nobody), unknown word (of a category), repeated, not read or no sector (jobs at employers"
        " without a NAICS code that tells one).",
    ),
    Column("found", "BIGINT", "How often."),
    Column("rows", "BIGINT", "Of so many rows where the column is filled."),
    Column("note", "VARCHAR", "The likely cause, in words."),
)
