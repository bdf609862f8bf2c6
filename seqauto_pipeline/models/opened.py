"""The models of one installation, open to be read."""

import datetime as dt
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Unpack

import pandas as pd

from seqauto_pipeline.core.archived import Archive
from seqauto_pipeline.core.data_state import DataState, RunState
from seqauto_pipeline.core.problems import Severity
from seqauto_pipeline.db.look.session import open_to_read, sqlite_file_of
from seqauto_pipeline.db.queries import tables
from seqauto_pipeline.db.queries.messages import message_codes
from seqauto_pipeline.db.schema_check import require_current_schema
from seqauto_pipeline.db.session import read_session
from seqauto_pipeline.errors import SchemaError, SettingsError
from seqauto_pipeline.models.choices import (
    Choice,
    FileChoice,
    MessageChoice,
    RunChoice,
    Since,
    Words,
    asked_for,
    require_known,
    since_words,
    words_of,
)
from seqauto_pipeline.models.frames import data_frame, with_archived
from seqauto_pipeline.settings import (
    HOME_VARIABLE,
    Settings,
    archive_rules,
    database_url_for,
    load_settings,
    zone_for,
)
from seqauto_pipeline.views.moments import scan_before
from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline.views.selecting import run_selection_of, selection_of


@dataclass(frozen=True, slots=True)
class Models:
    """Reads the file models. Each call reads them as they are then, and leaves nothing open."""

    home: Path
    settings: Settings
    url: str

    def __repr__(self) -> str:
        return f"Models(home={str(self.home)!r})"  # not the URL, which may hold a password

    def sequencing_runs(self, **choice: Unpack[RunChoice]) -> pd.DataFrame:
        """Give a row for each sequencing run, newest first; hidden and deleted ones, too."""
        asked = asked_for(choice, RunChoice, RunState)
        with self._reading() as models:
            return data_frame(tables.run_table(models.session, run_selection_of(models, asked)))

    def samples(self, **choice: Unpack[Choice]) -> pd.DataFrame:
        """Give a row for each row of the current sheets: a sample in three lanes has three."""
        asked = asked_for(choice, Choice, ())
        with self._reading() as models:
            return data_frame(tables.sample_table(models.session, selection_of(models, asked)))

    def files(self, *, with_retired: bool = False, **choice: Unpack[FileChoice]) -> pd.DataFrame:
        """Give a row for each expected file; retired ones, of no current sheet, when asked for."""
        asked = asked_for(choice, FileChoice, DataState)
        with self._reading() as models:
            chosen = selection_of(models, asked)
            found = tables.file_table(models.session, chosen, with_retired=with_retired)
            today = models.now.astimezone(models.zone).date()
        return with_archived(data_frame(found), Archive(archive_rules(self.settings), today))

    def unaligned_reads(self, **choice: Unpack[Choice]) -> pd.DataFrame:
        """Give a row for each sample and lane: its R1 and R2, and the worse state of the two."""
        asked = asked_for(choice, Choice, ())
        with self._reading() as models:
            chosen = selection_of(models, asked)
            return data_frame(tables.unaligned_reads_table(models.session, chosen))

    def qc(self, **choice: Unpack[Choice]) -> pd.DataFrame:
        """Give a row for each figure of the exec summaries."""
        asked = asked_for(choice, Choice, ())
        with self._reading() as models:
            return data_frame(tables.figure_table(models.session, selection_of(models, asked)))

    def messages(
        self,
        *,
        severity: Words = None,
        code: Words = None,
        with_closed: bool = False,
        **choice: Unpack[MessageChoice],
    ) -> pd.DataFrame:
        """Give a row for each open message, newest first; closed and acknowledged, when asked for.

        Narrowed by run, kit or flag, those that are about no run are left out.
        """
        asked = asked_for(choice, MessageChoice, ())
        wanted = tables.MessageKinds(words_of(severity), words_of(code), with_closed)
        require_known("severity", wanted.severities, tuple(Severity))
        with self._reading() as models:
            require_known("message code", wanted.codes, message_codes(models.session))
            chosen = selection_of(models, asked)
            return data_frame(tables.message_table(models.session, chosen, wanted, models.now))

    def scans(self, *, since: Since = None) -> pd.DataFrame:
        """Give a row for each scan that reached the models, most recent first."""
        with self._reading() as models:
            after = 0 if since is None else scan_before(models, since_words(since))
            return data_frame(tables.scan_table(models.session, after))

    @contextmanager
    def _reading(self) -> Iterator[OpenModels]:
        file = sqlite_file_of(self.url)
        if file is not None and not file.exists():
            raise SchemaError(str(file), "is not there", "Scan the disks first: `seqauto scan`.")
        with open_to_read(self.url) as engine:
            require_current_schema(engine)
            with read_session(engine) as session:
                zone = zone_for(self.settings)
                yield OpenModels(session, self.home, self.settings, zone, dt.datetime.now(dt.UTC))


def open_models(home: str | os.PathLike[str] | None = None, *, url: str | None = None) -> Models:
    """Open the models of a home, else of ``DAGSTER_HOME``; with a URL, those of that database.

    A URL is SQLAlchemy's: ``postgresql+psycopg2://USER@HOST/NAME``, ``sqlite:////path/to/file``.
    Settings are the home's; without a home, as when all are left at their defaults.
    """
    named = os.fspath(home) if home is not None else os.environ.get(HOME_VARIABLE)
    if named is None and url is None:
        raise SettingsError(HOME_VARIABLE, "it is not set, and neither a home nor a URL is given")
    if named is None:
        return Models(Path(), Settings(), url or "")
    place = Path(named).absolute()
    settings = load_settings({**os.environ, HOME_VARIABLE: str(place)})
    return Models(place, settings, url or database_url_for(settings, place))
