"""The command line: ``credential-pipeline``. Parses, sets the environment, and hands over to ``assets.console``.

Exit codes: 0 done; 1 refused, with one line on stderr; 2 wrong usage.
"""

import argparse
import importlib
import logging
import os
import sys
import traceback
import warnings
from collections.abc import Sequence
from pathlib import Path

from assets import environment
from checks import vault
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.names import HOPS


def parser() -> argparse.ArgumentParser:
    """The command line's grammar."""
    top = argparse.ArgumentParser(
        prog="credential-pipeline", description="From certifiers' feeds to published outcomes."
    )
    top.add_argument("--home", type=Path, help="folder of all three sides (CREDENTIAL_PIPELINE_HOME)")
    top.add_argument("--registry", type=Path, help="folder of YAML laid over the built-in registry")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    simulate = commands.add_parser("simulate", help="write a simulated pilot under home, with its truth apart")
    simulate.add_argument("--learners", type=_positive, default=119_000)
    simulate.add_argument("--registry-size", type=_positive, default=1_000_000)
    simulate.add_argument("--seed", type=int, default=1)
    simulate.add_argument("--industry", nargs="+", metavar="NAME", help="industries to simulate; all if not given")

    run = commands.add_parser("run", help="run the hops of one or more industries in order")
    run.add_argument("industry", nargs="+", metavar="INDUSTRY")
    run.add_argument("--until", choices=list(HOPS), metavar="HOP", help=f"stop after this hop: {', '.join(HOPS)}")
    run.add_argument(
        "--new-ids", action="store_true", help="where the learner ids given out before are lost, give out new ones"
    )
    run.add_argument("--simulate-if-empty", action="store_true", help="simulate the pilot first if there are no feeds")

    status = commands.add_parser("status", help="each hop's current version, rows, time and gates")
    status.add_argument("industry", nargs="*", metavar="INDUSTRY")

    export = commands.add_parser("export", help="write one current table to a file")
    export.add_argument("table", metavar="TABLE", help="for example links, or cleaned_learners.profiles")
    export.add_argument("industry", metavar="INDUSTRY")
    export.add_argument("--out", type=Path, required=True, metavar="FILE", help="a .csv or .parquet file")
    export.add_argument(
        "--attempt", action="store_true", help="of the last run that a gate refused, for example its quarantine"
    )

    registry = commands.add_parser("registry", help="work on the registry's YAML")
    registry.add_argument("action", choices=["check"], help="check: validate every file")

    train = commands.add_parser("train", help="train and pin a linkage model with its sidecar")
    train.add_argument("industry", metavar="INDUSTRY")
    train.add_argument("--out", type=Path, metavar="DIR", help="folder for the model; by default under home")
    train.add_argument("--seed", type=int, default=1)
    train.add_argument("--by", metavar="WHO", help="who trains, for the sidecar; the user's name if not given")

    compare = commands.add_parser("compare", help="what would change if an industry adopted another linkage model")
    compare.add_argument("industry", metavar="INDUSTRY")
    compare.add_argument("--model", type=Path, required=True, metavar="FILE", help="the .json file of the candidate")
    compare.add_argument("--against", type=Path, metavar="FILE", help="another model; the one in use if not given")
    compare.add_argument("--out", type=Path, metavar="FILE.csv", help="write every change, by id only")

    _add_review(commands.add_parser("review", help="pairs out to reviewers, their decisions in"))

    commands.add_parser("keys", help="make the keys of a one-machine installation where they are missing")
    commands.add_parser("shell", help="DuckDB over all current versions, read-only")
    ui = commands.add_parser("ui", help="Dagster's web page and daemon on loopback")
    ui.add_argument("--port", type=_positive, default=3000)
    return top


def _add_review(review: argparse.ArgumentParser) -> None:
    actions = review.add_subparsers(dest="action", required=True, metavar="export|import")
    out = actions.add_parser("export", help="write a batch of pairs as one offline page into the restricted zone")
    out.add_argument("industry", metavar="INDUSTRY")
    out.add_argument("--size", type=_positive, default=60, help="pairs of the batch")
    out.add_argument("--seed", type=int, default=1, help="another seed draws other pairs")
    out.add_argument("--batch", metavar="NAME", help="name of the batch; the next number if not given")
    out.add_argument("--adjudicate", action="store_true", help="the pairs that reviewers could not settle")
    back = actions.add_parser("import", help="take in the decisions that reviewers downloaded from the page")
    back.add_argument("industry", metavar="INDUSTRY")
    back.add_argument("file", nargs="+", type=Path, metavar="FILE")
    back.add_argument("--single", action="store_true", help="take one reviewer's word where there is no second")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    arguments = parser().parse_args(argv)
    os.umask(0o077)
    warnings.filterwarnings("ignore")
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    if arguments.home:
        os.environ["CREDENTIAL_PIPELINE_HOME"] = str(arguments.home.absolute())
    if arguments.registry:
        os.environ["CREDENTIAL_PIPELINE_REGISTRY"] = str(arguments.registry.absolute())
    _show_progress()
    try:
        command = importlib.import_module(f"assets.console.{arguments.command}")
        return int(command.execute(arguments))
    except SafeError as refusal:
        print(f"refused: {refusal}", file=sys.stderr)
        return 1
    except Exception as error:  # noqa: BLE001 - its text may quote a cell, so it goes to the locked log only
        kept = (
            f"is in {vault.LOG} below home only"
            if vault.keep(environment.home(), traceback.format_exc())
            else "was lost"
        )
        print(f"refused: an unexpected {type(error).__name__} stopped the command; its text {kept}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(
            "stopped; nothing half-written is visible, and the next run starts where this one stopped", file=sys.stderr
        )
        return 1


def _positive(text: str) -> int:
    value = int(text)
    if value <= 0:
        raise argparse.ArgumentTypeError("must be a whole number above nought")
    return value


def _show_progress() -> None:
    logger = logging.getLogger("credential_pipeline.progress")
    logger.setLevel(logging.INFO)
    logger.propagate = False
    if not logger.handlers:
        handler = logging.StreamHandler(sys.stdout)
        handler.setFormatter(logging.Formatter("%(asctime)s  %(message)s", datefmt="%H:%M:%S"))
        logger.addHandler(handler)


if __name__ == "__main__":
    sys.exit(main())
