"""Formulas that students write: only commands of TeX that set something, none that does more.

Where a page does not tell MathJax to be safe, it makes links to scripts (``href``, and an option of
``mmlToken``), takes styles (``style``, ``bbox``), loads what ``require`` names, and gives all that
other names (``def``, ``let``). So a formula with a command that is not known to be harmless is not
set at all: it is shown as it was written.
"""

import re

_LETTERS = (
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa varkappa lambda "
    "mu nu xi omicron pi varpi rho varrho sigma varsigma tau upsilon phi varphi chi psi omega "
    "digamma Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega aleph beth gimel daleth "
    "ell hbar hslash imath jmath wp Re Im partial nabla infty emptyset varnothing"
)
_SIGNS = (
    "pm mp times div cdot ast star circ bullet cap cup uplus sqcap sqcup vee wedge lor land lnot "
    "neg oplus ominus otimes oslash odot dagger ddagger amalg setminus wr diamond bigcirc "
    "bigtriangleup bigtriangledown triangle triangleleft triangleright triangleq square Box "
    "blacksquare leq le geq ge leqslant geqslant ll gg lll ggg equiv sim simeq cong approx "
    "approxeq neq ne propto asymp doteq prec succ preceq succeq subset supset subseteq supseteq "
    "subsetneq supsetneq nsubseteq sqsubseteq sqsupseteq in notin ni owns mid nmid parallel perp "
    "vdash dashv models top bot forall exists nexists angle measuredangle prime backprime flat "
    "natural sharp clubsuit diamondsuit heartsuit spadesuit degree checkmark surd therefore "
    "because complement to gets leftarrow rightarrow leftrightarrow Leftarrow Rightarrow "
    "Leftrightarrow uparrow downarrow updownarrow Uparrow Downarrow mapsto longmapsto "
    "longleftarrow longrightarrow longleftrightarrow Longleftarrow Longrightarrow "
    "Longleftrightarrow hookleftarrow hookrightarrow nearrow searrow swarrow nwarrow leadsto iff "
    "implies impliedby rightharpoonup rightharpoondown leftharpoonup leftharpoondown "
    "rightleftharpoons xrightarrow xleftarrow ldots cdots vdots ddots dots dotsc dotsb dotsm "
    "dotsi colon quad qquad enspace thinspace backslash vert Vert lvert rvert lVert rVert langle "
    "rangle lfloor rfloor lceil rceil lbrace rbrace lbrack rbrack lgroup rgroup"
)
_OPERATORS = (
    "sum prod coprod int iint iiint oint bigcap bigcup bigsqcup bigvee bigwedge bigodot bigotimes "
    "bigoplus biguplus lim limsup liminf sup inf max min arg det dim ker deg gcd hom exp log ln "
    "lg Pr sin cos tan cot sec csc sinh cosh tanh coth arcsin arccos arctan bmod pmod mod pod "
    "operatorname limits nolimits displaylimits"
)
_FORMS = (
    "frac dfrac tfrac cfrac binom dbinom tbinom over choose atop sqrt root of left right middle "
    "big Big bigg Bigg bigl bigr bigm Bigl Bigr Bigm biggl biggr biggm Biggl Biggr Biggm hat "
    "widehat tilde widetilde bar vec dot ddot dddot acute grave breve check mathring overline "
    "underline overbrace underbrace overrightarrow overleftarrow overset underset stackrel "
    "substack sideset boxed cancel phantom hphantom vphantom smash text textrm textbf textit "
    "textsf texttt textnormal mathrm mathbf mathit mathsf mathtt mathcal mathscr mathfrak mathbb "
    "mathnormal boldsymbol bm pmb rm bf it sf tt cal displaystyle textstyle scriptstyle "
    "scriptscriptstyle tiny small normalsize large Large begin end hline cr tag notag nonumber "
    "not space mathop mathbin mathrel mathord mathopen mathclose mathpunct mathinner"
)
COMMANDS = frozenset(f"{_LETTERS} {_SIGNS} {_OPERATORS} {_FORMS}".split())

MAX_BACKSLASHES = 5000  # what takes a command apart makes a page longer

# A pair, as the end of a line in a matrix, is no beginning of the command that seems to follow.
_TAG_OR_COMMAND = re.compile(r"<[^<>]*>|\\([A-Za-z]+)|\\[^<]", re.DOTALL)
# No formula reaches past a tag; it is not seen, and not in what is copied.
_APART = r"\<span></span>"
_LOOKS_LIKE_ONE = "\N{FULLWIDTH REVERSE SOLIDUS}"


def only_known(page: str) -> str:
    """Return HTML in which no formula has a command that is not in `COMMANDS`.

    Parameters
    ----------
    page
        HTML in whose text no letter and no backslash is spelled as an entity.
    """
    if page.count("\\") > MAX_BACKSLASHES:
        return page.replace("\\", _LOOKS_LIKE_ONE)
    return _TAG_OR_COMMAND.sub(_kept_or_apart, page)


def _kept_or_apart(match: re.Match[str]) -> str:
    name = match[1]
    return match[0] if name is None or name in COMMANDS else f"{_APART}{name}"
