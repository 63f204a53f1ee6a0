"""The list of an industry's releases for readers: which there are, which corrects which, which was withdrawn and why."""

import html
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from credential_pipeline.foundation.storage.durable import write_atomically
from credential_pipeline.public.published_outcomes.place import FRONT

WITHDRAWAL = "withdrawal"
_LIST = "releases.json"
_PAGE = "index.html"
_MODE = 0o644
_STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.4rem .8rem .4rem 0;border-bottom:1px solid #ccc;"
    "vertical-align:top}.gone{color:#666}"
)


@dataclass(frozen=True)
class Act:
    """By which act a release became public, or was withdrawn: a row of ``release_acts``."""

    release: str
    kind: str
    corrects: str
    reason: str
    approved_by: str
    approved_on: str


def list_release(folder: Path, act: Act) -> str:
    """Add an act to the list, once, and write the page anew; return the release that is current now, or nothing.

    Args:
        folder: Public folder of the industry.
        act: What was done.
    """
    acts = read_list(folder)
    if act not in acts:
        acts.append(act)
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    text = json.dumps([asdict(one) for one in acts], indent=2, ensure_ascii=False) + "\n"
    write_atomically(folder / _LIST, text.encode(), mode=_MODE)
    write_atomically(folder / _PAGE, _page(folder.name, acts).encode(), mode=_MODE)
    return next((release for release, state in states(acts).items() if state == "current"), "")


def read_list(folder: Path) -> list[Act]:
    """All acts so far, oldest first."""
    path = folder / _LIST
    return [Act(**one) for one in json.loads(path.read_text(encoding="utf-8"))] if path.is_file() else []


def states(acts: list[Act]) -> dict[str, str]:
    """Release to what it is today: ``current``, ``earlier``, ``corrected by …`` or ``withdrawn: reason``."""
    releases = [act for act in acts if act.kind != WITHDRAWAL]
    found = {act.release: "earlier" for act in releases}
    found |= {act.corrects: f"corrected by {act.release}" for act in releases if act.corrects}
    found |= {act.release: f"withdrawn: {act.reason}" for act in acts if act.kind == WITHDRAWAL}
    # What was corrected was wrong: it does not come back when its correction is withdrawn.
    standing = [act.release for act in releases if found[act.release] == "earlier"]
    if standing:
        found[standing[-1]] = "current"
    return found


def _page(industry: str, acts: list[Act]) -> str:
    state = states(acts)
    rows = "".join(_row(act, state[act.release]) for act in reversed(acts) if act.kind != WITHDRAWAL)
    title = html.escape(f"Releases: {industry}")
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style></head>\n'
        f"<body><main><h1>{title}</h1>\n<table><thead><tr><th>Release</th><th>Approved</th><th>Kind</th><th>State</th></tr>"
        f"</thead><tbody>\n{rows}</tbody></table></main></body></html>\n"
    )


def _row(act: Act, state: str) -> str:
    gone = state.startswith("withdrawn")
    name = html.escape(act.release)
    link = name if gone else f'<a href="{name}/{FRONT}">{name}</a>'
    kind = act.kind + (f" of {act.corrects}" if act.corrects else "") + (f": {act.reason}" if act.reason else "")
    style = ' class="gone"' if gone else ""
    return f"<tr{style}><td>{link}</td><td>{act.approved_on}</td><td>{html.escape(kind)}</td><td>{html.escape(state)}</td></tr>\n"
