"""What people do in Dagster's UI, with page and daemon: materialize all, follow a step, cancel it.

Two industries are green and unchanged since the command line ran them; a third has a feed that its gate refuses. Two more never ran,
and in each somebody asks for silence who is in the other.
"""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from credential_pipeline.foundation.contracts import SNAPSHOTS
from credential_pipeline.foundation.names import HOPS, Side
from credential_pipeline.foundation.storage.snapshots import Store
from tests.pipeline.live import Page, live, wait_for
from tests.pipeline.versions import versions

GREEN = ("healthcare", "manufacturing")
RED = "construction"
NEW = ("clinics", "labs")
SEEN = {"clinics": "2016.csv", "labs": "2017.csv"}

# The UI's own question and mutation ("Launch runs to materialize …"), of its dialog over several code locations.
_NODES = "query { assetNodes { assetKey { path } isExecutable isObservable } }"
_LAUNCH = """
mutation LaunchPartitionBackfill($backfillParams: LaunchBackfillParams!) {
  launchPartitionBackfill(backfillParams: $backfillParams) {
    __typename ... on LaunchBackfillSuccess { backfillId } ... on PythonError { message }
  }
}
"""
_BACKFILL = """
query($id: String!) { partitionBackfillOrError(backfillId: $id) { ... on PartitionBackfill {
  status error { message }
  assetBackfillData { assetBackfillStatuses {
    ... on AssetPartitionsStatusCounts { assetKey { path } numPartitionsMaterialized numPartitionsFailed }
    ... on UnpartitionedAssetStatus { assetKey { path } materialized failed } } } } } }
"""
_RUNS = """
query($filter: RunsFilter) { runsOrError(filter: $filter) { ... on Runs { results {
  runId status tags { key value } assetSelection { path } } } } }
"""
_MESSAGES = """
query($id: ID!) { logsForRun(runId: $id) { ... on EventConnection { events {
  ... on MessageEvent { message } ... on ExecutionStepFailureEvent { failureMetadata { description } } } } } }
"""
_RUN = """
mutation($executionParams: ExecutionParams!) { launchPipelineExecution(executionParams: $executionParams) {
  __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message } } }
"""
_TERMINATE = """
mutation($id: String!) { terminateRun(runId: $id) { __typename } }
"""


@pytest.fixture(scope="module")
def home(pilot: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the pilot with a third industry, whose only delivery is empty, and the new ones."""
    target = tmp_path_factory.mktemp("live") / "home"
    shutil.copytree(pilot, target, symlinks=True, ignore=shutil.ignore_patterns("dagster"))
    inbox = target / "clearinghouse" / "inbox"
    for industry in (RED, *NEW):
        (inbox / industry / "nha").mkdir(parents=True)
    (inbox / RED / "nha" / "2005.csv").write_bytes(b"")
    delivered = {one: (inbox / "healthcare" / "nha" / name).read_text().splitlines() for one, name in SEEN.items()}
    for asks, is_in in (NEW, NEW[::-1]):
        lines = [*delivered[asks], *_asking(delivered[is_in])]
        (inbox / asks / "nha" / SEEN[asks]).write_text("\n".join(lines) + "\n")
    return target


def _asking(lines: Sequence[str]) -> list[str]:
    """The first rows of a delivery under other ids, of people who say that nothing is to be shared."""
    columns = lines[0].split("\t")
    rows = [dict(zip(columns, line.split("\t"), strict=True)) for line in lines[1:3]]
    changes = {"account": "", "do_not_share": "true"}
    return ["\t".join({**row, **changes, "cert_number": f"X{row['cert_number']}"}.values()) for row in rows]


@pytest.fixture(scope="module")
def page(home: Path) -> Iterator[Page]:
    """Dagster over that home."""
    industries = home / "registry" / "industries"
    industries.mkdir(parents=True)
    shipped = Path("credential_pipeline/foundation/registry/industries/healthcare.yml").read_text()
    for industry in (RED, *NEW):
        changed = shipped
        for old, new in {"industry: healthcare": f"industry: {industry}", "[nha, ptcb]": "[nha]"}.items():
            assert old in changed
            changed = changed.replace(old, new)
        (industries / f"{industry}.yml").write_text(changed)
    with live(home, home / "registry") as page:
        yield page


@pytest.fixture(scope="module")
def backfill(page: Page, home: Path) -> dict[str, Any]:
    """Materialize all, for the three industries, as the dialog does; what became of it."""
    before = versions(home)
    nodes = page.ask(_NODES)["assetNodes"]
    chosen = [node["assetKey"] for node in nodes if node["isExecutable"] and not node["isObservable"]]
    assert {key["path"][0] for key in chosen} == set(HOPS)
    return {**_materialize_all(page, chosen, (*GREEN, RED)), "versions before": before, "versions": versions(home)}


@pytest.fixture(scope="module")
def first_backfill(page: Page, home: Path, backfill: dict[str, Any]) -> dict[str, Any]:
    """The clearinghouse's hops, for two industries of which nothing was ever made."""
    assert not any(one in str(name) for one in NEW for name in backfill["versions"])
    chosen = [{"path": [hop]} for hop, side in HOPS.items() if side is Side.CLEARINGHOUSE]
    return _materialize_all(page, chosen, NEW)


def _materialize_all(page: Page, chosen: Sequence[Any], industries: Sequence[str]) -> dict[str, Any]:
    wanted = {"tags": [], "assetSelection": chosen, "partitionNames": industries, "fromFailure": False}
    launched = page.ask(_LAUNCH, backfillParams=wanted)["launchPartitionBackfill"]
    assert launched["__typename"] == "LaunchBackfillSuccess", launched

    def ended() -> dict[str, Any] | None:
        found: dict[str, Any] = page.ask(_BACKFILL, id=launched["backfillId"])["partitionBackfillOrError"]
        return found if found["status"] not in {"REQUESTED", "FAILING"} else None

    return {**wait_for(ended), "id": launched["backfillId"]}


def _runs(page: Page, **filters: Any) -> list[dict[str, Any]]:
    found = page.ask(_RUNS, filter=filters)["runsOrError"]["results"]
    return [
        {
            **run,
            "tags": {tag["key"]: tag["value"] for tag in run["tags"]},
            "hops": {key["path"][0] for key in run["assetSelection"] or []},
        }
        for run in found
    ]


def _messages(page: Page, run: str) -> list[str]:
    """What a run's page shows: messages, and the sentence of a refusal."""
    events = page.ask(_MESSAGES, id=run)["logsForRun"]["events"]
    refusals = [event["failureMetadata"]["description"] for event in events if event.get("failureMetadata")]
    return [event["message"] for event in events if "message" in event] + refusals


def test_materialize_all_is_green_for_two_and_a_red_third_leaves_them_alone(backfill: dict[str, Any]) -> None:
    assert backfill["error"] is None
    assert backfill["status"] == "COMPLETED_FAILED"
    for found in backfill["assetBackfillData"]["assetBackfillStatuses"]:
        (hop,) = found["assetKey"]["path"]
        if SNAPSHOTS[hop].partitioned:
            assert (found["numPartitionsMaterialized"], found["numPartitionsFailed"]) == (len(GREEN), 1), hop
        else:
            assert (found["materialized"], found["failed"]) == (True, False), hop


def test_the_red_one_ran_no_further_than_its_gate(page: Page, backfill: dict[str, Any]) -> None:
    runs = _runs(page, tags=[{"key": "dagster/backfill", "value": backfill["id"]}])
    assert {run["status"] for run in runs} == {"SUCCESS", "FAILURE"}
    (red,) = [run for run in runs if run["status"] == "FAILURE"]
    assert red["tags"]["dagster/partition"] == RED
    assert "raw_feeds" in red["hops"]
    assert sum(run["tags"].get("dagster/partition") == RED for run in runs) == 1
    assert any(f"inbox/{RED}/nha/2005.csv" in message for message in _messages(page, red["runId"]))


def test_nothing_that_is_current_changed(backfill: dict[str, Any]) -> None:
    assert backfill["versions"] == backfill["versions before"]


def test_shared_tables_are_made_once(page: Page, backfill: dict[str, Any]) -> None:
    runs = _runs(page, tags=[{"key": "dagster/backfill", "value": backfill["id"]}])
    for hop in ("education_registry", "reference_population"):
        assert sum(hop in run["hops"] for run in runs) == 1


def test_runs_can_be_read_by_people(page: Page, backfill: dict[str, Any]) -> None:
    for run in _runs(page, tags=[{"key": "dagster/backfill", "value": backfill["id"]}]):
        assert run["tags"]["credential_pipeline/started_by"] == "backfill"
        assert run["tags"]["credential_pipeline/side"] == HOPS[min(run["hops"])].value
        assert run["tags"].get("credential_pipeline/industry") == run["tags"].get("dagster/partition")
        if run["status"] == "SUCCESS":
            assert any("unchanged in" in message for message in _messages(page, run["runId"]))


@pytest.mark.usefixtures("first_backfill")
@pytest.mark.parametrize(("asked", "is_in"), [NEW, NEW[::-1]])
def test_a_first_backfill_hears_in_each_industry_what_was_said_in_the_others(
    home: Path, asked: str, is_in: str
) -> None:
    store = Store(home / "clearinghouse" / "store")
    with store.read(*(store.current(SNAPSHOTS[name], is_in) for name in ("cleaned_learners", "census_extract"))) as con:
        store.current(SNAPSHOTS["cleaned_learners"], asked).attach(con, "other", ("blocks",))
        asking = "SELECT last_name, birth_date FROM other.blocks WHERE record_id LIKE 'X%'"
        known, extracted = (
            len(con.execute(f"FROM {table} SEMI JOIN ({asking}) USING (last_name, birth_date)").fetchall())
            for table in ("cleaned_learners.profiles", "census_extract.learners")
        )
        assert known > 0
        assert extracted == 0
        assert con.execute("FROM census_extract.learners").fetchall() != []


def test_a_first_backfill_is_green_and_links_all_before_anything_leaves(
    page: Page, first_backfill: dict[str, Any]
) -> None:
    assert first_backfill["error"] is None
    assert first_backfill["status"] == "COMPLETED_SUCCESS"
    runs = _runs(page, tags=[{"key": "dagster/backfill", "value": first_backfill["id"]}])
    order = [run["hops"] for run in reversed(runs)]
    assert [hops for hops in order if "linked_records" in hops] == [{"linked_records"}] * len(NEW)
    linked = max(place for place, hops in enumerate(order) if hops == {"linked_records"})
    assert linked < min(place for place, hops in enumerate(order) if "census_extract" in hops)


@pytest.mark.usefixtures("backfill")
def test_a_cancelled_step_publishes_nothing(page: Page, home: Path) -> None:
    feed = max((home / "clearinghouse" / "inbox" / "healthcare" / "nha").glob("*.csv"))
    feed.write_bytes(feed.read_bytes().rsplit(b"\n", 2)[0] + b"\n")
    before = versions(home)
    selector = {
        "pipelineName": "clearinghouse",
        "repositoryName": "__repository__",
        "repositoryLocationName": "clearinghouse",
        "assetSelection": [{"path": ["raw_feeds"]}],
    }
    tags = [{"key": "dagster/partition", "value": "healthcare"}]
    params = {"selector": selector, "runConfigData": {}, "executionMetadata": {"tags": tags}}
    launched = page.ask(_RUN, executionParams=params)["launchPipelineExecution"]
    assert launched["__typename"] == "LaunchRunSuccess", launched
    run = launched["run"]["runId"]
    wait_for(lambda: "healthcare raw_feeds …" in _messages(page, run))
    assert page.ask(_TERMINATE, id=run)["terminateRun"]["__typename"] == "TerminateRunSuccess"
    status = wait_for(lambda: {one["status"] for one in _runs(page, runIds=[run])} - {"STARTED", "CANCELING"})
    assert status == {"CANCELED"}
    assert versions(home) == before
    assert not list((home / "clearinghouse" / "store" / "raw_feeds" / "healthcare").glob(".staging-*"))
