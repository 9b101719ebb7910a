"""Formulas that students write: none becomes a link to a script, whoever sets them."""

import os
import shutil
from pathlib import Path

import pytest

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
)


@pytest.mark.parametrize("text", SPELLINGS)
def test_no_formula_holds_a_link(text):
    """However it is spelled, the command that makes links is gone from what is shown."""
    cleaned = clean_html(text)

    assert "href" not in cleaned
    assert "here" in cleaned


def test_formulas_and_characters_stay():
    """Other formulas, entities and links are as they were."""
    text = r'$\frac{1}{2} &lt; x$ &amp;amp; &copy; &#8364; <a href="https://example.org">a</a>'

    assert clean_html(text) == text


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
