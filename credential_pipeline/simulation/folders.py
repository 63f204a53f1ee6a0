"""Where under a home the simulated files lie: the folders in which the sides look for what others leave, and the truth."""

from typing import Final

INBOX: Final = "clearinghouse/inbox"
EDUCATION: Final = "clearinghouse/education"
PARTNERS: Final = "clearinghouse/partners"
REFERENCE: Final = "enclave/reference"
TRUTH: Final = "truth"
