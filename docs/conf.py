"""The documentation site: Markdown pages, a reference from docstrings, commands from their help."""

import sys
from pathlib import Path

from sphinx.application import Sphinx

sys.path.insert(0, str(Path(__file__).resolve().parent))

from architecture_map import architecture_map
from command_pages import command_pages

import pawmark

project = "Pawmark"
author = "Pawmark contributors"
project_copyright = "Pawmark contributors; text CC BY 4.0, code BSD 3-Clause"
release = version = pawmark.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.autosummary", "sphinx.ext.napoleon"]
exclude_patterns = ["_build", "README.md"]
html_theme = "furo"
html_title = "Pawmark"
html_static_path = ["_static"]
html_css_files = ["pawmark.css"]
html_copy_source = False
html_show_sphinx = False
html_theme_options = {
    # Furo's own colours, but for links and code: these reach a contrast of 7 to 1.
    "light_css_variables": {
        "color-brand-primary": "#0b5a8a",
        "color-brand-content": "#0b5a8a",
        "color-brand-visited": "#5b3f8c",
    },
    "dark_css_variables": {
        "color-brand-primary": "#7cc4f4",
        "color-brand-content": "#7cc4f4",
        "color-brand-visited": "#c3a8f0",
    },
}
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "none"  # the docstrings tell types, with shapes and units
autosummary_generate = False
napoleon_google_docstring = False
# As lists of words: shapes and units are not names of classes to link to.
napoleon_use_param = False
napoleon_use_rtype = False
nitpicky = True
# "Raises" sections name the errors by their last name; they stand at the end of the reference.
_ERRORS = ("CourseError", "DataError", "SandboxError", "SettingsError")
nitpick_ignore = [("py:exc", name) for name in _ERRORS]
# What a result may carry for its page is described where pages are made.
nitpick_ignore += [
    ("py:class", f"pawmark.grading.results.outcomes.{n}") for n in ("Picture", "Training")
]
nitpick_ignore += [("py:exc", "msgspec.ValidationError")]  # its documentation is not linked
nitpick_ignore_regex = [("py:.*", r"(pathlib|numpy|typing|collections|nbformat|rich)\..*")]


def setup(app: Sphinx) -> None:
    """Put the help of every command, and the map of the code, into the page that asks for it."""
    app.connect("source-read", _fill_in)
    app.connect("html-page-context", _give_levels, priority=900)  # after the theme


def _fill_in(app: Sphinx, name: str, content: list[str]) -> None:
    if name == "index":
        content[0] += _contents_of_the_rest(content[0])
    if name == "architecture":
        content[0] = content[0].replace("<!-- architecture map -->", architecture_map())
    if name == "command-line":
        content[0] = content[0].replace("<!-- commands -->", command_pages())


def _contents_of_the_rest(index: str) -> str:
    """Return a list of the pages that the index does not name, so that none is lost."""
    pages = sorted(path.stem for path in Path(__file__).parent.glob("*.md"))
    rest = [page for page in pages if page != "index" and f"\n{page}\n" not in index]
    lines = ["```{toctree}", ":hidden:", ":caption: More", "", *rest, "```"]
    return "\n" + "\n".join(lines) + "\n" if rest else ""


def _give_levels(app: Sphinx, page: str, template: str, context: dict, tree: object) -> None:
    # Sphinx calls the captions of a table of contents headings, and leaves out of which level.
    for name in ("furo_navigation_tree", "body"):
        if isinstance(context.get(name), str):
            levelled = context[name].replace('role="heading">', 'role="heading" aria-level="2">')
            context[name] = levelled
