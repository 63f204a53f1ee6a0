"""Where steps say how far they are; the console shows it, and no line holds a value of a person."""

import logging
from typing import Final

PROGRESS: Final = logging.getLogger("credential_pipeline.progress")
