"""Whose record is judged: the last award years that the data can judge, back until there are completers enough.

An award year begins in July and bears the number of that year. Not here: the judgment.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from credential_pipeline.enclave.outcome_tables.questions.workforce_pell.law import Law


@dataclass(frozen=True)
class Window:
    """Award years, both included, and the completers in them.

    Attributes:
        first: Number of the first award year.
        last: Number of the last award year.
        completers: Learners who completed in them, with a key or without.
        later: Completers of the years after it, who are too young to be judged.
    """

    first: int
    last: int
    completers: int
    later: int

    @property
    def label(self) -> str:
        """First and last award year, as a cohort."""
        return f"{self.first}-{self.last}"


def last_year(covered: Collection[int], first: int, last: int, law: Law) -> int | None:
    """The last award year whose completers' placement and earnings the wage files cover as a whole.

    Args:
        covered: Calendar years of the wage files.
        first: First calendar year of awards.
        last: Last calendar year of awards.
        law: The numbers of the law.
    """
    after = (0, 1, int(law.earnings_years_after), int(law.earnings_years_after) + 1)
    found = [year for year in range(first, last) if all(year + more in covered for more in after)]
    return max(found, default=None)


def choose(completers: Mapping[int, int], last: int, law: Law, printed: Callable[[int], int]) -> Window:
    """Go back from the last award year until there are completers enough, as far as the law goes.

    Args:
        completers: Award year to the number of completers.
        last: Of :func:`last_year`.
        law: The numbers of the law.
        printed: A number of learners as it would be published; nothing is decided by a finer one.
    """
    later = sum(number for year, number in completers.items() if year > last)
    total, first = 0, last
    for year in range(last, last - int(law.award_years_most), -1):
        total, first = total + completers.get(year, 0), year
        if printed(total) >= law.completers_enough:
            break
    return Window(first, last, total, later)
