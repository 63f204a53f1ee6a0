"""What the gate does around the rules: it publishes or refuses, repeats itself, and never says a personal value."""

import dataclasses
import stat

import dagster as dg
import pytest

from checks import gate, gx_adapter
from checks.guard import guarded
from checks.rule import column_in, none_where, number
from checks.suites.clearinghouse.cleaned_learners import RULES as CLEANED
from checks.suites.enclave.reference_population import RULES
from checks.vault import LOG as VAULT_LOG
from credential_pipeline.foundation.contracts import SNAPSHOTS
from credential_pipeline.foundation.errors import SafeError
from tests.gates import world
from tests.gates.test_every_rule import SUITES

CANARY = "ZZYZX CANARYWOMAN"
_SUITE = "reference_population"
_EMPTY_WAGES = "UPDATE reference_population.wages SET wages = NULL"
_CANNOT_RUN = number("cannot_run", "A rule whose SQL fails.", "SELECT count(*) FROM nowhere.nothing", at_most=0)
_SOME = tuple(rule for rule in RULES if rule.name in {"wages_present", "employers_known"})


def _run(hop):
    seen, failure = [], None
    try:
        for item in hop.run():
            seen.append(item)  # noqa: PERF402 - what was yielded before a refusal must be kept
    except dg.Failure as refusal:
        failure = refusal
    return seen, failure


def _results(seen):
    return {item.check_name.partition("_")[2]: item for item in seen if isinstance(item, dg.AssetCheckResult)}


@pytest.mark.parametrize("suite", SUITES)
def test_no_value_gets_out(suite, make_hop, tmp_path):
    """Every text of every table but senders' and figures' names is the canary's; most rules break, none repeats it."""
    hop = make_hop(suite, SUITES[suite], build=lambda step, staged: world.fill_texts(staged.con, CANARY))
    seen, failure = _run(hop)
    results = _results(seen)
    assert set(results) == {rule.name for rule in SUITES[suite]}
    assert not all(result.passed for result in results.values())
    assert failure is not None, "keys that stand twice must block"
    for result in results.values():
        assert result.description is None
        kinds = {name: type(value.value) for name, value in result.metadata.items()}
        assert {kinds.pop(name, str) for name in ("broken by", "looks at")} == {str}
        assert set(kinds.values()) <= {bool, int, float}
    told = f"{seen} {failure.description} {failure.metadata} {failure.__cause__} {failure.args}"
    kept = hop.store.attempt(hop.snapshot, hop.partition).folder
    told += (kept / "validation.html").read_text() + (kept / "validation.json").read_text()
    assert "CANARY" not in told.upper()
    assert not (tmp_path / "home" / VAULT_LOG).exists()


def test_verdicts_hold_numbers_only(changed):
    with changed() as con:
        world.fill_texts(con, CANARY)
        verdicts = gx_adapter.evaluate(con, CLEANED)
    for verdict in verdicts:
        facts = dataclasses.asdict(verdict)
        facts.pop("rule")
        facts.pop("blamed")
        assert {type(value) for value in facts.values()} <= {bool, float, type(None)}


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count(*) FROM nowhere.nothing",
        "SELECT max(CAST(last_name AS INTEGER)) FROM reference_population.persons",
        "SELECT CAST(NULL AS INTEGER)",
        "SELECT count(*) FROM reference_population.persons GROUP BY person_key",
        "SELECT 1 WHERE false",
    ],
    ids=["no such table", "a value that cannot be cast", "no number", "several numbers", "no row"],
)
def test_rule_that_gives_no_number_counts_as_broken(sql, good):
    (verdict,) = gx_adapter.evaluate(good, [number("odd", "Odd.", sql, at_least=0)])
    assert (verdict.passed, verdict.evaluated, verdict.observed) == (False, False, None)


def test_column_rule_that_cannot_run_counts_as_broken(good):
    (verdict,) = gx_adapter.evaluate(good, [column_in("odd", "Odd.", "reference_population.persons", "nowhere", ["a"])])
    assert (verdict.passed, verdict.evaluated) == (False, False)


def test_one_odd_rule_leaves_the_others_their_verdicts(good):
    verdicts = gx_adapter.evaluate(good, [_SOME[0], _CANNOT_RUN, _SOME[1]])
    assert [verdict.passed for verdict in verdicts] == [True, False, True]


def test_blocking_rule_that_cannot_run_publishes_nothing(make_hop):
    hop = make_hop(_SUITE, [_CANNOT_RUN])
    seen, failure = _run(hop)
    assert _results(seen)["cannot_run"].passed is False
    assert "cannot_run" in failure.description
    assert hop.store.find(hop.snapshot, hop.partition) is None


def test_warning_that_cannot_run_is_shown_and_lets_through(make_hop):
    hop = make_hop(_SUITE, [dataclasses.replace(_CANNOT_RUN, severity="warn")])
    seen, failure = _run(hop)
    assert failure is None
    assert _results(seen)["cannot_run"].severity == dg.AssetCheckSeverity.WARN
    assert hop.store.find(hop.snapshot, hop.partition) is not None


def test_good_version_stays_current_behind_a_shut_gate(make_hop):
    first = make_hop(_SUITE, _SOME)
    assert _run(first)[1] is None
    before = first.store.current(first.snapshot, first.partition)
    _, failure = _run(make_hop(_SUITE, _SOME, _EMPTY_WAGES))
    assert "the last good version stays current" in failure.description
    assert failure.metadata["code"].value == "E_GATE"
    assert first.store.current(first.snapshot, first.partition) == before


def test_nothing_was_published_before(make_hop):
    _, failure = _run(make_hop(_SUITE, _SOME, _EMPTY_WAGES))
    assert "nothing was published" in failure.description
    assert "wages_present (2; reference_population.wages.wages)" in failure.description


def test_same_inputs_repeat_the_verdicts_without_work(make_hop):
    broken = (
        "INSERT INTO reference_population.drop_findings VALUES ('wages', 'all', 'employer_id', 'unknown', 1, 100, NULL)"
    )
    first, failure = _run(make_hop(_SUITE, _SOME, broken))
    assert failure is None

    def no_work(step, staged):
        raise AssertionError

    again, failure = _run(make_hop(_SUITE, _SOME, broken, build=no_work))
    assert failure is None
    assert _results(again) == _results(first)
    assert _results(again)["employers_known"].passed is False
    assert again[-1].data_version == first[-1].data_version


@pytest.mark.parametrize("change", ["inputs", "rules"])
def test_other_inputs_or_rules_are_judged_anew(change, make_hop):
    _run(make_hop(_SUITE, _SOME))
    built = []
    rules = [*_SOME, none_where("new", "New.", "reference_population.wages", "year < 1990")]
    more = {"inputs": {"feed": "other"}} if change == "inputs" else {}
    seen, _ = _run(
        make_hop(_SUITE, rules if change == "rules" else _SOME, build=lambda step, staged: built.append(staged), **more)
    )
    assert built
    assert isinstance(seen[-1], dg.MaterializeResult)


@pytest.mark.parametrize("damage", ["table", "manifest", "folder"])
def test_damaged_version_is_built_again(damage, make_hop):
    """The refusal tells its reader to run the hop again, so that must help."""
    hop = make_hop(_SUITE, _SOME)
    _run(hop)
    version = hop.store.current(hop.snapshot, hop.partition)
    if damage == "table":
        (version.folder / "wages.parquet").write_bytes(b"PAR1")
    elif damage == "manifest":
        (version.folder / "manifest.json").write_text('"gone"')
    else:
        version.folder.rename(version.folder.with_name("elsewhere"))
    with pytest.raises(SafeError):
        hop.store.current(hop.snapshot, hop.partition).path("wages")
    _, failure = _run(make_hop(_SUITE, _SOME))
    assert failure is None
    assert hop.store.current(hop.snapshot, hop.partition).path("wages").is_file()


def test_what_a_killed_run_of_another_hop_left_half_written_is_swept(make_hop):
    hop = make_hop(_SUITE, _SOME)
    left = hop.store.root / "person_keys" / "manufacturing" / ".staging-1-0a"
    left.mkdir(parents=True)
    _run(hop)
    assert not left.exists()


def test_refusal_before_publication_publishes_nothing(make_hop):
    def refuse(step, staged):
        raise SafeError("E_AGREEMENT", "The agreement has expired.")

    hop = make_hop(_SUITE, _SOME, before_publish=refuse)
    seen, failure = _run(hop)
    assert all(result.passed for result in _results(seen).values())
    assert failure.metadata["code"].value == "E_AGREEMENT"
    assert hop.store.find(hop.snapshot, hop.partition) is None


def test_explanation_comes_first(make_hop):
    _, failure = _run(make_hop(_SUITE, _SOME, _EMPTY_WAGES, explain=lambda step, staged: "Mend the file w.csv."))
    assert failure.description.startswith("manufacturing reference_population: Mend the file w.csv.")


@pytest.mark.parametrize("where", ["build", "before_publish", "describe", "explain"])
def test_unexpected_errors_leave_as_one_safe_sentence(where, make_hop, tmp_path):
    def cast(anything):
        with make_hop(_SUITE, ()).store.connect() as con:
            con.execute(f"SELECT CAST('{CANARY}' AS INTEGER)")

    statements = (_EMPTY_WAGES,) if where == "explain" else ()
    if where != "describe":
        hop = make_hop(_SUITE, _SOME, *statements)

        def act(step, staged):
            staged.con.execute(f"SELECT CAST('{CANARY}' AS INTEGER)")

        hop = dataclasses.replace(hop, hop=dataclasses.replace(hop.hop, **{where: act}))
    else:
        hop = make_hop(_SUITE, _SOME, describe=cast)
    _, failure = _run(hop)
    assert failure.metadata["code"].value == "E_UNEXPECTED"
    assert "ConversionException" in failure.description
    assert CANARY not in f"{failure} {failure.description} {failure.__cause__}"
    assert failure.__suppress_context__
    log = tmp_path / "home" / VAULT_LOG
    assert CANARY in log.read_text()
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_a_vault_that_cannot_be_written_lets_nothing_out(tmp_path):
    home = tmp_path / "home"
    home.write_text("a file, not a folder")
    with pytest.raises(dg.Failure) as refusal, guarded("hop", "it", home):
        raise ValueError(CANARY)
    chain, error = [], refusal.value
    while error is not None:
        chain.append(str(error) + str(getattr(error, "description", "")))
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    assert CANARY not in " ".join(chain)


def test_vault_takes_texts_that_are_no_text(tmp_path):
    with pytest.raises(dg.Failure) as refusal, guarded("hop", "it", tmp_path):
        raise ValueError("\udcff")
    assert refusal.value.__suppress_context__
    assert "udcff" in (tmp_path / VAULT_LOG).read_text()


def test_event_log_of_a_run_holds_no_value(make_hop):
    """As Dagster sees it: an asset whose hop falls over a cell, and everything that the instance then stores."""
    hop = make_hop(
        _SUITE, _SOME, build=lambda step, staged: staged.con.execute(f"SELECT CAST('{CANARY}' AS INTEGER)") and None
    )

    @dg.asset(name=_SUITE, check_specs=gate.specs(_SUITE, _SOME))
    def falling():
        yield from hop.run()

    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize([falling], instance=instance, raise_on_error=False)
        stored = [repr(entry) for entry in instance.all_logs(result.run_id)]
    assert not result.success
    assert any("E_UNEXPECTED" in entry for entry in stored)
    assert not any("CANARY" in entry.upper() for entry in stored)


@pytest.mark.parametrize("suite", SUITES)
def test_one_declared_check_a_rule(suite):
    partitions = dg.StaticPartitionsDefinition(["manufacturing"]) if SNAPSHOTS[suite].partitioned else None
    found = {spec.name.partition("_")[2]: spec for spec in gate.specs(suite, SUITES[suite], partitions)}
    assert set(found) == {rule.name for rule in SUITES[suite]}
    for rule in SUITES[suite]:
        assert found[rule.name].blocking is (rule.severity == "block")
        assert found[rule.name].description == rule.why
        assert found[rule.name].partitions_def == partitions


@pytest.mark.parametrize("suite", SUITES)
def test_telling_rules_come_first_by_name(suite):
    """Dagster sorts checks by name: the hop's own rules first, blocking before warnings, then what every table owes."""
    rules = {gate.check_name(rule): rule for rule in SUITES[suite]}
    shown = [(not rule.telling, rule.telling and rule.severity == "warn") for _, rule in sorted(rules.items())]
    assert shown == sorted(shown)
    assert {rule.telling for rule in rules.values()} >= {False}
