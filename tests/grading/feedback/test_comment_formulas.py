"""Formulas in a person's comment are set on the page, without a network and without a script."""

import base64
import html
import re
import time

import pytest

from pawmark.grading.boundary.sanitizing import render_markdown
from pawmark.grading.feedback.exporter import within_page
from pawmark.grading.feedback.formulas import with_formulas


def shown(text: str) -> str:
    """Return a comment as the page has it."""
    return with_formulas(text, lambda one: within_page(render_markdown({}, one)))


def pictures(page: str) -> list[str]:
    """Return the pictures of a page, as SVG."""
    found = re.findall(r'src="data:image/svg\+xml;base64,([^"]+)"', page)
    return [base64.b64decode(one).decode() for one in found]


@pytest.mark.parametrize(
    "text",
    [
        r"the mean is $\frac{1}{n}\sum_i x_i$, see page 3",
        r"the mean is \(\frac{1}{n}\sum_i x_i\)",
        "the mean is\n\n$$\\frac{1}{n}\n\\sum_i x_i$$\n",
        r"the mean is \[\frac{1}{n}\sum_i x_i\]",
    ],
)
def test_a_formula_is_a_picture_with_its_text(text):
    """It is drawn in the page itself, and read aloud as it was written."""
    page = shown(text)

    (picture,) = pictures(page)
    assert "<path" in picture
    assert "script" not in picture
    assert r'alt="\frac{1}{n}\sum_ix_i"' in page.replace(" ", "")
    assert "the mean is" in page


@pytest.mark.parametrize(
    ("written", "count"),
    [
        (r"$\frac1p$", 1),
        (r"$\frac 1 {p+1}$ and $\dfrac12$ and $\tfrac\alpha2$", 3),
        (r"$\sqrt2 + \sqrt[3]x$", 1),
        (r"$x \le y$, $\mathbb R$, $\mathrm d x$, $\bigl(x\bigr)$, $\lVert x\rVert_2$, $\bm x$", 6),
        ("\\begin{align}\na &= b \\\\\n  &= \\frac12 c \\tag{1}\n\\end{align}", 3),
        (r"$$\begin{aligned} a &= b \\[2pt] c &= d \end{aligned}$$", 4),
        (r"\begin{gather*} a + b \\ c \end{gather*}", 2),
        (r"\begin{equation} a = b \end{equation}", 1),
        (r"$f(x) = \begin{cases} 1 & \text{if } x > 0 \\ 0 & \text{else}\end{cases}$", 6),
        (r"$\begin{pmatrix}1&2\\3&4\end{pmatrix}$", 6),
        (r"\[ \left[\begin{array}{c|c} 1 & 2 \end{array}\right] x \]", 5),
        (r"$$a \\ b$$", 2),
        (r"\begin{align} x &= \begin{pmatrix}1\\2\end{pmatrix} \end{align}", 6),
    ],
)
def test_usual_ways_to_write_are_set(written, count):
    """Arguments without braces, other names of signs and environments of rows are set."""
    page = shown(f"see {written} here")

    assert len(pictures(page)) == count
    assert "<code" not in page
    assert "\\" not in re.sub(r"<[^>]+>", "", page)
    names = re.findall(r'(?:alt|aria-label)="([^"]+)"', page)
    assert [name for name in names if html.unescape(name) in " ".join(written.split())] == names


@pytest.mark.parametrize(
    "written",
    [
        r"$\unknown_command{x}_2 *y* <b>$",
        r"$\frac1$",
        r"$\underbrace{x}_{2}$",
        r"$\begin{align} a$",
        r"$\begin{tikzpicture} a \end{tikzpicture}$",
        r"\begin{align} a &= \unknown \end{align}",
        r"$a } b { c$",
    ],
)
def test_what_cannot_be_set_is_code(written):
    """It stands there as it was written, for people to read; nothing in it is markup."""
    page = shown(f"see {written} and **so**")

    assert pictures(page) == []
    (code,) = re.findall(r"<code[^>]*>(.*?)</code>", page)
    assert html.unescape(code) == written
    assert "<strong>so</strong>" in page


@pytest.mark.parametrize(
    "text",
    [
        "$" + "{" * 450 + "x" + "}" * 450 + "$",
        "$" + r"\frac" * 150 + "$",
        "$" + r"\frac{" * 100 + "x" + "}{y}" * 100 + "$",
        "$" + r"\left(" * 100 + "x" + r"\right)" * 100 + "$",
        "$" + r"\begin{matrix}" * 30 + "x" + r"\end{matrix}" * 30 + "$",
        "$" + r"\begin{matrix}" * 5 + "x" + r"\end{matrix}" * 5 + "$",
        r"\begin{align}" + "x & " * 230 + r"\end{align}",
        r"\begin{align}" * 1200,
        r"\(" * 9_000,
        "$$x" * 6_000,
        "$x$ " * 30_000,
        "$" + "x" * 100_000 + "$",
    ],
)
def test_hostile_formulas_are_bounded(text):
    """What is huge, or nested without end, is shown as text, soon."""
    began = time.monotonic()
    page = shown(text)

    assert time.monotonic() - began < 20
    assert len(pictures(page)) <= 200
    assert len(page) < 50 * len(text) + 100_000


def test_a_page_has_so_many_pictures():
    """The formulas beyond are code, and the text around them stays."""
    page = shown("$x$ and **so** " * 300)

    assert len(pictures(page)) == 200
    assert page.count("<code") == 100
    assert page.count("<strong>so</strong>") == 300


@pytest.mark.parametrize(
    "text",
    [
        "it costs $5 and not $6",
        "`$x$` is how it is written",
        r"$\unknowncommand{x}$",
        "$ a $",
        "US$3 to US$4",
        "formula0z and formula",
    ],
)
def test_what_is_no_formula_stays_text(text):
    """Money, code and what cannot be set are shown as they were written."""
    page = shown(text)

    assert pictures(page) == []
    plain = re.sub(r"<[^>]+>", "", page)
    assert text.replace("`", "") in plain


def test_emphasis_around_a_formula_holds():
    """Markdown works around formulas, and what it means by underscores is left out of them."""
    page = shown("**so** $a_1 + b_1$ and $c_1$ are _equal_")

    assert len(pictures(page)) == 2
    assert "<strong>so</strong>" in page
    assert "<em>equal</em>" in page


def test_markup_in_a_formula_is_no_markup():
    """Nothing in a formula gets into the page but as text."""
    page = shown('$"><script>alert(1)</script>$')

    assert "<script" not in page
