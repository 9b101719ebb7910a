"""Formulas in a person's comment are set on the page, without a network and without a script."""

import base64
import re

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
