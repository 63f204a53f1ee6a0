"""The command line as people and shells use it: options anywhere, help with an example, exit codes, pipes."""

import argparse
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from assets import environment, resources
from assets.console import intake, status
from assets.console import main as console
from assets.console.grammar import Parser
from credential_pipeline.clearinghouse.raw_feeds.waiting import Listed
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.names import HOPS, Side

HEAVY = ("dagster", "duckdb", "splink", "pandas", "numpy", "great_expectations")


@pytest.fixture(autouse=True)
def _own_home(tmp_path, monkeypatch):
    for name in ("CREDENTIAL_PIPELINE_REGISTRY", "CREDENTIAL_PIPELINE_THREADS", "CREDENTIAL_PIPELINE_MEMORY"):
        monkeypatch.setenv(name, "")  # Set before it is removed, so that what the command line sets is undone.
        monkeypatch.delenv(name)
    monkeypatch.setenv("CREDENTIAL_PIPELINE_HOME", str(tmp_path))


def parsers(parser: Parser) -> list[Parser]:
    """A parser and those of its commands, all the way down."""
    return [parser, *(found for below in parser.commands.values() for found in parsers(below))]


def program(*words: str, **files) -> subprocess.Popen:
    """The command line in a process of its own."""
    return subprocess.Popen([sys.executable, "-m", "assets.console.main", *words], stderr=subprocess.PIPE, **files)


def raising(monkeypatch, error: BaseException) -> None:
    def fail(arguments: argparse.Namespace) -> int:
        raise error

    monkeypatch.setattr(status, "execute", fail)


@pytest.mark.parametrize(
    "words",
    [
        ["--home", "A", "--registry", "B", "status"],
        ["status", "--home", "A", "--registry", "B"],
        ["--home", "A", "status", "--registry", "B"],
        ["--home", "elsewhere", "status", "--home", "A", "--registry", "B"],
        ["--home", "A", "review", "export", "manufacturing", "--registry", "B"],
        ["review", "--home", "A", "export", "manufacturing", "--registry", "B"],
    ],
)
def test_options_stand_before_or_after_the_command(words):
    arguments = console.parser().parse_args(words)
    assert (arguments.home, arguments.registry) == (Path("A"), Path("B"))


def test_an_option_that_is_not_given_leaves_the_environment_alone(capsys):
    before = dict(os.environ)
    assert console.main(["registry", "check"]) == 0
    assert os.environ["CREDENTIAL_PIPELINE_HOME"] == before["CREDENTIAL_PIPELINE_HOME"]
    assert "CREDENTIAL_PIPELINE_REGISTRY" not in os.environ


def test_every_help_has_an_example_that_parses():
    grammar = console.parser()
    found = parsers(grammar)
    assert len(found) > 12
    for parser in found:
        example = parser.format_help().split("Example:\n  credential-pipeline ")[1].splitlines()[0]
        words = shlex.split(example.split(" < ")[0])
        grammar.parse_args(words)


def test_help_loads_no_heavy_library():
    code = f"import sys; from assets.console.main import main; main(['run', '--help']); print([m for m in {HEAVY} if m in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (SafeError("E_TRIED", "What and where."), 1, "refused: What and where. [E_TRIED]"),
        (KeyboardInterrupt(), 130, "stopped; "),
        (PermissionError(13, "denied", "/somewhere/else"), 1, "refused: This account may not use /somewhere/else"),
        (ValueError("Jane Canary 123456789"), 1, "refused: An unexpected ValueError stopped it"),
    ],
)
def test_exit_codes_and_one_line(monkeypatch, capsys, error, code, said):
    raising(monkeypatch, error)
    assert console.main(["status"]) == code
    err = capsys.readouterr().err
    assert err.startswith(said)
    assert len(err.splitlines()) == 1
    assert "Canary" not in err


def test_what_is_not_understood_is_kept_where_the_account_alone_reads_it(monkeypatch, tmp_path):
    raising(monkeypatch, ValueError("Jane Canary"))
    console.main(["status"])
    kept = tmp_path / "vault.log"
    assert "Jane Canary" in kept.read_text()
    assert kept.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "words",
    [["simulate", "--learners", "0"], ["simulate", "--learners", "many"], ["nothing"], [], ["returns"]],
)
def test_wrong_usage_is_2(capsys, words):
    assert console.main(words) == 2
    assert "_positive" not in capsys.readouterr().err


@pytest.mark.parametrize(("words", "code"), [(["--help"], 0), (["registry", "check"], 141), (["status"], 141)])
def test_nobody_reads_the_output(words, code):
    """As ``| head`` does: the reader goes, the program ends quietly, as any program in a pipe."""
    read, write = os.pipe()
    os.close(read)
    process = program(*words, stdout=write)
    os.close(write)
    _, err = process.communicate(timeout=60)
    assert (err, process.returncode) == (b"", code)


def test_status_goes_on_after_a_hop_that_this_account_may_not_read(tmp_path, monkeypatch, capsys):
    opened = Path.read_text

    def closed(path: Path, *arguments, **named) -> str:
        if path.name == "CURRENT" and "raw_feeds" in path.parts:
            raise PermissionError(13, "denied", str(path))
        return opened(path, *arguments, **named)

    monkeypatch.setattr(Path, "read_text", closed)
    assert console.main(["status", "manufacturing"]) == 1
    told = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in told[1 : 1 + len(HOPS)]] == list(HOPS)
    assert "cannot be read: This account may not use" in told[1]
    assert "not published" in told[2]


@pytest.mark.parametrize("variable", ["CREDENTIAL_PIPELINE_HOME", "ENCLAVE_HOME"])
@pytest.mark.parametrize("name", ["all*", "who?", "[a]", "a%41", "a\\b"])
def test_a_home_that_a_library_takes_for_a_pattern_is_refused(tmp_path, monkeypatch, capsys, name, variable):
    monkeypatch.setenv(variable, str(tmp_path / name))
    assert console.main(["status"]) == 1
    assert "its name may hold no *, ?, [ or backslash" in capsys.readouterr().err
    assert not (tmp_path / name).exists()


@pytest.mark.parametrize(
    "name", ["a b", "50% of it", "#1", "it's", 'a "b"', "Zürich-日本", "c:o;l", "$HOME`x`", "{a,b}"]
)
def test_other_signs_in_the_name_of_home_are_fine(tmp_path, monkeypatch, name):
    monkeypatch.setenv("CREDENTIAL_PIPELINE_HOME", str(tmp_path / name))
    environment.require_home()


@pytest.mark.parametrize("below", ["", "below/it"])
@pytest.mark.parametrize("words", [["status"], ["run", "manufacturing"], ["simulate"], ["registry", "check"]])
def test_a_file_as_home_is_refused_before_anything_begins(tmp_path, capsys, words, below):
    file = tmp_path / "file"
    file.touch()
    assert console.main(["--home", str(file / below), *words]) == 1
    told = capsys.readouterr()
    assert (told.out, told.err.count("\n")) == ("", 1)
    assert f"for {file} is no folder: name another one with --home. [E_HOME]" in told.err


def test_output_onto_a_full_disk_is_refused():
    with Path("/dev/full").open("w") as full:
        process = program("registry", "check", stdout=full)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert err.decode().startswith("refused: The disk is full")
    assert len(err.decode().splitlines()) == 1


def _status_that(does: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """``status`` in a process of its own, which does something else."""
    code = f"""
import logging, sys
from assets.console import main, status
status.execute = lambda _: {does} or 0
sys.exit(main.main(["status"]))
"""
    command = [sys.executable, "-W", "ignore", "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | environ)


@pytest.mark.parametrize(
    ("does", "told"),
    [
        (r"print('\u2212$800')", "\\u2212$800\n"),
        (
            r"logging.getLogger('credential_pipeline.progress').info('linked_records \u2026')",
            "linked_records \\u2026\n",
        ),
    ],
    ids=["what is printed", "progress"],
)
def test_a_sign_that_the_terminal_does_not_have_stops_nothing(does, told):
    ended = _status_that(does, PYTHONIOENCODING="ascii")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.endswith(told)


def test_of_what_dagster_says_by_itself_errors_are_shown():
    """Where another run did the work meanwhile, it warns once a rule that a step is not gated."""
    ended = _status_that("[logging.getLogger('dagster.x').log(level, str(level)) for level in (30, 40)] and 0")
    assert (ended.returncode, ended.stderr) == (0, "40\n")


def test_one_place_decides_on_memory_and_threads(monkeypatch):
    from assets.console import engine
    from assets.resources import side_resource
    from credential_pipeline.foundation.names import Side

    monkeypatch.setenv("CREDENTIAL_PIPELINE_MEMORY", "700MB")
    monkeypatch.setenv("CREDENTIAL_PIPELINE_THREADS", "3")
    query = "SELECT current_setting('memory_limit'), current_setting('threads'), current_setting('temp_directory')"
    spill = str(environment.side_home(Side.ENCLAVE) / "spill")
    for opened in (engine.connect(Side.ENCLAVE), side_resource(Side.ENCLAVE).connect()):
        with opened as con:
            assert con.execute(query).fetchall() == [("667.5 MiB", 3, spill)]


def test_beside_arrays_of_people_the_engine_has_a_third_of_the_memory_and_then_all_of_it(monkeypatch):
    from types import SimpleNamespace

    from assets.enclave import outcome_tables
    from credential_pipeline.foundation.storage.engine import connect

    monkeypatch.setenv("CREDENTIAL_PIPELINE_MEMORY", "600MiB")
    seen = []
    for name in ("refuse_uncovered", "covered_states", "plan_for", "last_release"):
        monkeypatch.setattr(outcome_tables, name, lambda *_: None)
    limit = "SELECT current_setting('memory_limit')"
    monkeypatch.setattr(outcome_tables, "tabulate", lambda con, *_: seen.extend(con.execute(limit).fetchall()))
    registry = SimpleNamespace(wage_agreements=None)
    step = SimpleNamespace(side=SimpleNamespace(registry=registry), date=None, root=None, partition="", industry=None)
    step.registry = registry
    with connect() as con:
        outcome_tables.HOP.build(step, SimpleNamespace(con=con))
        seen += con.execute(limit).fetchall()
    assert seen == [("200.0 MiB",), ("600.0 MiB",)]


def test_only_one_module_of_the_console_opens_duckdb():
    folder = Path(console.__file__).parent
    named = [path.name for path in sorted(folder.glob("*.py")) if "storage.engine import connect" in path.read_text()]
    assert named == []
    assert "engine.connect(" in (folder / "engine.py").read_text()


@pytest.mark.parametrize(
    ("variable", "value"),
    [("MEMORY", "plenty"), ("MEMORY", "3"), ("THREADS", "0"), ("THREADS", "-1"), ("THREADS", "two")],
)
def test_settings_that_are_none_are_refused(monkeypatch, variable, value):
    monkeypatch.setenv(f"CREDENTIAL_PIPELINE_{variable}", value)
    with pytest.raises(SafeError, match=f"CREDENTIAL_PIPELINE_{variable}.*E_SETTING"):
        _ = environment.memory_limit(), environment.threads()


def test_a_fixed_date_that_is_none_is_refused_wherever_it_is_read(monkeypatch, capsys):
    monkeypatch.setenv("CREDENTIAL_PIPELINE_TODAY", "foo")
    assert console.main(["train", "manufacturing"]) == 1
    assert "E_SETTING" in capsys.readouterr().err
    for read in (environment.today, lambda: resources.side_resource(Side.ENCLAVE).date):
        with pytest.raises(SafeError, match=r"CREDENTIAL_PIPELINE_TODAY: give a date.*E_SETTING"):
            read()


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (["certificate"], "give its hop too: outcome_release.certificate, published_outcomes.certificate."),
        (["profile.profiles"], "give its hop too: cleaned_learners.profiles."),
        (["raw_feeds"], "raw_feeds has raw_feeds.records, "),
        (["raw_feeds.nonsense"], "raw_feeds has raw_feeds.records, "),
        (["nonsense"], "known are quarantine, deliveries, "),
        (
            ["published_outcomes", "--attempt"],
            "Other hops have a table of that name: outcome_release.published_outcomes.",
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_an_export_of_no_table_says_what_to_write(tmp_path, capsys, asked, told):
    out = tmp_path / "x.csv"
    assert console.main(["export", *asked, "manufacturing", "--out", str(out), "--home", str(tmp_path / "home")]) == 1
    assert told in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.parametrize(("name", "told"), [("x.csv", "'=cmd|x,-5,plain"), ("x.parquet", "=cmd|x")])
def test_an_export_for_people_holds_no_formula_and_one_for_programs_is_unchanged(tmp_path, name, told):
    from assets.console.export import _write
    from credential_pipeline.foundation.storage.engine import connect

    with connect(threads=1) as con:
        assert _write(con, "SELECT '=cmd|x' AS a, -5 AS b, 'plain' AS c", tmp_path / name) == 1
        if name.endswith(".parquet"):
            (found,) = con.execute("SELECT a FROM read_parquet(?)", [str(tmp_path / name)]).fetchall()
            assert found == (told,)
        else:
            assert (tmp_path / name).read_text().splitlines() == ["a,b,c", told]


def test_deliveries_are_listed_with_the_reasons_of_single_rows(monkeypatch, capsys):
    one = Listed("mssc", "a.csv", "ab" * 32, "accepted", None, "", (9, 6, 3, 0), (("RECORD_ID_CONFLICT", 3),))
    monkeypatch.setattr(intake, "deliveries", lambda industry: [one])
    assert console.main(["deliveries", "list", "manufacturing"]) == 0
    told = capsys.readouterr().out
    assert "3 of its rows: Two files that came together" in told
    assert "`sequence: 2` into <file>.delivery.yml" in told
    assert console.main(["deliveries", "list", "manufacturing", "--json"]) == 0
    (plain,) = json.loads(capsys.readouterr().out)
    assert [(aside["reason"], aside["rows"]) for aside in plain["set_aside"]] == [("RECORD_ID_CONFLICT", 3)]
