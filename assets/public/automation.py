"""When releases are published: monthly for every industry, and when a sealed release arrives."""

from assets.automation import monthly, on_arrival, side_job
from assets.resources import SideResource
from credential_pipeline.foundation.names import Side

JOB = side_job("public", Side.PUBLIC, "Sealed release to public files, for one industry.")
MONTHLY = monthly("public_monthly", Side.PUBLIC, JOB)
ARRIVALS = on_arrival("release_arrivals", JOB, "public", SideResource.folder_of_releases, "outcome_release")
