"""Checks the links of the pages that stand at the root of the repository, which the site does not hold.

A link must lead to a file of the repository, and its anchor to a heading of that file.
"""

import re
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.util import logging

_LOGGER = logging.getLogger(__name__)
_LINK = re.compile(r"\]\((?!https?:|mailto:)([^)\s]*)\)")
_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("builder-inited", check)
    return {"parallel_read_safe": True}


def check(app: Sphinx) -> None:
    """Warn of every dead link."""
    for page in sorted(Path(app.srcdir).parent.glob("*.md")):
        for link in _LINK.findall(_FENCE.sub("", page.read_text(encoding="utf-8"))):
            if not leads_somewhere(page, link):
                _LOGGER.warning("%s: the link %s leads nowhere", page.name, link)


def leads_somewhere(page: Path, link: str) -> bool:
    """Whether a link of a page leads to a file, and to a heading if it names one."""
    name, _, anchor = link.partition("#")
    target = page.parent / name if name else page
    if not target.exists():
        return False
    return not anchor or anchor in {_slug(heading) for heading in _HEADING.findall(target.read_text(encoding="utf-8"))}


def _slug(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")
