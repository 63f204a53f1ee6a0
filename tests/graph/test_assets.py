"""What people see of an asset in the UI, and how the three locations' lineage fits together."""

import importlib

import dagster as dg
import pytest

from assets.partitions import INDUSTRIES
from credential_pipeline.foundation.contracts import SNAPSHOTS
from credential_pipeline.foundation.names import HOPS, Side

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
}


def _rules(hop):
    return importlib.import_module(f"checks.suites.{HOPS[hop].value}.{hop}").RULES


def _deps(spec):
    return {dep.asset_key.to_user_string() for dep in spec.deps}


def test_one_asset_a_hop(assets):
    assert set(HOPS) == set(SNAPSHOTS)
    assert set(HOPS) <= set(assets)


@pytest.mark.parametrize("hop", HOPS)
def test_asset_is_made_by_its_side_alone(definitions, hop):
    makers = [
        name
        for name, location in definitions.items()
        if any(dg.AssetKey(hop) in asset.keys for asset in location.assets)
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
def test_column_schemas_of_every_table(assets, hop):
    first, *others = SNAPSHOTS[hop].tables
    shown = {first: assets[hop].metadata["dagster/column_schema"]}
    shown |= {table: assets[hop].metadata[f"schema/{table.name}"].value for table in others}
    for table, held in shown.items():
        schema = getattr(held, "value", held)
        assert [(c.name, c.type, c.description) for c in schema.columns] == [
            (c.name, c.type, c.description) for c in table.columns
        ]
        direct = {c.name for c in schema.columns if c.tags.get("identifier") == "direct"}
        assert direct == {c.name for c in table.columns if c.identifier}


@pytest.mark.parametrize("hop", HOPS)
def test_one_check_a_rule_partitioned_like_the_asset(definitions, hop):
    location = definitions[_LOCATION[HOPS[hop]]]
    found = {
        spec.name.partition("_")[2]: spec
        for asset in location.assets
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
        assert all(asset.op.retry_policy is None for asset in location.assets)
