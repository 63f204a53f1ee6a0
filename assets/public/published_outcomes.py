"""The released figures as public files and a report; reads the sealed release package and nothing else."""

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg

from assets import pictures, transfer
from assets.describe import hop_asset
from assets.materialize import digest_of, materialize
from assets.resources import SideResource
from checks import gate
from checks.suites.public.published_outcomes import RULES
from credential_pipeline.engines.handover.agreement import PUBLICATION
from credential_pipeline.engines.handover.keys import ENCLAVE_TO_PUBLICATION, load_identity, load_sender
from credential_pipeline.engines.handover.package import verify
from credential_pipeline.engines.handover.receive import ReceivingKeys, receive
from credential_pipeline.foundation.contracts import SNAPSHOTS
from credential_pipeline.foundation.registry.load import Registry
from credential_pipeline.foundation.storage.snapshots import Version
from credential_pipeline.foundation.storage.staging import Staged
from credential_pipeline.public.published_outcomes.methods import MethodNote
from credential_pipeline.public.published_outcomes.place import place


@hop_asset(
    "published_outcomes",
    RULES,
    deps=["outcome_release"],
    kinds=["age", "html", "csv"],
    description="Writes outcomes.csv, outcomes.parquet, report.html, methods.md, datapackage.json and their manifest.",
)
def published_outcomes(context: dg.AssetExecutionContext, public: SideResource) -> Iterator[gate.Outcome]:
    """Publish the industry's current release."""
    name = context.partition_key
    folder = public.folder_of_releases(name)

    def notice() -> str:
        path = public.root / "notice.txt"
        return path.read_text(encoding="utf-8").strip() if path.is_file() else ""

    def inputs() -> Mapping[str, str]:
        sender = load_sender(public.root, ENCLAVE_TO_PUBLICATION)
        package = transfer.pointed(folder, "outcome_release")
        verify(package, sender, PUBLICATION, public.date)
        titles = digest_of(*(c.model_dump_json() for c in public.registry.certifiers_of(name)))
        return {
            "package": package.name,
            "titles": titles,
            "words": digest_of(public.industry(name).name, notice()),
        }

    def build(staged: Staged) -> None:
        keys = ReceivingKeys(
            sender=load_sender(public.root, ENCLAVE_TO_PUBLICATION),
            identity=load_identity(public.root, ENCLAVE_TO_PUBLICATION),
        )
        receive(
            staged.con,
            transfer.pointed(folder, "outcome_release"),
            keys,
            public.industry(name),
            kind="outcome_release",
            snapshot=SNAPSHOTS["published_outcomes"],
            recipient=PUBLICATION,
            today=public.date,
            work=public.root / "opened",
        )

    def before_publish(staged: Staged) -> None:
        from credential_pipeline.public.published_outcomes.write import write_public_files

        release = staged.con.execute("SELECT any_value(release) FROM published_outcomes.published_outcomes").fetchall()[
            0
        ][0]
        staged.facts["release"] = release
        with place(public.root / name, release) as out:
            write_public_files(
                staged.con,
                out,
                name,
                release,
                method_note(public.registry, name, notice()),
                labels(public.registry, name),
            )

    def describe(version: Version) -> Mapping[str, Any]:
        with public.store.read(version) as con:
            release = con.execute("SELECT any_value(release) FROM published_outcomes.published_outcomes").fetchall()
            chart = pictures.line(con, _MEDIANS, "Published median earnings by year from the award", unit="usd")
        report = public.root / name / release[0][0] / "report.html"
        return {"release": release[0][0], "report": dg.MetadataValue.path(str(report)), "median earnings": chart}

    yield from materialize(
        context,
        public,
        "published_outcomes",
        RULES,
        build,
        inputs=inputs,
        before_publish=before_publish,
        describe=describe,
        intact=lambda version: (
            public.root / name / version.manifest.facts.get("release", "") / "report.html"
        ).is_file(),
    )


_MEDIANS = """
SELECT horizon, value AS median FROM published_outcomes.published_outcomes
WHERE "table" = 'earnings_overall' AND measure = 'earnings_p50' AND status = 1 ORDER BY horizon
"""


def method_note(registry: Registry, name: str, notice: str) -> MethodNote:
    """What the registry says about the method, and the notice of this installation, for the report's readers."""
    industry = registry.industry(name)
    first, last = industry.cohorts.first_award_year, industry.cohorts.last_award_year
    return MethodNote(
        industry_name=industry.name,
        naics=industry.naics,
        attribution=industry.attribution,
        base_year=industry.base_year,
        window=f"Awards of {first} to {last}; wages from {first + industry.horizons.first} to {last + industry.horizons.last}.",
        wage_source=(
            "Annual wage records that employers file. They miss the self-employed, many federal and military jobs, and"
            " work in places that the wage agency does not cover."
        ),
        linkage=(
            "People were linked by name, birth date and address, with a probabilistic model whose parameters are fixed"
            " before a run. Records that fit several persons equally well are left out and counted as not linked."
        ),
        min_learners=industry.disclosure.min_learners,
        round_earnings_to=industry.disclosure.round_earnings_to,
        notice=notice,
        certifiers=tuple(certifier.name for certifier in registry.certifiers_of(name)),
    )


def labels(registry: Registry, name: str) -> dict[str, dict[str, str]]:
    """Readable names of certifiers and credentials."""
    certifiers = registry.certifiers_of(name)
    return {
        "certifier": {certifier.certifier: certifier.name for certifier in certifiers},
        "credential": {entry.code: entry.title for certifier in certifiers for entry in certifier.credentials},
    }
