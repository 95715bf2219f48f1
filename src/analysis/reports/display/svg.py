"""A matplotlib figure as inline SVG that follows the light and dark scheme of its page."""

import html
import io
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# The colours as drawn are those of the light scheme; in the SVG each becomes a CSS variable with this fallback.
COLOURS = {
    "ink": "#1b2430",
    "muted": "#55606e",
    "grid": "#d9dee5",
    "paper": "#fefefe",
    "c1": "#1f5a99",
    "c2": "#b3541e",
    "c3": "#2f7d5b",
    "c4": "#7a4a9e",
}
# `parse_math`: a dollar sign in a label is a dollar sign, not the beginning of a formula.
DETERMINISTIC: dict[Any, Any] = {"svg.fonttype": "none", "svg.hashsalt": "analysis", "text.parse_math": False}


def to_svg(figure: "Figure", *, name: str, alt: str) -> str:
    """A figure as inline SVG: no clock, no style sheet of its own, no id that another figure has, colours as variables.

    `alt` says the figure in words to those who do not see it. The same figure gives the same bytes.
    """
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    target = io.StringIO()
    with mpl.rc_context(DETERMINISTIC):
        # `savefig` draws twice, once to lay out and once to write; one drawing lays out as it goes.
        FigureCanvasSVG(figure).print_svg(target, metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
    text = re.sub(r"^.*?(?=<svg)|<metadata>.*?</metadata>|<style.*?</style>|<defs>\s*</defs>|<!--.*?-->", "",
                  target.getvalue(), flags=re.DOTALL)  # fmt: skip
    used = set(re.findall(r'(?:href="#|url\(#)([^")]+)', text))
    # Only tags are rewritten: what is drawn as text, such as a name with quotes in it, stays as it is.
    text = re.sub(r"<[^>]+>", lambda tag: _rewritten(tag.group(), name=name, used=used), text)
    view = re.search(r'viewBox="([^"]+)"', text)
    if view is None:
        raise ValueError("matplotlib wrote an SVG without a viewBox")
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view.group(1)}" role="img" aria-label="{html.escape(alt)}" '
        'stroke-linejoin="round" stroke-linecap="butt">'
    )
    return re.sub(r"\n\s*", "\n", re.sub(r"<svg[^>]*>", lambda _: head, text, count=1)).strip()


def _attributes(match: re.Match[str]) -> str:
    """A style attribute as presentation attributes, which no content security policy has to allow."""
    found = []
    for part in html.unescape(match.group(1)).split(";"):
        name, _, value = (piece.strip() for piece in part.partition(":"))
        if name == "font":
            size = re.search(r"([\d.]+)px", value)
            weight = re.search(r"\b(bold|[1-9]00)\b", value)
            found += [("font-size", size.group(1))] if size else []
            found += [("font-weight", weight.group(1))] if weight else []
        elif name:
            found.append((name, value))
    return "".join(f' {name}="{html.escape(value)}"' for name, value in found)


def _rewritten(tag: str, *, name: str, used: set[str]) -> str:
    """A tag without style; ids that are referred to get the figure's name in front, all others go."""
    tag = re.sub(r'\sstyle="([^"]*)"', _attributes, tag)
    tag = re.sub(r'\sid="([^"]+)"', lambda m: f' id="{name}-{m[1]}"' if m[1] in used else "", tag)
    tag = re.sub(r'xlink:href="#', 'href="#', tag)
    tag = re.sub(r'(href="#|url\(#)([^")]+)', lambda m: f"{m[1]}{name}-{m[2]}", tag)
    for variable, colour in COLOURS.items():
        tag = tag.replace(f'"{colour}"', f'"var(--{variable},{colour})"')
    return tag
