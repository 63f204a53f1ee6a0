"""The released figures as public files and a report; reads the sealed release package and nothing else.

Heavy libraries are loaded by the step that needs them.
"""

from collections.abc import Mapping
from typing import Any

import dagster as dg

from assets.arriving import Arriving
from assets.hop import Chart, Hop, Published, Step
from checks.suites.public.published_outcomes import RULES
from credential_pipeline.engines.handover.agreement import PUBLICATION
from credential_pipeline.engines.handover.keys import ENCLAVE_TO_PUBLICATION
from credential_pipeline.engines.handover.receive import receive
from credential_pipeline.foundation.contracts import outcome_release
from credential_pipeline.foundation.contracts.published_outcomes import SNAPSHOT
from credential_pipeline.foundation.storage.snapshots import Version
from credential_pipeline.foundation.storage.staging import Staged
from credential_pipeline.public.published_outcomes.index import WITHDRAWAL
from credential_pipeline.public.published_outcomes.place import report_path, whole

_SENT_BY = outcome_release.SNAPSHOT.name
_MEDIANS = """
SELECT format('year {:+d}', horizon) AS year, value AS median FROM published_outcomes.published_outcomes
WHERE "table" = 'earnings_overall' AND measure = 'earnings_p50' AND status = 1 ORDER BY horizon
"""


_ARRIVING = Arriving(
    link=ENCLAVE_TO_PUBLICATION,
    sent_by=_SENT_BY,
    folder=lambda step: step.side.folder_of_releases(step.partition),
    recipient=lambda step: PUBLICATION,
)


def _build(step: Step, staged: Staged) -> None:
    package = _ARRIVING.package(step)
    staged.facts["package"] = package.name
    receive(
        staged.con,
        package,
        _ARRIVING.keys(step),
        step.industry,
        kind=_SENT_BY,
        snapshot=SNAPSHOT,
        recipient=PUBLICATION,
        today=step.date,
        work=step.root / "opened",
    )


def _publish(step: Step, staged: Staged) -> None:
    from credential_pipeline.public.published_outcomes.publish import publish

    _ARRIVING.remember(step, staged)
    act = publish(staged.con, step.root, step.partition)
    staged.facts |= {"release": act.release, "act": act.kind}


def _intact(step: Step, version: Version) -> bool:
    facts = version.manifest.facts
    return facts.get("act") == WITHDRAWAL or whole(
        report_path(step.root, step.partition, facts.get("release", "")).parent
    )


def _describe(published: Published) -> Mapping[str, Any]:
    root, release = published.step.root, published.facts["release"]
    report = report_path(root, published.step.partition, release).relative_to(root.parent)
    return {"release": release, "act": published.facts["act"], "report": dg.MetadataValue.path(str(report))}


HOP = Hop(
    contract=SNAPSHOT,
    rules=RULES,
    build=_build,
    receives=outcome_release.SNAPSHOT,
    asks=("agreement",),
    depends=_ARRIVING.depends,
    before_publish=_publish,
    intact=_intact,
    describe=_describe,
    charts={"median earnings": Chart("Published median earnings, US dollars, by year from the award", _MEDIANS)},
    kinds=["age", "html", "csv"],
    description="Lays out, as they were approved, outcomes.csv and .parquet, report.html with its chapters, methods.md and certificate.csv.",
)
