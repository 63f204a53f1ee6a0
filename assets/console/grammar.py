"""What all commands of the command line share: the options that stand anywhere, help with an example, checked numbers.

Not here: what each command takes, which stands beside what it does. Nothing heavy is imported, so that help is quick.
"""

import argparse
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from credential_pipeline.foundation.errors import SafeError

PROGRAM = "credential-pipeline"

Execute = Callable[[argparse.Namespace], int]
_UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Unicode's categories of signs that are not seen and steer what is."""
Commands = Any
"""What ``add_subparsers`` gives; argparse keeps the name of its class to itself."""


class Parser(argparse.ArgumentParser):
    """A parser that tells its commands, which argparse keeps to itself."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """Begin without commands."""
        super().__init__(*arguments, **options)
        self._below: Commands = None

    def add_subparsers(self, **options: Any) -> Commands:
        """Let commands be added; they are parsers of this kind, too."""
        self._below = super().add_subparsers(**options)
        return self._below

    @property
    def commands(self) -> Mapping[str, "Parser"]:
        """The commands by the words that people type."""
        return self._below.choices if self._below else {}


def program(description: str) -> Parser:
    """The parser of the whole command line, without its commands."""
    return Parser(
        prog=PROGRAM,
        description=description,
        epilog=_example("run manufacturing", f"{PROGRAM} COMMAND --help explains one command."),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=[_anywhere()],
    )


def one_line(text: str) -> str:
    """What a person gives as a reason, for a ledger, a release or a terminal, which a line end or an escape sequence would falsify.

    Raises:
        SafeError: ``E_REASON``: it holds a control character or an invisible one.
    """
    if any(unicodedata.category(sign) in _UNSEEN for sign in text):
        message = "The reason holds a line end or another control character: write it in one line of plain text; nothing was done."
        raise SafeError("E_REASON", message)
    return text


def command(commands: Commands, name: str, summary: str, example: str, execute: Execute) -> argparse.ArgumentParser:
    """Add a command; its own arguments are added to the parser that is returned.

    Args:
        commands: What ``add_subparsers`` gave.
        name: The word that people type.
        summary: What it does, in a few words.
        example: A call that works, without the program's name; a second line explains it.
        execute: Does it; gives the exit code.
    """
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=summary,
        description=f"{summary[0].upper()}{summary[1:]}.",
        epilog=_example(example),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=[_anywhere()],
    )
    parser.set_defaults(execute=execute)
    return parser


def group(commands: Commands, name: str, summary: str, example: str, *actions: str) -> Commands:
    """Add a command that has actions of its own; they are added, with :func:`command`, to what is returned.

    Args:
        commands: What ``add_subparsers`` gave.
        name: The word that people type.
        summary: What it does, in a few words.
        example: A call that works.
        actions: The words of its actions, for help.
    """
    parser = command(commands, name, summary, example, lambda arguments: 2)
    return parser.add_subparsers(dest="action", required=True, metavar="|".join(actions))


def positive(text: str) -> int:
    """Read a whole number above zero.

    Raises:
        argparse.ArgumentTypeError: It is none.
    """
    try:
        value = int(text)
    except ValueError:
        value = 0
    if value <= 0:
        raise argparse.ArgumentTypeError("give a whole number above zero")
    return value


def _anywhere() -> argparse.ArgumentParser:
    """Options that may stand before or after the command: where one is not given, it leaves the other's word alone."""
    options = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    everywhere = options.add_argument_group("options of every command")
    everywhere.add_argument(
        "--home", type=Path, metavar="DIR", help="folder of all three sides (CREDENTIAL_PIPELINE_HOME; ./data)"
    )
    everywhere.add_argument(
        "--registry",
        type=Path,
        metavar="DIR",
        help="folder of YAML laid over the built-in registry (CREDENTIAL_PIPELINE_REGISTRY)",
    )
    return options


def _example(call: str, more: str = "") -> str:
    return f"Example:\n  {PROGRAM} {call}" + (f"\n\n{more}" if more else "")
