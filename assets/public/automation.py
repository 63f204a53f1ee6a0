"""When releases are published: monthly where there is something new, and when a sealed release arrives."""

from assets import transfer
from assets.automation import look_job, look_schedule, monthly, on_arrival, side_job, up_to_date
from assets.public.hops import HOPS
from assets.resources import SideResource
from credential_pipeline.foundation.names import Side

JOB = side_job("public", Side.PUBLIC, "Sealed release to public files, for one industry.")
MONTHLY = monthly(
    Side.PUBLIC,
    JOB,
    HOPS,
    lambda side, industry: bool(transfer.listing(side.folder_of_releases(industry))),
)
LOOK = look_job(Side.PUBLIC)
LOOKS = look_schedule(Side.PUBLIC, LOOK)
UP_TO_DATE = up_to_date(Side.PUBLIC)
ARRIVALS = on_arrival("release_arrivals", JOB, "public", SideResource.folder_of_releases, "outcome_release")
