"""What a linkage will cost, told before any pair is compared, and refused above a ceiling.

A block is named by its rule and its size alone: its key is made of names and birth dates. Not here: the rules (blocking).
"""

from dataclasses import dataclass

from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.progress import PROGRESS

MAX_PAIRS = 50_000_000
"""Candidate pairs that an industry's linkage may compare if its YAML does not say otherwise."""
SECONDS_PER_PAIR = 12e-6
"""CPU time of comparing one pair in all fields, measured (``make bench-linkage``); names dominate."""
BYTES_PER_PAIR = 250
"""Peak memory of a candidate pair while it is found, measured; comparing runs in chunks of bounded size."""


@dataclass(frozen=True)
class RuleForecast:
    """One blocking rule.

    Attributes:
        rule: Its name.
        pairs: Pairs that its blocks hold.
        largest: Pairs of its largest block.
        skipped_blocks: Blocks above its bound, which are left out.
        skipped_records: Left records in those blocks; other rules may still find their partners.
    """

    rule: str
    pairs: int
    largest: int
    skipped_blocks: int
    skipped_records: int


@dataclass(frozen=True)
class Forecast:
    """All rules of one linkage, before pairs that several rules find are counted once."""

    rules: tuple[RuleForecast, ...]

    @property
    def pairs(self) -> int:
        """Upper bound of the candidate pairs."""
        return sum(rule.pairs for rule in self.rules)

    @property
    def seconds(self) -> float:
        """CPU-seconds of comparing them."""
        return self.pairs * SECONDS_PER_PAIR

    @property
    def gigabytes(self) -> float:
        """Memory for them, in GB."""
        return self.pairs * BYTES_PER_PAIR / 1e9

    def refuse_above(self, max_pairs: int) -> None:
        """Say what is coming, or refuse it.

        Raises:
            SafeError: ``E_LINKAGE_COST``, naming the rule that brings most and its largest block.
        """
        if self.pairs <= max_pairs:
            if self.seconds > 1:
                for number, rule in enumerate(self.rules, 1):
                    PROGRESS.info("rule %d of %d, %s: %s pairs", number, len(self.rules), rule.rule, f"{rule.pairs:,}")
                PROGRESS.info("at most %s candidate pairs, about %.0f CPU-seconds", f"{self.pairs:,}", self.seconds)
            return
        worst = max(self.rules, key=lambda rule: (rule.pairs, rule.rule))
        message = (
            f"linkage would compare {self.pairs:,} candidate pairs (about {max(self.seconds, 1):,.0f} "
            f"CPU-seconds and {max(self.gigabytes, 0.1):,.1f} GB); the ceiling is {max_pairs:,}. Blocking rule {worst.rule} brings {worst.pairs:,} "
            f"of them, its largest block {worst.largest:,}. Look for a value that many rows share in the fields of that "
            "rule, or raise linkage.max_candidate_pairs in the industry's YAML."
        )
        raise SafeError("E_LINKAGE_COST", message)
