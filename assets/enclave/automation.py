"""When the enclave's hops run: monthly where there is something new, and when a sealed extract arrives."""

from assets import transfer
from assets.automation import look_job, look_schedule, monthly, on_arrival, side_job, up_to_date
from assets.enclave.hops import HOPS
from assets.resources import SideResource
from credential_pipeline.foundation.names import Side

JOB = side_job("enclave", Side.ENCLAVE, "Sealed extract to sealed release, for one industry.")
MONTHLY = monthly(
    Side.ENCLAVE,
    JOB,
    HOPS,
    lambda side, industry: bool(transfer.listing(side.folder_of_extracts(industry))),
)
LOOK = look_job(Side.ENCLAVE)
LOOKS = look_schedule(Side.ENCLAVE, LOOK)
UP_TO_DATE = up_to_date(Side.ENCLAVE)
ARRIVALS = on_arrival("extract_arrivals", JOB, "enclave", SideResource.folder_of_extracts, "census_extract")
