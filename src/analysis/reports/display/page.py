"""What a notebook puts on its page: headings, sentences, tables and figures, all escaped, each with its data as CSV."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pandas as pd

from analysis import paths
from analysis.reports.display import provenance, trail, words
from analysis.reports.display.csv_files import write_csv
from analysis.reports.display.render import TRUSTED
from analysis.reports.display.rows import rows
from analysis.reports.display.withheld import typed, with_words
from analysis.survey.estimates import round12

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STATES = ("real", "printed", "mixed", "synthetic")
_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")


class Result(Protocol):
    """What a stage hands on: its data and its estimate records."""

    @property
    def data(self) -> pd.DataFrame:
        """The data the next stage reads."""

    @property
    def estimates(self) -> pd.DataFrame:
        """The estimate records of the stage."""


@dataclass(frozen=True)
class Page:
    """One report: a stage of a wave (`all` for stages over all waves) in one language, and the kind of its data.

    `state` is one of STATES; synthetic data are named so in every title and file name. Nothing
    reaches the page unescaped. `withheld`: missing numbers of its tables are such as must not be told, and say so.
    Raises ValueError for an unknown stage, language or state.
    """

    stage: str
    wave: str
    language: str = "en"
    state: str = "real"
    withheld: bool = False

    def __post_init__(self) -> None:
        """Refuse what no page can be made for."""
        for value, allowed in (
            (self.stage, tuple(paths.STAGE_NUMBERS)),
            (self.language, words.LANGUAGES),
            (self.state, STATES),
        ):
            if value not in allowed:
                raise ValueError(f"{value!r} is not one of {', '.join(allowed)}")

    def heading(self, key: str, **values: object) -> None:
        """A section's heading, listed in the contents; its id is made from the key, so links to it stay."""
        self._show(f'<h2 id="{_identifier(key)}">{escape(self._say(key, values))}</h2>')

    def subheading(self, key: str, *, anchor: str = "", **values: object) -> None:
        """A heading within a section; `anchor` tells headings of one key apart."""
        self._show(f'<h3 id="{_identifier(f"{key} {anchor}")}">{escape(self._say(key, values))}</h3>')

    def say(self, key: str, **values: object) -> None:
        """One paragraph: a sentence of the catalogue with its values."""
        self.sentences([self._say(key, values)])

    def sentences(self, texts: list[str]) -> None:
        """Ready sentences, a paragraph each."""
        self._show("".join(f"<p>{escape(text)}</p>" for text in texts))

    def linked(self, texts: list[tuple[str, str, str]]) -> None:
        """Sentences that end in a link: text, address from the first page of the site, words of the link."""
        top = "" if self.stage == "overview" else "../"
        on_site, in_lab = (
            "".join(f'<p>{escape(t)} <a href="{escape(root + to)}">{escape(link)}</a></p>' for t, to, link in texts)
            for root in (top, "../outputs/site/")
        )
        self._show(on_site, in_lab)

    def callout(self, key: str, **values: object) -> None:
        """One short sentence that readers must not miss, set apart."""
        self._show(f'<p class="callout">{escape(self._say(key, values))}</p>')

    def text(self, key: str, **values: object) -> str:
        """A sentence or term of the catalogue in the page's language, for captions, titles and labels."""
        return self._say(key, values)

    def labels(self, prefix: str, columns: pd.Index) -> dict[str, str]:
        """Headers for a table: the catalogue's `prefix.column` for each of its columns."""
        return {str(column): self.text(f"{prefix}.{column}") for column in columns}

    def table(
        self,
        frame: pd.DataFrame,
        *,
        name: str,
        caption: str,
        formats: Mapping[str, str] | None = None,
        labels: Mapping[str, str] | None = None,
        source: str,
        base: str | None = None,
        note: str | None = None,
        folded: bool = False,
        records: pd.DataFrame | None = None,
    ) -> None:
        """A table with caption, header cells and source; its rows as they are go to a CSV file that it links to.

        The first column heads the rows. `formats` gives a column its format (see words.SPECIFICATIONS), `labels` its
        header; without them whole numbers are counts and other numbers get one decimal. Missing values are words.
        A `folded` table, for long lists, shows its caption and opens at a click, also without JavaScript. `records`
        are the estimate records of what it shows, and of nothing that it hides: where its numbers come from. Raises
        ValueError for a format or label of a column that is not there, or a name that is no file name.
        """
        strange = sorted((set(formats or {}) | set(labels or {})) - set(frame.columns))
        if strange:
            raise ValueError(f"table {name!r} has no column {strange[0]!r}")
        title = self._title(caption)
        frame = typed(frame) if self.withheld else frame
        body = rows(frame, formats or {}, labels or {}, language=self.language, withheld=self.withheld)
        region = escape(words.say("table.region", language=self.language, caption=title))
        empty = "" if len(frame) else f"<p>{escape(self._say('table.none', {}))}</p>"
        fold = (f'<details class="fold"><summary>{escape(title)}</summary>', "</details>")
        before, after = fold if folded else ("", "")
        self._show_with_data(
            f'<figure class="table" id="{self._anchor(name)}">{before}'
            f'<div class="scroll" tabindex="0" role="region" aria-label="{region}">'
            f"<table><caption><span>{escape(title)}</span></caption>{body}</table></div>{empty}"
            f"{self._foot(source, base, note)}{self._trail(records)}{after}</figure>",
            frame=frame,
            name=name,
            title=title,
        )

    def figure(
        self,
        figure: "Figure",
        *,
        name: str,
        title: str,
        alt: str,
        data: pd.DataFrame,
        source: str,
        base: str,
        note: str | None = None,
        records: pd.DataFrame | None = None,
    ) -> None:
        """A figure under a title that says its finding, with the same in words, base, source and data as CSV.

        `records` are the estimate records behind it, as those of a table. Raises ValueError when a text is empty.
        """
        from analysis.reports.display.svg import to_svg

        for part, text in {"title": title, "alt": alt, "source": source, "base": base}.items():
            if not text.strip():
                raise ValueError(f"figure {name!r} needs its {part}")
        identifier = self._anchor(name)
        full = self._title(title)
        self._show_with_data(
            f'<figure class="chart" id="{identifier}"><figcaption>{escape(full)}</figcaption>'
            f"{to_svg(figure, name=identifier, alt=self._title(alt))}"
            f"{self._foot(source, base, note)}{self._trail(records)}</figure>",
            frame=data,
            name=name,
            title=full,
        )

    def save(self, result: Result) -> None:
        """Hand on the stage's data and estimates (floats of 12 significant digits) and say so in one line.

        Raises ValueError for numbers from synthetic answers that are not named so, and the other way round.
        """
        self._check_label(result.estimates)
        # A page may have nothing to tabulate; the folder is an output all the same.
        paths.tables(self.stage, self.wave, base=paths.staging()).mkdir(parents=True, exist_ok=True)
        # Each estimate says which code and which inputs it came from.
        traced = result.estimates.assign(**provenance.hashes(self.stage, self.wave))
        data = result.data.assign(data="synthetic") if self.state == "synthetic" else result.data
        for frame, place in ((data, paths.processed), (traced, paths.estimates_part)):
            self._write_parquet(round12(frame), place(self.stage, self.wave, base=paths.staging()))
        counts = {"n": len(result.data), "estimates": len(result.estimates)}
        key = "data.saved" if counts["estimates"] else "data.saved.rows"
        self._show(f'<p class="saved">{escape(self._say(key, counts))}</p>')

    def _check_label(self, estimates: pd.DataFrame) -> None:
        """Estimates from answers carry the label of the page: what is synthetic never goes out as observed."""
        labels = set(estimates.get("source", ())) & {"observed", "synthetic"}
        allowed = {"synthetic": {"synthetic"}, "real": {"observed"}, "printed": set()}.get(self.state, labels)
        if not labels <= allowed:
            wrong = sorted(labels - allowed)[0]
            raise ValueError(f"estimates of the source {wrong!r} on a page of state {self.state!r}")

    def _write_parquet(self, frame: pd.DataFrame, file: Path) -> None:
        """Write a file in one step: the languages of a stage run side by side and must agree to the byte.

        Raises ValueError when another language of the same run has written other numbers.
        """
        file.parent.mkdir(parents=True, exist_ok=True)
        own = file.with_name(f".{self.language}.{file.name}")
        frame.to_parquet(own, index=False)
        if paths.staging() != paths.root() and file.exists() and file.read_bytes() != own.read_bytes():
            raise ValueError(f"{file.name} differs between the languages of {self.stage}")
        own.replace(file)

    def _say(self, key: str, values: Mapping[str, object]) -> str:
        return words.say(key, language=self.language, **values)

    def _title(self, text: str) -> str:
        if self.state != "synthetic":
            return text
        return words.say("state.synthetic.title", language=self.language, title=text)

    def _foot(self, source: str, base: str | None, note: str | None) -> str:
        parts = {"figure.base": ("base", base), "figure.source": ("source", source), "figure.note": ("note", note)}
        lines = [
            f"<span>{escape(self._say(key, {field: text}))}</span>" for key, (field, text) in parts.items() if text
        ]
        return f'<p class="foot">{" ".join(lines)} {_DATA_LINK}</p>'

    def _trail(self, records: pd.DataFrame | None) -> str:
        return "" if records is None else trail.markup(records, language=self.language)

    def _show_with_data(self, markup: str, *, frame: pd.DataFrame, name: str, title: str) -> None:
        """Write the rows to CSV and show the markup with a link to them: one for the site, one for JupyterLab."""
        if not _NAME.match(name):
            raise ValueError(f"{name!r} is no name for a file; use small letters, digits and underscores")
        # English files keep the plain name; another language's rows may hold its own words and get its code.
        suffix = "" if self.language == "en" else f".{self.language}"
        file = f"{self._kind()}{name}{suffix}.csv"
        target = paths.tables(self.stage, self.wave, base=paths.staging()) / file
        told = with_words(typed(frame), language=self.language) if self.withheld else frame
        write_csv(told.assign(data="synthetic") if self.state == "synthetic" else told, target)
        lab = f"../outputs/tables/{self.wave}/{paths.stage_file(self.stage)}"
        on_site, in_lab = (self._link(f"{folder}/{file}", title) for folder in (paths.page_data(self.stage), lab))
        self._show(markup.replace(_DATA_LINK, on_site), markup.replace(_DATA_LINK, in_lab))

    def _kind(self) -> str:
        """What a file of the page of a wave holds: printed figures may be published whatever was promised."""
        return {"synthetic": "SYNTHETIC_", "printed": "" if self.wave == "all" else "PRINTED_"}.get(self.state, "")

    def _anchor(self, name: str) -> str:
        """The id of a table or figure: no heading has it, and no table of another kind of data with the same name."""
        return _identifier(f"data {self._kind()}{name}")

    def _link(self, address: str, title: str) -> str:
        text = f'{escape(self._say("data.link", {}))}<span class="hidden">: {escape(title)}</span>'
        return f'<a class="csv" href="{address}" download>{text}</a>'

    def _show(self, markup: str, lab: str | None = None) -> None:
        from IPython.display import display

        # The overview is the index at the top of the site, other pages lie a level down.
        top = "" if self.stage == "overview" else "../"
        shown = {TRUSTED: markup.replace(trail.SITE, top)}
        display(shown | {"text/html": (lab or markup).replace(trail.SITE, "../outputs/site/")}, raw=True)


_DATA_LINK = "<!--data-->"


def _identifier(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
