"""Reads the estimate ids back from the trails of a page."""

import re
from collections.abc import Iterator
from html import unescape

TRAIL = re.compile(r'<details class="trail">.*?</details>', re.DOTALL)
_VARYING = re.compile(r"<i>(\w+)</i>")
_VALUES = re.compile(r"<li><i>(\w+)</i>: (.*?)</li>")


def listed_ids(trail: str) -> list[str]:
    """The ids that a trail lists one by one, put together again."""
    begin = re.search(r"<dd>[^<]* <code>([^<]*:)</code><ul>", trail)
    ids = re.findall(r"<li><code>([^<]*:[^<]*)</code></li>", trail)
    return [unescape((begin[1] if begin else "") + rest) for rest in ids]


def patterns(trail: str) -> Iterator[re.Pattern[str]]:
    """What the ids of a trail look like, after a colon, that tells them by the values of their parts."""
    found = re.search(r"<dd><code>(.*?)</code><ul>(<li><i>.*?)</ul>", trail)
    if found:
        values = {
            column: [re.escape(unescape(one)) for one in re.findall(r"<code>(.*?)</code>", said)]
            for column, said in _VALUES.findall(found[2])
        }
        parts = []
        for part in re.split(r":(?=<i>)|(?<=</i>):", found[1]):
            column = _VARYING.fullmatch(part)
            parts.append(f"(?::(?:{'|'.join(values[column[1]])}))?" if column else ":" + re.escape(unescape(part)))
        yield re.compile("".join(parts))
