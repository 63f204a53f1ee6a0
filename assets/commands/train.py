"""``train``: train linkage models on the current tables of an industry and pin them with their sidecars; adopts nothing."""

import argparse
from pathlib import Path

from assets import environment
from assets.commands.status import find
from credential_pipeline.errors import SafeError
from credential_pipeline.linkage.train import pin, train_models
from credential_pipeline.storage.engine import connect

#: The tables that models are trained on: profiles and students on one side, the extract and reference persons on the other.
_TABLES = ("cleaned_learners", "education_registry", "accepted_extract", "reference_population")


def execute(arguments: argparse.Namespace) -> int:
    """Train every family whose tables are there.

    Raises:
        SafeError: The industry is unknown, nothing of it is published, or a level was seen too rarely to be trained.
    """
    industry = environment.registry().industry(arguments.industry).industry
    out: Path = arguments.out or environment.home() / "models"
    versions = [version for name in _TABLES if (version := find(name, industry)) is not None]
    if not versions:
        raise SafeError("E_NOT_PUBLISHED", f"{industry} has no published tables to train on; run {industry} first.")
    with connect(memory_limit=environment.memory_limit()) as con:
        for version in versions:
            version.attach(con)
        trained_on = ", ".join(version.label for version in versions)
        models = train_models(con, trained_on, seed=arguments.seed)
    out.mkdir(parents=True, exist_ok=True)
    for model in models:
        print(f"trained: {pin(model, out)}")
    print("Compare, review and copy a model with its .meta.yml into credential_pipeline/linkage/models to adopt it.")
    return 0
