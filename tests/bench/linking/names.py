"""Names for made-up people: common ones in front, then names made of syllables, and how often each is drawn.

Belongs here: which names exist and their frequencies. Not here: people (population.py, scale_world.py) and mistakes in names
(noise.py).
"""

import itertools
import random
from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml

SURNAMES = 150_000
FIRST_NAMES = 2_500
FLATNESS = 15.0
"""Family name r is drawn in proportion to 1 / (r + FLATNESS): the first of 150,000 is seven in a thousand people."""
FIRST_FLATNESS = 60.0
"""First name r is drawn in proportion to 1 / (r + FIRST_FLATNESS)²: the hundred common ones are two thirds of a sex."""

_ONSETS = "b bl br c ch cl cr d dr f fl fr g gl gr h j k kl kn kr l m n p ph pl pr qu r rh s sch sh sk sl sm sn sp st str sv t th tr v w wh y z"
_VOWELS = "a e i o u ai au ea ee ei ie io oa oo ou"
_MIDDLES = "b ck d dd ff g gg l ld ll lm ln lt m mb mm mp n nd ng nn nt p pp r rd rk rl rm rn rr rs rt s sk sp ss st t th tt v x z"
_ENDS = (
    "a ac ake all an and ard as aux ay beck berg bury by court craft dale den der don e ell en er ers es ett ey ez ford gard "
    "ham hardt hart hoff hurst i ian ic ich in ing ini ino is ish ko la land ler ley lin lo man mann mer mont more ner o off ola "
    "olf on one ost ov ow s sen shaw ski skov smith son stad stein stock sky ster strom ton uez uk un vic ville wald ward way well wick "
    "wood worth y yan"
)
_ENDS_FEMALE = "a ah ana anne ara elle ene ette ia ie ika ina is isha issa ita lyn na ra sha y yn"
_ENDS_MALE = "al an ander ard as el en er ett ian ick iel in is o on or os ell us vin win y yn"


@dataclass(frozen=True)
class Names:
    """The names of a made-up country, most frequent first, as a tidy sender writes them.

    Attributes:
        female: First names of women.
        male: First names of men.
        surnames: Family names.
        nicknames: First name -> its short forms.
        accented: Name -> the form with accents or an apostrophe.
    """

    female: tuple[str, ...]
    male: tuple[str, ...]
    surnames: tuple[str, ...]
    nicknames: dict[str, tuple[str, ...]]
    accented: dict[str, str]


def surname_rank(share: float, names: int) -> int:
    """The rank (from 0) at a share in [0, 1) of the cumulated frequencies of so many family names.

    >>> surname_rank(0.0, 1000)
    0
    """
    return min(int(FLATNESS * ((names + FLATNESS) / FLATNESS) ** share - FLATNESS), names - 1)


def surname_rank_sql(share: str, names: int) -> str:
    """As :func:`surname_rank`, in SQL."""
    return (
        f"least(floor({FLATNESS} * pow({(names + FLATNESS) / FLATNESS}, {share}) - {FLATNESS})::INTEGER, {names - 1})"
    )


def first_rank(share: float, names: int) -> int:
    """The rank (from 0) at a share in [0, 1) of the cumulated frequencies of so many first names.

    >>> first_rank(0.0, 1000)
    0
    """
    near, far = 1 / FIRST_FLATNESS, 1 / (names + FIRST_FLATNESS)
    return min(int(1 / (near - share * (near - far)) - FIRST_FLATNESS), names - 1)


def first_rank_sql(share: str, names: int) -> str:
    """As :func:`first_rank`, in SQL."""
    near, far = 1 / FIRST_FLATNESS, 1 / (names + FIRST_FLATNESS)
    return f"least(floor(1 / ({near} - {share} * {near - far}) - {FIRST_FLATNESS})::INTEGER, {names - 1})"


def _made(seed: int, count: int, ends: str, taken: set[str]) -> list[str]:
    """Names of two or three syllables in an order that only the seed decides."""
    chance = random.Random(seed)
    parts = [text.split() for text in (_ONSETS, _VOWELS, _MIDDLES, ends)]
    made: list[str] = []
    for _ in itertools.count():
        onset, vowel, middle, end = (chance.choice(part) for part in parts)
        extra = chance.choice(parts[1]) + chance.choice(parts[2]) if chance.random() < 0.1 else ""
        name = (onset + vowel + middle + extra + end).capitalize()
        if name not in taken:
            taken.add(name)
            made.append(name)
        if len(made) == count:
            break
    return made


@cache
def names(surnames: int = SURNAMES, first_names: int = FIRST_NAMES, seed: int = 7) -> Names:
    """The names of one country.

    Args:
        surnames: Number of family names.
        first_names: Number of first names of either sex.
        seed: Decides the rare names.
    """
    known = yaml.safe_load(resources.files(__package__).joinpath("names.yml").read_text(encoding="utf-8"))
    nicknames: dict[str, tuple[str, ...]] = {}
    heads: dict[str, list[str]] = {}
    for sex in ("female", "male"):
        heads[sex] = []
        for line in known[sex].strip().splitlines():
            name, _, short = line.partition(":")
            heads[sex].append(name.strip())
            if short.split():
                nicknames[name.strip()] = tuple(short.split())
    family = known["surnames"].split()
    taken = {*family, *heads["female"], *heads["male"]}
    return Names(
        female=(*heads["female"], *_made(seed, first_names - len(heads["female"]), _ENDS_FEMALE, taken)),
        male=(*heads["male"], *_made(seed + 1, first_names - len(heads["male"]), _ENDS_MALE, taken)),
        surnames=(*family, *_made(seed + 2, surnames - len(family), _ENDS, taken)),
        nicknames=nicknames,
        accented=known["accented"],
    )
