"""Readable names for codes, and the order in which categories are shown.

Names of certifiers and credentials come from the caller (the registry); sectors from the code list in
``credential_pipeline/foundation/reference``. Not here: sentences.
"""

import csv
from collections.abc import Iterable, Mapping
from importlib.resources import files

from credential_pipeline.public.published_outcomes import sentences as say
from credential_pipeline.public.published_outcomes.cells import ALL, FAMILY, OF, OTHER

Labels = Mapping[str, Mapping[str, str]]

POOLED = "other_or_not_recorded"
#: Categories that gather what has no name of its own; they are shown last and never compared.
REST = frozenset({"unknown", POOLED})

BUILT_IN: Labels = {
    "sex": {"F": "Women", "M": "Men", "X": "Another gender"},
    "race": {
        "white": "White",
        "black": "Black or African American",
        "asian": "Asian",
        "aian": "American Indian or Alaska Native",
        "american_indian": "American Indian or Alaska Native",
        "nhpi": "Native Hawaiian or Pacific Islander",
        "native_hawaiian": "Native Hawaiian or Pacific Islander",
        "pacific_islander": "Native Hawaiian or Pacific Islander",
        "hispanic": "Hispanic or Latino",
        "multiple": "Two or more races",
        "two_or_more": "Two or more races",
        "other": "Some other race",
    },
    "ethnicity": {"hispanic": "Hispanic or Latino", "not_hispanic": "Not Hispanic or Latino"},
    "setting": {
        "credit": "College course for credit",
        "noncredit": "College course without credit",
        "high_school": "High school or career centre",
        "employer": "Employer or apprenticeship",
        "military": "Armed forces",
        "other": "Another setting",
        "no_further_award": "No further credential",
        "degree_seeking": "In a degree programme",
        "not_degree_seeking": "Not in a degree programme",
        "community_college": "Community or technical college",
        "public_2yr": "Public two-year college",
        "public_4yr": "Public four-year college",
        "private_np_4yr": "Private non-profit four-year college",
        "for_profit": "For-profit school",
        "private_np_2yr": "Private non-profit two-year college",
        "private_nonprofit": "Private non-profit college",
        "for_profit_2yr": "For-profit two-year school",
        "for_profit_4yr": "For-profit four-year school",
        "no_enrollment": "No enrollment near the award",
        "certificate": "Certificate",
        "associate": "Associate degree",
        "bachelor": "Bachelor's degree",
        "master": "Master's degree",
        "doctorate": "Doctorate",
        "doctor": "Doctorate",
        "professional": "Professional degree",
        "post_bachelor": "Certificate after a bachelor's degree",
        "post_master": "Certificate after a master's degree",
        "second": "A second credential",
        "third": "A third credential",
        "fourth": "A fourth credential",
        "fourth_plus": "A fourth credential or more",
        "third_plus": "A third credential or more",
    },
    "reason": {
        "other": "Other reasons, each of them for few",
        "seen_after": "Wages found in at least one year after the award",
        "seen_in_wages": "Wages found in the year",
        "never_seen_after": "Person found, no wages in any year after the award",
        "no_year_covered": "No year after the award is covered by the wage files",
        "no_wage_record": "Person found, no wages in the year",
        "year_not_covered": "Year not (yet) in the wage files",
        "died_before": "Died before the year",
        "revoked": "Award revoked before the year was over",
        "no_person_key": "Not found with certainty in the reference population",
        "same_person": "Turned out to be a person already counted",
        "never_passed": "Sat for a credential and never passed one",
        "not_in_cohort": "Neither an award nor only failed sittings in the reported years",
        "opted_out": "Opted out of sharing",
        "ferpa_blocked": "Directory information blocked by a school (FERPA)",
    },
}

_PEOPLE = {
    "age_band": "those aged {} at the award",
    "certifier": "holders of credentials of {}",
    "cohort": "those with an award of {}",
    "state": "holders living in {}",
    "credential": "holders of {}",
}


def reference_labels(name: str, key: str) -> dict[str, str]:
    """Names by code of a reference list: sectors (``31-33``) or states (``OH``)."""
    path = files("credential_pipeline.foundation") / "reference" / f"{name}.csv"
    return {row[key]: row["label"] for row in csv.DictReader(path.read_text("utf-8").splitlines())}


class Naming:
    """Looks up readable names: the caller's first, then the built-in ones, then the code itself made readable."""

    def __init__(self, given: Labels | None = None, reasons: Mapping[str, str] | None = None) -> None:
        """Keep the caller's names by dimension and code, and the release's titles of coverage reasons."""
        self._given = given or {}
        self._reasons = reasons or {}
        self._listed = {
            "sector": reference_labels("naics_sectors", "code"),
            "state": reference_labels("states", "state"),
        }

    def people(self, dimension: str, code: str) -> str:
        """The holders of a category in running text: ``men``, ``White holders``, ``those aged 18-25 at the award``."""
        name = self.name(dimension, code)
        if code in REST:
            what = dimension.replace("age_band", "age")
            another = f"of another {what} or with none on record"
            return f"holders {another if code == POOLED else f'whose {what} is not recorded'}"
        if dimension == "sex" and code in {"F", "M"}:
            return name.lower()
        if " race" in name:  # "Two or more races", "Some other race"
            return f"holders of {name[0].lower()}{name[1:]}"
        return _PEOPLE.get(dimension, "{} holders").format(name)

    def name(self, dimension: str, code: str) -> str:
        """Readable name of a category."""
        if code == ALL:
            return "All holders"
        if dimension == "credential" and OF in code:
            pooled, certifier = code.split(OF)
            return f"{self.name(dimension, pooled)} of {self.name('certifier', certifier)}"
        return self._known(dimension, code) or _made_readable(dimension, code)

    def knows(self, dimension: str, code: str) -> bool:
        """Whether readers are shown a name, or numbers that need none; not a code as machines write it."""
        if dimension in {"certifier", "credential"} and (code == OTHER or code.startswith(FAMILY)):
            return True
        numbers = dimension in {"age_band", "cohort"} and code.replace("-", "").isdigit()
        return code == ALL or numbers or bool(self._known(dimension, code))

    def _known(self, dimension: str, code: str) -> str:
        known: list[Mapping[str, str]] = [self._given.get(dimension, {}), BUILT_IN.get(dimension, {})]
        known += [self._reasons] if dimension == "reason" else [self._listed.get(dimension, {})]
        for source in known:
            for spelling in (code, code.lower()):
                if spelling in source:
                    return source[spelling]
        if dimension == "setting" and (told := _counted(code)):
            return told
        if dimension == "setting" and "/" in code:  # a credential that comes next, as certifier/code
            return self._known("credential", code.rpartition("/")[2])
        if dimension == "definition" and code in BUILT_IN["reason"]:
            return BUILT_IN["reason"][code]
        return {POOLED: "Other or not recorded", "unknown": "Not recorded"}.get(code, "")


def _counted(setting: str) -> str:
    """A setting that counts: sittings, months, years, or the number of credentials."""
    kind, _, number = setting.partition("_")
    if setting.isdigit():
        return setting
    if not number.isdigit():
        return ""
    ordinal = say.ordinal(int(number))
    words = {
        "sitting": f"By the {ordinal} sitting",
        "months": f"Within {number} month{'s' * (number != '1')}",
        "years": f"Within {number} year{'s' * (number != '1')}",
        "within": f"Within {number} year{'s' * (number != '1')}",
    }
    return words.get(kind, "")


def _made_readable(dimension: str, code: str) -> str:
    """A code that nobody has named."""
    if dimension == "sector":
        return f"NAICS sector {code}"
    if dimension in {"age_band", "cohort"}:
        return code.replace("-", "\N{EN DASH}")
    if dimension in {"certifier", "credential"}:
        if code == OTHER:
            return f"Other {dimension}s"
        if code.startswith(FAMILY):
            return code.removeprefix(FAMILY).replace("_", " ").capitalize()
        return code.upper() if code.islower() else code
    return code.replace("_", " ").strip().capitalize()


def in_order(codes: Iterable[str]) -> list[str]:
    """Sort codes for display: as written, with 'not recorded' and 'other' at the end."""
    last = {OTHER: 1, POOLED: 2, "unknown": 3}
    return sorted(codes, key=lambda code: (last.get(code.partition(OF)[0].lower(), 0), code))


def sector_of(prefix: str, sectors: Iterable[str]) -> str | None:
    """The sector code that a NAICS prefix lies in, where ``31-33`` stands for 31, 32 and 33; None if it is not among them."""
    for sector in sectors:
        first, _, last = sector.partition("-")
        if first.isdigit() and int(first) <= int(prefix[:2]) <= int(last or first):
            return sector
    return None
