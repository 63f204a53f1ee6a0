"""The review page of a batch: one HTML file that works offline, asks the network for nothing and runs no other script.

Values travel as JSON and are put into the page as text, so that a name can never become markup; the content security policy
allows exactly the page's own script and style, by their hashes. Not here: what is shown of a pair (sides.py).
"""

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from importlib import resources

from jinja2 import Environment, StrictUndefined

from credential_pipeline.clearinghouse.clerical_review.reasons import REASONS
from credential_pipeline.clearinghouse.clerical_review.sides import Sides


def render(industry: str, batch: str, shown: Sequence[Sides]) -> bytes:
    """The page.

    Args:
        industry: Name of the industry.
        batch: Name of the batch.
        shown: Its pairs in their order.
    """
    script, style, template = (_part(name) for name in ("page.js", "page.css", "page.html.j2"))
    pairs = [asdict(sides) for sides in shown]
    content = {
        "industry": industry,
        "batch": batch,
        # Decisions kept in a browser belong to this content, not to another batch that happens to have its name.
        "digest": hashlib.sha256(json.dumps([pair["pair_id"] for pair in pairs]).encode()).hexdigest()[:16],
        "reasons": list(REASONS.items()),
        "pairs": pairs,
    }
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return (
        environment.from_string(template)
        .render(
            industry=industry,
            batch=batch,
            count=len(pairs),
            reasons=len(REASONS),
            data=_json(content),
            script=script,
            style=style,
            script_hash=_hash(script),
            style_hash=_hash(style),
        )
        .encode()
    )


def _part(name: str) -> str:
    return resources.files(__package__ or "").joinpath(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _json(content: object) -> str:
    """JSON that can stand inside a script element: nothing in it can end the element or begin a comment."""
    text = json.dumps(content, ensure_ascii=True)
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
