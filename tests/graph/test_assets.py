"""What people see of an asset in the UI, and how the three locations' lineage fits together."""

import importlib
from pathlib import Path

import dagster as dg
import pytest

from assets import lineage
from assets.code_links import code_links
from assets.partitions import INDUSTRIES
from credential_pipeline.foundation.contracts import SNAPSHOTS
from credential_pipeline.foundation.names import HOPS, Side
from tests.graph.conftest import made_by

_LOCATION = {Side.CLEARINGHOUSE: "clearinghouse", Side.ENCLAVE: "enclave", Side.PUBLIC: "public"}
_LINEAGE = {
    "raw_feeds": set(),
    "education_registry": set(),
    "cleaned_learners": {"raw_feeds"},
    "linked_records": {"cleaned_learners", "education_registry"},
    "census_extract": {"cleaned_learners", "linked_records", "education_registry"},
    "accepted_extract": {"census_extract"},
    "reference_population": set(),
    "person_keys": {"accepted_extract", "reference_population"},
    "outcome_tables": {"person_keys", "reference_population"},
    "outcome_release": {"outcome_tables"},
    "published_outcomes": {"outcome_release"},
    "return_files": {"raw_feeds", "education_registry", "cleaned_learners", "linked_records"},
}


def _rules(hop):
    return importlib.import_module(f"checks.suites.{HOPS[hop].value}.{hop}").RULES


def _deps(spec):
    """Hops that an asset depends on; its sources are tested in test_sources.py."""
    return {dep.asset_key.to_user_string() for dep in spec.deps} & set(HOPS)


def test_one_asset_a_hop(assets):
    assert set(HOPS) == set(SNAPSHOTS)
    assert set(HOPS) <= set(assets)


@pytest.mark.parametrize("hop", HOPS)
def test_asset_is_made_by_its_side_alone(definitions, hop):
    makers = [
        name
        for name, location in definitions.items()
        if any(dg.AssetKey(hop) in asset.keys for asset in made_by(location))
    ]
    assert makers == [_LOCATION[HOPS[hop]]]


@pytest.mark.parametrize("hop", HOPS)
def test_asset_says_what_it_is(assets, hop):
    spec = assets[hop]
    assert spec.group_name == HOPS[hop].value
    assert spec.owners == [f"team:{_LOCATION[HOPS[hop]]}"]
    assert {"duckdb", "parquet"} <= spec.kinds
    assert spec.description.startswith(SNAPSHOTS[hop].description)
    for table in SNAPSHOTS[hop]:
        assert f"**{table.name}**: {table.description} *({table.sensitivity})*" in spec.description
    assert spec.code_version
    assert spec.tags["side"] == HOPS[hop].value
    assert spec.tags["sensitivity"] in {"identified", "pseudonymous", "confidential_aggregate", "public"}


def test_most_sensitive_table_gives_the_tag(assets):
    found = {hop: assets[hop].tags["sensitivity"] for hop in HOPS}
    assert {hop for hop, level in found.items() if level == "public"} == {"outcome_release", "published_outcomes"}
    assert found["person_keys"] == "pseudonymous"
    assert found["raw_feeds"] == "identified"


@pytest.mark.parametrize("hop", HOPS)
def test_partitions_are_the_industries(assets, hop):
    assert assets[hop].partitions_def == (INDUSTRIES if SNAPSHOTS[hop].partitioned else None)


@pytest.mark.parametrize("hop", HOPS)
def test_every_column_of_every_table_is_in_the_schema(assets, hop):
    schema = assets[hop].metadata["dagster/column_schema"]
    shown = [(c.name, c.type, c.description, c.tags.get("identifier") == "direct") for c in schema.columns]
    assert shown == [
        (f"{table.name}.{c.name}", c.type, c.description, c.identifier)
        for table in SNAPSHOTS[hop]
        for c in table.columns
    ]


def _lineage(assets, hop):
    found = assets[hop].metadata.get("dagster/column_lineage")
    return found.deps_by_column if found else {}


@pytest.mark.parametrize("hop", HOPS)
def test_column_lineage_names_columns_that_are_there(assets, hop):
    columns = {
        name: {column.name for column in spec.metadata["dagster/column_schema"].columns}
        for name, spec in assets.items()
        if name in SNAPSHOTS
    }
    for column, deps in _lineage(assets, hop).items():
        assert column in columns[hop]
        for dep in deps:
            assert dep.asset_key.to_user_string() in _deps(assets[hop])
            assert dep.column_name in columns[dep.asset_key.to_user_string()]


@pytest.mark.parametrize("hop", ["accepted_extract", "published_outcomes"])
def test_a_package_carries_every_column_over_the_boundary(assets, hop):
    assert set(_lineage(assets, hop)) == {
        column.name
        for column in assets[hop].metadata["dagster/column_schema"].columns
        if not column.name.startswith("release_acts.")  # said when people publish, after the tables were made
    }


@pytest.mark.parametrize("table", lineage.CARRIES)
def test_every_line_of_the_lineage_carries_something(assets, table):
    hop, name = table.split(".")
    found = {
        dep.asset_key.to_user_string()
        for c, deps in _lineage(assets, hop).items()
        if c.startswith(f"{name}.")
        for dep in deps
    }
    assert found == {source.split(".")[0] for source in lineage.CARRIES[table]}


@pytest.mark.parametrize("hop", HOPS)
def test_code_links_lead_to_files_that_are_there(assets, hop):
    links = assets[hop].metadata["dagster/code_references"].code_references
    assert [link.label for link in links] == ["asset", "what it does", "contract", "rules"]
    assert all(Path(link.file_path).is_file() for link in links)


def test_code_links_lead_to_the_repository_where_it_is_known(monkeypatch):
    monkeypatch.setenv("CREDENTIAL_PIPELINE_REPOSITORY", "https://example.org/pipeline/blob/main/")
    (references,) = code_links(SNAPSHOTS["raw_feeds"]).values()
    assert (
        references.code_references[0].url == "https://example.org/pipeline/blob/main/assets/clearinghouse/raw_feeds.py"
    )


@pytest.mark.parametrize("hop", HOPS)
def test_freshness_is_declared(assets, hop):
    policy = assets[hop].freshness_policy
    assert policy.warn_window.to_timedelta() < policy.fail_window.to_timedelta()


def test_shared_tables_of_two_sides_are_asked_for_apart(definitions):
    """Else a backfill of everything fails: it asks for all of them in one run, which no code location can do."""
    shared = [
        asset
        for location in definitions.values()
        for asset in made_by(location)
        if not SNAPSHOTS[asset.key.to_user_string()].partitioned
    ]
    assert len({asset.backfill_policy for asset in shared}) == len(shared) == 2


@pytest.mark.parametrize("hop", HOPS)
def test_one_check_a_rule_partitioned_like_the_asset(definitions, hop):
    location = definitions[_LOCATION[HOPS[hop]]]
    found = {
        spec.name.partition("_")[2]: spec
        for asset in made_by(location)
        for spec in asset.check_specs
        if spec.asset_key == dg.AssetKey(hop)
    }
    assert set(found) == {rule.name for rule in _rules(hop)}
    for rule in _rules(hop):
        assert found[rule.name].partitions_def == (INDUSTRIES if SNAPSHOTS[hop].partitioned else None)
        assert found[rule.name].blocking is (rule.severity == "block")
        assert found[rule.name].description == rule.why


def test_lineage(assets):
    assert {hop: _deps(assets[hop]) for hop in HOPS} == _LINEAGE


def test_every_dependency_is_made_somewhere(assets):
    made = set(assets)
    assert {dep for spec in assets.values() for dep in _deps(spec)} <= made


def test_two_edges_cross_a_boundary(assets):
    """Only sealed packages cross; another edge here would be another way out."""
    crossing = {(dep, hop) for hop in HOPS for dep in _deps(assets[hop]) if HOPS[dep] != HOPS[hop]}
    assert crossing == {("census_extract", "accepted_extract"), ("outcome_release", "published_outcomes")}


def test_hops_run_in_the_order_of_their_lineage(assets):
    order = list(HOPS)
    for hop in HOPS:
        assert all(order.index(dep) < order.index(hop) for dep in _deps(assets[hop]))


def test_hops_are_never_retried(definitions):
    """A refusal stays a refusal; another try would only repeat it."""
    for location in definitions.values():
        assert all(asset.op.retry_policy is None for asset in made_by(location))
