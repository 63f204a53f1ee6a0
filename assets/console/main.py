"""The command line: ``credential-pipeline``. Parses, sets the environment, and hands over to the command's module.

Exit codes: 0 done; 1 refused, with one line on stderr; 2 wrong usage; 130 interrupted; 141 nobody reads the output any more,
as of any program in a pipe.
"""

import argparse
import gc
import io
import logging
import os
import sys
import warnings
from collections.abc import Sequence

from assets import environment
from assets.console import (
    ask,
    compare,
    deliveries,
    export,
    grammar,
    keys,
    ledger,
    profile,
    registry,
    release,
    retention,
    returns,
    review,
    run,
    shell,
    simulate,
    status,
    train,
    ui,
)
from checks import faults
from credential_pipeline.foundation.progress import PROGRESS

_DONE, _REFUSED, _USAGE, _INTERRUPTED, _UNREAD = 0, 1, 2, 130, 141

_OBJECTS = 50_000

#: In the order in which help shows them: from feeds to outcomes, then what people ask.
_COMMANDS = (
    simulate,
    run,
    status,
    deliveries,
    export,
    ask,
    profile,
    registry,
    train,
    compare,
    review,
    release,
    keys,
    ledger,
    returns,
    retention,
    shell,
    ui,
)


def parser() -> grammar.Parser:
    """The command line's grammar."""
    top = grammar.program("From certifiers' feeds to published outcomes.")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for module in _COMMANDS:
        module.add(commands)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    # A progress line that cannot be shown, since nobody reads any more, is not worth a traceback.
    logging.raiseExceptions = False
    _show_any_sign()
    code = _run(argv)
    ended = _end_output()
    return code or ended


def _run(argv: Sequence[str] | None) -> int:
    try:
        arguments = parser().parse_args(argv)
        _prepare(arguments)
        return int(arguments.execute(arguments))
    except SystemExit as end:  # argparse has said what there is to say
        return end.code if isinstance(end.code, int) else _USAGE
    except KeyboardInterrupt:
        return _stop()
    except BrokenPipeError:
        return _UNREAD
    except Exception as error:  # noqa: BLE001 - told in a sentence that quotes nothing
        return _stop() if faults.interrupted(error) else _refuse(error)


def _stop() -> int:
    print("stopped; nothing half-written is visible, and the next run starts where this one stopped", file=sys.stderr)
    return _INTERRUPTED


def _refuse(error: Exception) -> int:
    print(f"refused: {faults.explain(error, environment.home())}", file=sys.stderr)
    return _USAGE if getattr(error, "code", "") == "E_USAGE" else _REFUSED


def _show_any_sign() -> None:
    """A sign that a terminal or a file's encoding does not have is shown by its number, and stops nothing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _end_output() -> int:
    """Write out what is left to show, here rather than when the interpreter ends, where a fault prints a traceback."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _discard_output()
        return _UNREAD
    except OSError as error:
        code = _refuse(error)
        _discard_output()
        return code
    return _DONE


def _discard_output() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _prepare(arguments: argparse.Namespace) -> None:
    os.umask(0o077)
    # Libraries make hundreds of thousands of objects that stay; looking for garbage among them at every thousand is in vain.
    gc.set_threshold(_OBJECTS)
    # Warnings of libraries are for those who work on the code (in the tests they are errors), and may quote values.
    warnings.filterwarnings("ignore")
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    for option, variable in (("home", "CREDENTIAL_PIPELINE_HOME"), ("registry", "CREDENTIAL_PIPELINE_REGISTRY")):
        if option in arguments:
            os.environ[variable] = str(getattr(arguments, option).absolute())
    environment.require_home()
    _show_progress()
    _show_errors_of_dagster()


def _show_progress() -> None:
    PROGRESS.setLevel(logging.INFO)
    PROGRESS.propagate = False
    if not PROGRESS.handlers:
        handler = logging.StreamHandler(sys.stdout)
        handler.setFormatter(logging.Formatter("%(asctime)s  %(message)s", datefmt="%H:%M:%S"))
        PROGRESS.addHandler(handler)


def _show_errors_of_dagster() -> None:
    """Its errors, and not that a step which it skips, since another run did the work meanwhile, was not judged by each rule."""
    logger = logging.getLogger("dagster")
    if not logger.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setLevel(logging.ERROR)
        logger.addHandler(handler)


if __name__ == "__main__":
    sys.exit(main())
