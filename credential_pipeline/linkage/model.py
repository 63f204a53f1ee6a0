"""A pinned model: the weights of every level, where they came from, and Splink's settings made of them.

A model is a JSON file in Splink's own format, so that Splink alone can load it, with a ``.meta.yml`` beside it that
records versions, training table, blocking rules, seed and the m/u table. Settings for another SQL dialect or for fewer
fields are built from the same weights. Not here: training and prediction.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from credential_pipeline.errors import SafeError
from credential_pipeline.linkage.comparisons import Comparison, Dialect, comparisons

FREQUENCY_SCALE = 2.0**-24
"""Factor of the term frequencies that predictions use, see :func:`_adjust`."""

Weights = dict[str, dict[str, tuple[float, float]]]
"""Comparison -> level (with ``other``) -> (m, u)."""

Observed = dict[str, dict[str, tuple[float | None, float | None]]]
"""As :data:`Weights`, None where training did not observe a level."""


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

    def mu_table(self) -> list[tuple[str, str, float, float]]:
        """Rows of (comparison, level, m, u)."""
        return [(name, level, *pair) for name, levels in self.weights.items() for level, pair in levels.items()]


def settings(
    chosen: Sequence[Comparison], weights: Weights | None, prior: float, link_type: str = "dedupe_only"
) -> dict[str, Any]:
    """Splink's settings dictionary; without weights for a model yet to be trained."""
    return {
        "link_type": link_type,
        "unique_id_column_name": "unique_id",
        "probability_two_random_records_match": prior,
        "retain_matching_columns": True,
        "retain_intermediate_calculation_columns": False,
        "blocking_rules_to_generate_predictions": [],
        "max_iterations": 40,
        "em_convergence": 0.0005,
        "comparisons": [_comparison(item, (weights or {}).get(item.name)) for item in chosen],
    }


def _comparison(item: Comparison, pairs: Mapping[str, tuple[float, float]] | None) -> dict[str, Any]:
    levels: list[dict[str, Any]] = [
        {"sql_condition": item.unknown, "label_for_charts": "unknown", "is_null_level": True}
    ]
    for level in item.levels:
        made: dict[str, Any] = {"sql_condition": level.condition, "label_for_charts": level.name}
        if level.frequency:
            made |= {"tf_adjustment_column": level.frequency, "tf_adjustment_weight": 1.0}
        levels.append(made)
    levels.append({"sql_condition": "ELSE", "label_for_charts": "other"})
    for made in levels[1:] if pairs else ():
        made["m_probability"], made["u_probability"] = (pairs or {})[made["label_for_charts"]]
    return {"output_column_name": item.name, "comparison_levels": levels}


def _adjust(item: Comparison, levels: list[dict[str, Any]], pairs: Mapping[str, tuple[float, float]]) -> None:
    """Spare Splink the search for the level whose u a term frequency replaces.

    For every level Splink would parse all others to find the exact match on the column, over a second for each
    prediction. With the search off, a level weighs ``m / tf``. It should weigh ``m / (u * tf / u_exact)``: the share of
    non-matches at this level, scaled by how frequent the value is. So ``m`` takes the ratio, and both it and the
    frequencies are scaled down (:data:`FREQUENCY_SCALE`) to stay below one.
    """
    exact = {
        level.frequency: level.name
        for level in item.levels
        if level.condition == f"{level.frequency}_l = {level.frequency}_r"
    }
    for level, made in zip(item.levels, levels[1:-1], strict=True):
        if level.frequency:
            m, u = pairs[level.name]
            made["m_probability"] = m * pairs[exact[level.frequency]][1] / u * FREQUENCY_SCALE
            made["disable_tf_exact_match_detection"] = True


def weights_of(saved: Mapping[str, Any]) -> Observed:
    """M and u out of Splink's saved settings; None where Splink did not observe a level."""
    return {
        item["output_column_name"]: {
            level["label_for_charts"]: (level.get("m_probability"), level.get("u_probability"))
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
        SafeError: ``E_MODEL`` if a file is missing or the two do not fit each other or this version's levels.
    """
    try:
        saved = json.loads(path.read_text(encoding="utf-8"))
        meta = yaml.safe_load(path.with_suffix(".meta.yml").read_text(encoding="utf-8"))
        weights = {
            name: {level: (float(m or 0), float(u or 0)) for level, (m, u) in levels.items()}
            for name, levels in weights_of(saved).items()
        }
        expected = {
            item.name: [*(level.name for level in item.levels), "other"] for item in comparisons(tuple(weights))
        }
        if {name: list(levels) for name, levels in weights.items()} != expected:
            raise ValueError
        return Model(
            name=path.stem,
            weights=weights,
            prior=float(saved["probability_two_random_records_match"]),
            left_rows=int(meta["left_rows"]),
            right_rows=int(meta["right_rows"]),
            meta=meta,
        )
    except (OSError, ValueError, KeyError, TypeError):
        message = f"linkage model {path.name} cannot be used: train it anew with the train command"
        raise SafeError("E_MODEL", message) from None


def shipped(family: str) -> Model:
    """The model of a family that ships with the package.

    Args:
        family: ``registry`` (profiles to students), ``profiles`` (profiles to one another) or ``reference``
            (extract rows to the reference population).
    """
    return load(Path(str(resources.files(__package__ or "").joinpath("models", f"{family}.json"))))
