"""Formulas that students write: none becomes a link to a script, whoever sets them."""

import os
import re
import shutil
from pathlib import Path

import pytest

from pawmark.grading.boundary import formulas
from pawmark.grading.boundary.sanitizing import clean_html
from pawmark.grading.pages.result_table import render_table
from pawmark.grading.results.outcomes import CheckResult, ExerciseResult, Outcome

# Debian's libjs-mathjax puts it here.
MATHJAX = Path(os.environ.get("PAWMARK_MATHJAX") or "/usr/share/javascript/mathjax")
LINK = r"\href{javascript:document.title='ran'}{here}"
SPELLINGS = (
    rf"${LINK}$",
    rf"$$\require{{HTML}}{LINK}$$",
    rf"${LINK}$".replace("\\", "&#92;"),
    rf"${LINK}$".replace("\\", "&bsol;"),
    rf"${LINK}$".replace("href", "&#x68;&#114;ef"),
    rf"${LINK}$".replace("href", "hr<script></script>ef"),
    rf"${LINK}$".replace("href", "hr<!-- -->ef"),
    rf"${LINK}$".replace("href", "hr<wbr>ef"),
    r"$\let\a=\href\a{javascript:document.title='ran'}{here}$",
    rf"<div>${LINK}$</div>",
    r"""$\mmlToken{mtext}[href="javascript:document.title='ran'"]{here}$""",
    r"""$\require{mml}\mmlToken{mi}[href="javascript:document.title='ran'"]{here}$""",
    r"$\csname href\endcsname{javascript:document.title='ran'}{here}$",
    r"$\style{position:fixed;top:0;left:0;font-size:99em}{here}$",
    r"$\bbox[border:9px solid;background:url(https://example.org/a)]{here}$",
    r"$\class{pm-points}{\cssId{pm-total}{here}}$",
    r"$\unicode[serif;x]{65}\newcommand{\x}[1]{#1}\x{here}$",
    r"$\text{$\style{color:red}{here}$}$",
    r"<code>$\style{color:red}{here}$</code>",
)


@pytest.mark.parametrize("text", SPELLINGS)
def test_no_formula_holds_an_unknown_command(text):
    """However it is spelled, a command that makes links or styles is text, and the text is there.

    A tag lies between its backslash and its name, past which no formula reaches.
    """
    cleaned = clean_html(text)
    commands = set(re.findall(r"\\([A-Za-z]+)", cleaned))  # after any backslash, paired or not

    assert commands <= formulas.COMMANDS
    assert "here" in cleaned
    assert "\\<span></span>" in cleaned


def test_what_is_refused_is_shown_as_it_was_written():
    """Paths and code with backslashes look the same, and are the same when they are copied."""
    written = r"see C:\users\new and <code>re.sub(r'\word', x)</code>"
    cleaned = clean_html(written)

    assert cleaned.replace("<span></span>", "") == written


@pytest.mark.parametrize("name", ["href", "mmlToken", "style", "class", "cssId", "require", "def",
                                  "let", "newcommand", "csname", "bbox", "unicode", "ref", "label",
                                  "color", "DeclareMathOperator", "htmlData"])  # fmt: skip
def test_commands_that_do_more_than_set_are_not_known(name):
    """The list holds no command that links, styles, names, loads or defines."""
    assert name not in formulas.COMMANDS


def test_formulas_and_characters_stay():
    """Other formulas, entities and links are as they were."""
    text = r'$\begin{pmatrix}1\\x\end{pmatrix} \frac{1}{2} &lt; x$ &amp;amp; &copy; &#8364; <a href="https://example.org">a</a>'

    assert clean_html(text) == text


def test_pages_of_backslashes_stay_short():
    """Thousands of unknown commands make no page of tags."""
    cleaned = clean_html("$" + r"\x" * 400_000 + "$")

    assert len(cleaned) < 1_300_000
    assert "\\" not in cleaned


def table_with(message: str) -> str:
    """Return a table of results with a student's text in it."""
    check = CheckResult("c", "A check.", Outcome.STUDENT_ERROR, 0.0, 1.0, message)
    return render_table(ExerciseResult("e", (check,)))


@pytest.mark.slow
def test_no_link_to_a_script_in_a_browser(tmp_path):
    """MathJax, without its safe mode, makes a link of the raw text, and of what is shown none."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None or not (MATHJAX / "MathJax.js").exists():
        pytest.skip(f"needs chromium, and MathJax in {MATHJAX}; set PAWMARK_MATHJAX")
    shown = [*map(clean_html, SPELLINGS), table_with(f"ValueError: ${LINK}$")]
    with playwright.sync_playwright() as runner:
        browser = runner.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        raw = links(browser, tmp_path / "raw.html", SPELLINGS)
        ours = links(browser, tmp_path / "ours.html", shown)
        browser.close()

    assert any("javascript" in link for link in raw)
    assert ours == []


def links(browser, path: Path, texts) -> list[str]:
    """Return the addresses of all links in a page when MathJax is done with it."""
    source = f"{(MATHJAX / 'MathJax.js').as_uri()}?config=TeX-AMS_CHTML-full"
    signs = "{tex2jax: {inlineMath: [['$', '$']]}}"
    path.write_text(
        f"""<script type="text/x-mathjax-config">MathJax.Hub.Config({signs});
MathJax.Hub.Register.StartupHook("End", () => {{ document.body.className = "set"; }});</script>
<script src="{source}"></script><body>{"".join(f"<p>{text}</p>" for text in texts)}</body>"""
    )
    page = browser.new_page()
    page.goto(path.as_uri())
    page.wait_for_selector("body.set", timeout=30_000)
    assert page.locator(".MathJax_CHTML, .mjx-chtml").count()
    return page.evaluate("[...document.querySelectorAll('a')].map(a => a.getAttribute('href'))")
