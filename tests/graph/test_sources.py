"""The graph starts where data comes from: sources are observed by what lies in them, and hops hang on them."""

import dagster as dg
import pytest

from assets import sources
from assets.partitions import INDUSTRIES
from credential_pipeline.foundation.names import HOPS, Side

_SIDES = {"clearinghouse": Side.CLEARINGHOUSE, "enclave": Side.ENCLAVE, "public": Side.PUBLIC}


@pytest.fixture
def observe(definitions, side):
    """Run a side's look over empty or filled folders; data version by source and industry."""

    def look(name):
        job = dg.Definitions(
            assets=sources.source_assets(_SIDES[name]), resources={name: side}, jobs=definitions[name].jobs[1:]
        ).resolve_job_def(f"{name}_look")
        result = job.execute_in_process()
        assert result.success
        return {
            (event.asset_key.to_user_string(), event.partition): event.event_specific_data.asset_observation.tags[
                "dagster/data_version"
            ]
            for event in result.all_events
            if event.event_type_value == "ASSET_OBSERVATION"
        }

    return look


def test_every_way_in_is_a_source_of_the_hop_that_reads_it(assets):
    found = {hop: {dep.asset_key.to_user_string() for dep in assets[hop].deps} - set(HOPS) for hop in HOPS}
    assert {hop: names for hop, names in found.items() if names} == {
        "raw_feeds": {"certifier_feeds"},
        "education_registry": {"education_drops"},
        "linked_records": {"opt_out_lists"},
        "accepted_extract": {"arrived_extracts"},
        "reference_population": {"reference_drops"},
        "published_outcomes": {"arrived_releases"},
        "return_files": {"partner_requests", "public_releases"},
    }


def test_sources_are_observed_on_their_own_side(definitions):
    for name, location in definitions.items():
        observed = {asset.key.to_user_string() for asset in location.assets if isinstance(asset, dg.SourceAsset)}
        assert observed == set(sources.names_of(_SIDES[name]))


def test_whom_to_ask_about_a_source_is_whom_to_ask_about_the_hop_that_reads_it(definitions, assets):
    for name, location in definitions.items():
        for source in (asset for asset in location.assets if isinstance(asset, dg.SourceAsset)):
            reader = next(one.read_by for one in sources.SOURCES if one.name == source.key.to_user_string())
            assert [source.metadata["owner"].value] == list(assets[reader].owners), name


@pytest.mark.parametrize("name", _SIDES)
def test_a_side_to_which_nothing_came_is_empty(observe, name):
    assert set(observe(name).values()) == {sources.EMPTY}


def test_a_delivery_changes_its_industry_alone(side, observe):
    industry, *others = INDUSTRIES.get_partition_keys()
    before = observe("clearinghouse")
    delivery = side.root / "inbox" / industry / "mssc" / "a.csv"
    delivery.parent.mkdir(parents=True)
    delivery.write_text("id\n1\n")
    after = observe("clearinghouse")
    assert {key for key in after if after[key] != before[key]} == {("certifier_feeds", industry)}
    delivery.write_text("id\n2\n")
    assert observe("clearinghouse")["certifier_feeds", industry] != after["certifier_feeds", industry]
    assert others


@pytest.mark.parametrize(
    ("name", "folder", "source"),
    [("enclave", "extracts", "arrived_extracts"), ("public", "releases", "arrived_releases")],
)
def test_a_package_is_the_version_of_what_arrived(observe, tmp_path, name, folder, source):
    industry = INDUSTRIES.get_partition_keys()[0]
    inbox = tmp_path / folder / industry
    before = observe(name)[source, industry]
    (inbox / "package-1").mkdir(parents=True)
    first = observe(name)[source, industry]
    (inbox / "package-1" / "manifest.sig").write_text("sealed anew")
    assert len({before, first, observe(name)[source, industry]}) == 3
