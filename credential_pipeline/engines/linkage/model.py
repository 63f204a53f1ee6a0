"""A pinned model: the weights of every level, where they came from, and Splink's settings made of them.

A model is a JSON file in Splink's own format, so that Splink alone can load it, with a ``.meta.yml`` beside it that
records versions, training table, blocking rules, seed and the m/u table. Settings for another SQL dialect or for fewer
fields are built from the same weights. An industry may name its own models; the shipped ones serve where it does not.
Not here: training and prediction.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml

from credential_pipeline.engines.linkage.comparisons import Comparison, Dialect, comparisons
from credential_pipeline.foundation.errors import SafeError

FREQUENCY_SCALE = 2.0**-24
"""Factor of the term frequencies that predictions use, see :func:`_adjust`."""

REQUIRED = ("name", "birth_date")
"""Fields without which no linkage is possible."""

Weights = dict[str, dict[str, tuple[float, float]]]
"""Comparison -> level (with ``other``) -> (m, u)."""


@dataclass(frozen=True)
class Model:
    """A trained linkage model.

    Attributes:
        name: Its name: ``<family>_<date>_<hash>``, or the family alone for a shipped one.
        weights: m and u of every level.
        prior: Probability that two random records of the training tables match.
        left_rows: Records on the left of training.
        right_rows: Records on the right of training (as left when a table was paired with itself).
        meta: The sidecar.
    """

    name: str
    weights: Weights
    prior: float
    left_rows: int
    right_rows: int
    meta: Mapping[str, Any] = field(default_factory=dict)

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that the model has weights for."""
        return tuple(self.weights)

    def prior_for(self, right_rows: int) -> float:
        """The prior for another registry size: each left record still expects as many matches."""
        return min(0.5, self.prior * self.right_rows / max(right_rows, 1))

    def settings(self, fields: Sequence[str], right_rows: int, dialect: Dialect = "duckdb") -> dict[str, Any]:
        """Splink settings for the fields that both sides hold.

        Args:
            fields: Fields to compare; those without weights are left out.
            right_rows: Size of the right table, which scales the prior.
            dialect: The SQL dialect of the engine.
        """
        chosen = comparisons([name for name in fields if name in self.weights], dialect)
        made = settings(chosen, self.weights, self.prior_for(right_rows))
        for item, out in zip(chosen, made["comparisons"], strict=True):
            _adjust(item, out["comparison_levels"], self.weights[item.name])
        return made

    def chance(self, fields: Sequence[str]) -> dict[str, float]:
        """Share of strangers who agree exactly on the birth date, the address and the street, of those that are compared."""
        levels = {"birth_date": ("birth_date", "exact"), "home": ("address", "exact"), "street": ("address", "street")}
        return {
            column: self.weights[name][level][1]
            for column, (name, level) in levels.items()
            if name in fields and name in self.weights
        }

    def mu_table(self) -> list[tuple[str, str, float, float]]:
        """Rows of (comparison, level, m, u)."""
        return [(name, level, *pair) for name, levels in self.weights.items() for level, pair in levels.items()]


def settings(chosen: Sequence[Comparison], weights: Weights, prior: float) -> dict[str, Any]:
    """Splink's settings dictionary, for records of both sides in one table."""
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": "unique_id",
        "probability_two_random_records_match": prior,
        "retain_matching_columns": True,
        "retain_intermediate_calculation_columns": False,
        "blocking_rules_to_generate_predictions": [],
        "max_iterations": 40,
        "em_convergence": 0.0005,
        "comparisons": [_comparison(item, weights[item.name]) for item in chosen],
    }


def _comparison(item: Comparison, pairs: Mapping[str, tuple[float, float]]) -> dict[str, Any]:
    levels: list[dict[str, Any]] = [
        {"sql_condition": item.unknown, "label_for_charts": "unknown", "is_null_level": True}
    ]
    for level in item.levels:
        made: dict[str, Any] = {"sql_condition": level.condition, "label_for_charts": level.name}
        if level.frequency:
            made |= {"tf_adjustment_column": level.frequency, "tf_adjustment_weight": 1.0}
        levels.append(made)
    levels.append({"sql_condition": "ELSE", "label_for_charts": "other"})
    for made in levels[1:]:
        made["m_probability"], made["u_probability"] = pairs[made["label_for_charts"]]
    return {"output_column_name": item.name, "comparison_levels": levels}


def _adjust(item: Comparison, levels: list[dict[str, Any]], pairs: Mapping[str, tuple[float, float]]) -> None:
    """Spare Splink the search for the level whose u a term frequency replaces.

    For every level Splink would parse all others to find the exact match on the column, over a second for each
    prediction. With the search off, a level weighs ``m / tf``. It should weigh ``m / (u * tf / u_exact)``: the share of
    non-matches at this level, scaled by how frequent the value is. So ``m`` takes the ratio, and both it and the
    frequencies are scaled down (:data:`FREQUENCY_SCALE`) to stay below one.
    """
    exact = {level.frequency: level.name for level in item.levels if level.is_exact}
    for level, made in zip(item.levels, levels[1:-1], strict=True):
        if level.frequency:
            m, u = pairs[level.name]
            made["m_probability"] = m * pairs[exact.get(level.frequency, level.name)][1] / u * FREQUENCY_SCALE
            made["disable_tf_exact_match_detection"] = True


def weights_of(saved: Mapping[str, Any]) -> Weights:
    """M and u out of Splink's saved settings; 0, which no model may have, where one is missing."""
    return {
        item["output_column_name"]: {
            level["label_for_charts"]: (
                float(level.get("m_probability") or 0),
                float(level.get("u_probability") or 0),
            )
            for level in item["comparison_levels"]
            if not level.get("is_null_level")
        }
        for item in saved["comparisons"]
    }


def save(model: Model, folder: Path) -> Path:
    """Write ``<name>.json`` and ``<name>.meta.yml``; return the path of the JSON file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{model.name}.json"
    made = settings(comparisons(model.fields), model.weights, model.prior)
    path.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
    table = [
        {"comparison": name, "level": level, "m": round(m, 9), "u": round(u, 12)}
        for name, level, m, u in model.mu_table()
    ]
    sidecar = {
        **model.meta,
        "prior": model.prior,
        "left_rows": model.left_rows,
        "right_rows": model.right_rows,
        "fields": list(model.fields),
        "levels": table,
    }
    text = yaml.safe_dump(sidecar, sort_keys=False, allow_unicode=True, width=118)
    path.with_suffix(".meta.yml").write_text(text, encoding="utf-8")
    return path


def load(path: Path) -> Model:
    """Read a model and its sidecar.

    Raises:
        SafeError: ``E_MODEL`` if a file is missing or damaged, or the model does not fit the fields, the levels or the
            Splink of this version.
    """
    try:
        saved = json.loads(path.read_text(encoding="utf-8"))
        meta = yaml.safe_load(path.with_suffix(".meta.yml").read_text(encoding="utf-8"))
        made = Model(
            name=path.stem,
            weights=weights_of(saved),
            prior=float(saved["probability_two_random_records_match"]),
            left_rows=int(meta["left_rows"]),
            right_rows=int(meta["right_rows"]),
            meta=meta,
        )
        trained_with = str(meta["versions"]["splink"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, yaml.YAMLError):
        raise _refusal(path.name, "it or its .meta.yml is missing or damaged") from None
    if trained_with.partition(".")[0] != version("splink").partition(".")[0]:
        raise _refusal(path.name, f"it was trained for Splink {trained_with}, here is {version('splink')}")
    _check_levels(made, path.name)
    return made


def _check_levels(model: Model, file: str) -> None:
    expected = {item.name: item.level_names for item in comparisons(model.fields)}
    strange = sorted(set(model.fields) - set(expected))
    if strange:
        raise _refusal(file, f"it compares a field that this version does not know ({len(strange)} of them)")
    for name in REQUIRED:
        if name not in model.weights:
            raise _refusal(file, f"it has no weights for the field {name}")
    for name, levels in model.weights.items():
        if list(levels) != expected[name]:
            raise _refusal(file, f"its levels of the field {name} are not those of this version")
        if not all(0 < m <= 1 and 0 < u <= 1 for m, u in levels.values()):
            raise _refusal(file, f"a weight of the field {name} is not a probability")
    if not 0 < model.prior < 1:
        raise _refusal(file, "its prior is not a probability")


def _refusal(file: str, why: str) -> SafeError:
    remedy = "train it anew with the train command, or name another under linkage.models in the industry's YAML"
    return SafeError("E_MODEL", f"linkage model {file} cannot be used: {why}; {remedy}")


def locate(family: str, name: str | None, folder: Path) -> Path:
    """The file of the model that an industry names, or of the shipped one.

    Args:
        family: ``registry`` (profiles to students), ``profiles`` (profiles to one another) or ``reference``
            (extract rows to the reference population).
        name: Name of the model without ``.json``; None for the shipped one.
        folder: Where the installation keeps its models; those that ship are looked at after it.

    Raises:
        SafeError: ``E_MODEL``: there is no such file.
    """
    places = [folder] if name else []
    for place in (*places, Path(str(resources.files(__package__ or "").joinpath("models")))):
        path = place / f"{name or family}.json"
        if path.is_file():
            return path
    raise _refusal(f"{name or family}.json", f"it is neither in {folder.parent.name}/{folder.name} nor shipped")


def choose(family: str, name: str | None, folder: Path) -> Model:
    """Load the model that an industry names for a family, or the shipped one; see :func:`locate`.

    Raises:
        SafeError: ``E_MODEL``: it is missing, does not fit, or is of another family.
    """
    path = locate(family, name, folder)
    made = load(path)
    if made.meta.get("family") != family:
        raise _refusal(path.name, f"it is not of the family {family}")
    return made


def fingerprint(path: Path) -> str:
    """Hash of a model and its sidecar, an input of the hop that uses it."""
    digest = hashlib.sha256()
    for part in (path, path.with_suffix(".meta.yml")):
        digest.update(part.read_bytes() if part.is_file() else b"")
    return digest.hexdigest()[:16]


def shipped(family: str) -> Model:
    """The model of a family that ships with the package, see :func:`locate`."""
    return load(locate(family, None, Path()))
