"""Templates and assets: how a page is written. What stands on it is others' to say."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from importlib.resources import files

import msgspec
from jinja2 import BaseLoader, DictLoader, Environment, StrictUndefined
from markupsafe import Markup

from seqauto_pipeline.core.display import shown
from seqauto_pipeline.report.cells import legend
from seqauto_pipeline.report.figures import figure_words
from seqauto_pipeline.report.names import ASSETS, DATA

_PACKAGE = "seqauto_pipeline.report"


@dataclass(frozen=True)
class Site:
    """What all pages of one report have in common."""

    zone: str
    web_ui: str  # URL; "" where none is wanted
    templates: Mapping[str, str]
    css: str
    js: str

    @cached_property
    def version(self) -> str:
        """Sum up program, templates and assets: files that belong together carry it."""
        parts = (version("seqauto-pipeline"), self.css, self.js, *self.templates.values())
        return hashlib.blake2b("\0".join(parts).encode(), digest_size=5).hexdigest()

    @property
    def stylesheet(self) -> str:
        return f"{ASSETS}/report-{self.version}.css"

    @property
    def script(self) -> str:
        return f"{ASSETS}/report-{self.version}.js"

    @property
    def about(self) -> str:
        return self.data_of("about")

    @property
    def runs(self) -> str:
        return self.data_of("runs")

    @property
    def samples(self) -> str:
        return self.data_of("samples")

    def data_of(self, name: str) -> str:
        """Name a file of data. Another program gives it another name, since it may read it so."""
        return f"{DATA}/{name}-{self.version}.js"

    @cached_property
    def legend(self) -> tuple[tuple[str, str, str], ...]:
        return legend()


def load_site(zone: str, web_ui: str) -> Site:
    """Read templates and assets out of the package."""
    return Site(
        zone=zone,
        web_ui=web_ui,
        templates=dict(sorted(_texts("templates", ".html").items())),
        css="".join(_in_order("assets", ".css")),
        js=f'"use strict";\n(function () {{\n{"".join(_in_order("assets", ".js"))}}})();\n',
    )


def _texts(directory: str, suffix: str) -> dict[str, str]:
    return {
        each.name: each.read_text(encoding="utf-8")
        for each in files(_PACKAGE).joinpath(directory).iterdir()
        if each.name.endswith(suffix)
    }


def _in_order(directory: str, suffix: str) -> list[str]:
    return [text for _, text in sorted(_texts(directory, suffix).items())]


class Renderer:
    """Writes pages. All that a template prints is escaped: for people, and then for HTML."""

    def __init__(self, site: Site, written: str) -> None:
        self._site, self._written = site, written
        self._environment = environment(DictLoader(site.templates))

    def page(self, template: str, here: str, up: str = "", **values: object) -> str:
        """Write a page. ``up``: from its directory to the report's, such as ``../``."""
        made = self._environment.get_template(template)
        return made.render(site=self._site, written=self._written, here=here, up=up, **values)

    def fingerprint(self, page: bytes) -> str:
        """Sum up what a page says, but for when it was written."""
        told = page.replace(self._written.encode(), b"")
        return hashlib.blake2b(told, digest_size=8).hexdigest()


def environment(loader: BaseLoader) -> Environment:
    made = Environment(
        loader=loader,
        autoescape=True,
        finalize=_harmless,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["figure"] = figure_words
    return made


def _harmless(value: object) -> object:
    """Show what would be hidden or obeyed in text, whatever it comes from."""
    return shown(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def data_script(target: str, value: object) -> bytes:
    """Write a value as a script that assigns it: pages from disk can load nothing else.

    Without ``<``: it could stand inside a page as well.
    """
    text = msgspec.json.encode(value).replace(b"<", b"\\u003c")
    return b"%b=%b;\n" % (target.encode(), text)
