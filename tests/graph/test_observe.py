"""Hops with nothing new are observed: in a run of Dagster, beside one, and never where that would stop those below them."""

from dataclasses import replace

import dagster as dg
import pytest
from dagster_duckdb import DuckDBResource

from assets.clearinghouse.hops import HOPS as CLEARINGHOUSE
from assets.enclave.hops import HOPS as ENCLAVE
from assets.hop import Hop
from assets.hop_asset import hop_assets
from assets.observe import observation, spoken_for, survey
from assets.public.hops import HOPS as PUBLIC
from assets.resources import SideResource
from checks.rule import contract_rules
from credential_pipeline.foundation.contracts import SNAPSHOTS
from credential_pipeline.foundation.errors import SafeError
from tests.gates.world import ROWS

_INDUSTRY = "manufacturing"
_NAMES = ("raw_feeds", "education_registry", "cleaned_learners", "linked_records")
_READS = {"cleaned_learners": ("raw_feeds",), "linked_records": ("cleaned_learners", "education_registry")}


def _build(step, staged):
    for table in staged.snapshot:
        name = f'{staged.snapshot.name}."{table.name}"'
        columns = ", ".join(f'"{column}" {kind}' for column, kind in table.schema.items())
        staged.con.execute(f"CREATE TABLE {name} ({columns})")
        staged.con.execute(f"INSERT INTO {name} BY NAME {ROWS[staged.snapshot.name][table.name]}")


def _hop(name: str) -> Hop:
    reads = [SNAPSHOTS[read] for read in _READS.get(name, ())]
    rules = contract_rules(SNAPSHOTS[name])[:2]
    return Hop(contract=SNAPSHOTS[name], rules=rules, build=_build, reads=reads)


HOPS = tuple(_hop(name) for name in _NAMES)


def _other(name: str) -> tuple[Hop, ...]:
    """The hops, one of them with another input."""
    return tuple(replace(hop, depends=lambda step: {"key": "other"}) if hop.name == name else hop for hop in HOPS)


@pytest.fixture
def side(tmp_path):
    return SideResource(home=str(tmp_path / "home"), duckdb=DuckDBResource(database=":memory:"))


@pytest.fixture
def run(side):
    """Run hops as a job of their side does; what was materialised, observed and skipped, and how many checks said something."""
    with dg.DagsterInstance.ephemeral() as instance:

        def go(hops=HOPS, tags=None, only=None):
            job = dg.define_asset_job("side")
            definitions = dg.Definitions(hop_assets(hops), jobs=[job], resources={"clearinghouse": side})
            result = definitions.resolve_job_def("side").execute_in_process(
                instance=instance,
                partition_key=_INDUSTRY,
                tags=tags,
                asset_selection=[dg.AssetKey(name) for name in only] if only else None,
            )
            assert result.success
            found = {kind: [] for kind in ("ASSET_MATERIALIZATION", "ASSET_OBSERVATION", "ASSET_CHECK_EVALUATION")}
            for event in result.all_events:
                if event.event_type_value in found:
                    found[event.event_type_value].append(
                        event.step_key
                        if event.event_type_value.endswith("EVALUATION")
                        else event.asset_key.to_user_string()
                    )
            return tuple(sorted(names) for names in found.values())

        yield go


def test_a_second_run_observes_every_hop_once_and_materialises_none(run):
    made, seen, _ = run()
    assert (made, seen) == (sorted(_NAMES), [])
    made, seen, checks = run()
    assert (made, seen) == ([], sorted(_NAMES))
    assert set(checks) == {"raw_feeds", "education_registry"}, "the others were skipped"


def test_the_hop_that_changed_and_those_below_it_run(run, side):
    """Those above it are materialised again: without an output of theirs Dagster would skip it."""
    run()
    before = side.store.current(SNAPSHOTS["raw_feeds"], _INDUSTRY).manifest
    made, seen, _ = run(_other("cleaned_learners"))
    assert made == sorted(_NAMES[:3])
    assert seen == ["linked_records"], "the same tables above it: nothing new for the last"
    assert side.store.current(SNAPSHOTS["raw_feeds"], _INDUSTRY).manifest == before


def test_a_hop_run_alone_is_observed(run):
    run()
    assert run(only=["cleaned_learners"])[:2] == ([], ["cleaned_learners"])


def test_a_backfill_gets_its_materialisations(run):
    run()
    made, seen, _ = run(tags={"dagster/backfill": "b"})
    assert (made, seen) == (sorted(_NAMES), [])


def test_a_survey_finds_what_has_something_to_do(run, side):
    def busy(hops):
        return [hop.name for hop, version in survey(hops, side, _INDUSTRY) if version is None]

    assert busy(HOPS) == list(_NAMES)
    run()
    assert busy(HOPS) == []
    assert busy(_other("raw_feeds")) == ["raw_feeds", "cleaned_learners", "linked_records"]
    assert busy(_other("education_registry")) == ["education_registry", "linked_records"]
    (side.store.current(SNAPSHOTS["raw_feeds"], _INDUSTRY).folder / "records.parquet").write_bytes(b"PAR1")
    assert "raw_feeds" in busy(HOPS)


def test_a_hop_that_would_refuse_has_something_to_do(run, side):
    from credential_pipeline.foundation.errors import SafeError

    def refuse(step):
        raise SafeError("E_AGREEMENT", "The agreement has expired.")

    run()
    hops = tuple(replace(hop, depends=refuse) if hop.name == "linked_records" else hop for hop in HOPS)
    assert [hop.name for hop, version in survey(hops, side, _INDUSTRY) if version is None] == ["linked_records"]


def test_an_observation_names_the_version_and_mends_what_people_read(run, side, tmp_path):
    run()
    page = tmp_path / "page.html"

    def write(published):
        (rows,) = published.con.execute("SELECT count(*) FROM raw_feeds.records").fetchone()
        page.write_text(str(rows))
        return {"page": str(page)}

    hop = replace(HOPS[0], for_readers=write)
    ((_, version), *_) = survey([hop], side, _INDUSTRY)
    said = observation(hop, side, _INDUSTRY, version)
    assert said.metadata["version"].value == version.name
    assert said.partition == _INDUSTRY
    assert page.read_text() == "50"


def test_every_skipped_hop_is_spoken_for_once():
    spoken = {hop.name: [other.name for other in spoken_for(hop, HOPS)] for hop in HOPS[:2]}
    assert spoken["raw_feeds"] == ["raw_feeds", "cleaned_learners", "linked_records"]
    assert spoken["education_registry"] == ["education_registry"]
    assert [hop.name for hop in spoken_for(HOPS[3], HOPS)] == ["linked_records"], "those above it were not skipped"


def test_a_hop_sees_no_more_of_the_registry_than_it_asks_for(side):
    step = replace(HOPS[0], asks=("linkage",)).step(side, _INDUSTRY)
    assert step.industry.linkage == side.industry(_INDUSTRY).linkage
    assert step.industry.industry == _INDUSTRY
    assert step.certifiers == ()
    with pytest.raises(AttributeError):
        _ = step.industry.disclosure
    assert set(replace(HOPS[0], asks=("certifiers",)).step(side, _INDUSTRY).registry.certifiers) == set(
        side.industry(_INDUSTRY).certifiers
    )


@pytest.mark.parametrize("hop", [*CLEARINGHOUSE, *ENCLAVE, *PUBLIC], ids=lambda hop: hop.name)
def test_a_hop_whose_own_version_cannot_be_read_is_free_to_build_it_again(hop, tmp_path):
    """Its inputs may be refused for another reason, such as a package that has not come."""
    side = SideResource(home=str(tmp_path / "home"), duckdb=DuckDBResource(database=":memory:"))
    step = hop.step(side, _INDUSTRY)
    folder = step.side.store.folder(hop.contract, step.partition)
    folder.mkdir(parents=True)
    (folder / "CURRENT").write_text("")
    refusal = ""
    try:
        hop.depends(step)
    except SafeError as error:
        refusal = error.code
    assert refusal not in {"E_CURRENT", "E_MANIFEST"}
