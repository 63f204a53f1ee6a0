"""``train``: train linkage models on the current tables of an industry and pin them with their sidecars; adopts nothing."""

import argparse
from pathlib import Path

from assets import environment
from assets.console import access, grammar
from assets.console.status import find
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.names import Side


def add(commands: grammar.Commands) -> None:
    """Say what the command takes."""
    parser = grammar.command(
        commands,
        "train",
        "train and pin a linkage model with its sidecar",
        "train manufacturing --by 'A. Name'",
        execute,
    )
    parser.add_argument("industry", metavar="INDUSTRY")
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder for the model; by default under home")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same model (1)")
    parser.add_argument("--by", metavar="WHO", help="who trains, for the sidecar; the user's name if not given")


def execute(arguments: argparse.Namespace) -> int:
    """Train every family whose tables are there.

    Raises:
        SafeError: The industry is unknown, nothing of it is published, a level was seen too rarely to be trained, or the
            fixed date is none.
    """
    from assets.console.engine import connect
    from assets.console.families import TRAINED_ON, train_models
    from credential_pipeline.engines.linkage.train import pin

    industry = environment.registry().industry(arguments.industry).industry
    trained_on = environment.today()
    pinned: list[Path] = []
    for side, hops in TRAINED_ON.items():
        versions = [version for hop in hops if (version := find(hop, industry)) is not None]
        needed = 1 if side is Side.CLEARINGHOUSE else len(hops)
        if len(versions) < needed:
            continue
        with connect(side) as con:
            for version in versions:
                version.attach(con)
            models = train_models(con, ", ".join(version.label for version in versions), seed=arguments.seed)
        out: Path = arguments.out or environment.side_home(side) / "models"
        pinned += [
            pin(model, out, trained_by=arguments.by or access.account(), trained_on=trained_on) for model in models
        ]
    if not pinned:
        raise SafeError("E_NOT_PUBLISHED", f"{industry} has no published tables to train on; run {industry} first.")
    for path in pinned:
        print(f"trained: {path}")
    print(
        f"Nothing is adopted yet: compare with 'credential-pipeline compare {industry} --model FILE', then name the model "
        "(without .json) under linkage.models in the industry's YAML."
    )
    return 0
