"""When the enclave's hops run: monthly for every industry, and when a sealed extract arrives."""

from assets.automation import monthly, on_arrival, side_job
from assets.resources import SideResource
from credential_pipeline.foundation.names import Side

JOB = side_job("enclave", Side.ENCLAVE, "Sealed extract to sealed release, for one industry.")
MONTHLY = monthly("enclave_monthly", Side.ENCLAVE, JOB)
ARRIVALS = on_arrival("extract_arrivals", JOB, "enclave", SideResource.folder_of_extracts, "census_extract")
