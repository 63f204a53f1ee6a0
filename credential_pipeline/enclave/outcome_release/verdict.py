"""What an attack on a proposal answers: which cells to hide, what is left to be found, and what was tried.

Not here: any attack.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from credential_pipeline.foundation.registry.profiles import Profile


@dataclass(frozen=True, order=True)
class Line:
    """One line of the certificate that ships with a release.

    Attributes:
        attack: What was tried, in a word or two; unique within a certificate together with what it was tried against.
        against: What the attacker held.
        tried: How many counts or figures were attacked.
        found: How many of them gave something away.
        result: ``held``, ``found`` where something is left, or ``not tried``.
        note: A sentence for readers.
    """

    attack: str
    against: str
    tried: int
    found: int
    result: str
    note: str


@dataclass(frozen=True)
class Verdict:
    """An answer.

    Attributes:
        hide: Ids of shown cells without which less can be worked out.
        spare: Those of them that give nothing away themselves; another choice might do.
        findings: (kind, cell_id, role) of what the file gives away as it stands and what no hiding mends.
        certificate: What was tried, with its result.
    """

    hide: frozenset[str] = frozenset()
    findings: tuple[tuple[str, str, str], ...] = ()
    certificate: tuple[Line, ...] = ()
    spare: frozenset[str] = frozenset()


Attack = Callable[[Path, Sequence[Path], Profile], Verdict]
"""Attacks a staged public file, given the public files of all earlier releases and the profile of this one."""
