"""Pages that people open in a browser: one file each, no script, nothing loaded from elsewhere."""

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from pawmark.grading.results.outcomes import Outcome
from pawmark.wording import counted, plain

FOLDER = Path(__file__).parent
NBCONVERT_TEMPLATES = FOLDER / "nbconvert"

# What a page may do, said to the browser too: show styles and pictures that are in it.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"

_LOOKS = {
    Outcome.PASSED: ("good", "tick"),
    Outcome.FAILED: ("bad", "cross"),
    Outcome.NOT_ATTEMPTED: ("idle", "ring"),
    Outcome.TIMEOUT: ("bad", "clock"),
    Outcome.NOT_REACHED: ("wait", "person"),
    Outcome.GRADER_ERROR: ("wait", "person"),
    Outcome.UNREAD: ("wait", "person"),
}


def look(outcome: Outcome) -> tuple[str, str]:
    """Return the colour class and the icon of an outcome; its word stands beside them."""
    return _LOOKS.get(outcome, ("bad", "alarm"))


def points(value: float) -> str:
    """Return points as people write them: 4.62, and 3 instead of 3.0."""
    return plain(value)


def percent(part: float, whole: float) -> str:
    """Return a share as CSS and people read it: ``83%``; of nothing, ``0%``."""
    return f"{min(max(part / whole, 0), 1):.0%}" if whole > 0 else "0%"


def assignment_title(name: str) -> str:
    """Return the name of an assignment for people: ``02 · Data loading``."""
    number, _, words = name.partition("_")
    words = words.replace("_", " ").strip()
    return f"{number} · {words.capitalize()}" if number.isdigit() and words else name


def ticks(text: str) -> Markup:
    """Escape a text and set what it holds between backticks as code."""
    return Markup(re.sub(r"`([^`\n]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704


@cache
def style() -> Markup:
    """Return the style sheet of all pages."""
    return Markup((FOLDER / "templates" / "style.css").read_text(encoding="utf-8"))  # noqa: S704


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Callable[..., Any]] = {"points": points, "percent": percent, "look": look}
    filters |= {"counted": counted}
    environment.filters.update(filters, assignment_title=assignment_title, ticks=ticks)
    environment.globals.update(policy=POLICY, style=style())
    return environment


def render(template: str, **values: Any) -> str:
    """Fill in a template; whatever is no `Markup` is escaped."""
    return _environment().get_template(template).render(**values)
