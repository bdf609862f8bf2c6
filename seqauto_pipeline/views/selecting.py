"""From what a person asks a list for to the selection it means; unknown words are refused."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

from seqauto_pipeline.core.display import shown
from seqauto_pipeline.core.near_words import did_you_mean
from seqauto_pipeline.db.queries.files import file_types
from seqauto_pipeline.db.queries.ledger import run_states_at
from seqauto_pipeline.db.queries.runs import known_kits, run_names, runs_alike
from seqauto_pipeline.db.queries.selection import Selection
from seqauto_pipeline.db.queries.sheets import known_projects, names_of_sample, sample_names
from seqauto_pipeline.views.finding import NotFoundError, runs_called, unknown_run
from seqauto_pipeline.views.known_layouts import known_layouts
from seqauto_pipeline.views.moments import scan_before
from seqauto_pipeline.views.open_models import OpenModels


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list was asked for, in a person's words. An empty tuple or None does not narrow it."""

    runs: tuple[str, ...] = ()  # names, parts of them, flowcells, paths
    kits: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()
    samples: tuple[str, ...] = ()  # names or ids
    types: tuple[str, ...] = ()
    states: tuple[str, ...] = ()  # of what the list has
    flags: tuple[str, ...] = ()
    since: str | None = None  # a scan, day or time

    @property
    def narrows(self) -> bool:
        return self != Asked()


def selection_of(models: OpenModels, asked: Asked) -> Selection:
    """Look up what a list of files was asked for; raise NotFoundError for unknown words."""
    session = models.session
    return Selection(
        runs=_runs(models, asked.runs) if asked.runs else None,
        kits=_known("kit", asked.kits, known_kits(session)) if asked.kits else (),
        projects=_known("project", asked.projects, known_projects(session))
        if asked.projects
        else (),
        samples=_samples(models, asked.samples),
        types=_types(models, asked.types) if asked.types else (),
        states=asked.states,
        flags=asked.flags,
        since=None if asked.since is None else scan_before(models, asked.since),
        archive=models.archive,
    )


def run_selection_of(models: OpenModels, asked: Asked, as_of: int | None = None) -> Selection:
    """The same for a list of runs, where the states are those of the runs.

    ``as_of``: a scan. It had to know the runs, and their states are those that it left.
    """
    chosen = selection_of(models, asked)
    if as_of is None:
        return replace(chosen, states=(), run_states=chosen.states)
    then = tuple(run_states_at(models.session, as_of, chosen.states))
    runs = then if chosen.runs is None else tuple(each for each in chosen.runs if each in then)
    return replace(chosen, states=(), runs=runs)


def known_names(models: OpenModels, what: str) -> tuple[str, ...]:
    """List the names of one kind: ``run``, ``kit``, ``project``, ``sample`` or ``type``."""
    reading: Mapping[str, Callable[[OpenModels], tuple[str, ...]]] = {
        "run": lambda models: run_names(models.session),
        "kit": lambda models: known_kits(models.session),
        "project": lambda models: known_projects(models.session),
        "sample": lambda models: sample_names(models.session),
        "type": lambda models: file_types(models.session),
    }
    return tuple(sorted(reading[what](models)))


def _runs(models: OpenModels, texts: tuple[str, ...]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(run_id for text in texts for run_id in _runs_like(models, text)))


def _runs_like(models: OpenModels, text: str) -> tuple[int, ...]:
    called = tuple(run.id for run in runs_called(models, text))
    found = called or (runs_alike(models.session, text) if text.isprintable() else ())
    if not found:
        raise NotFoundError(unknown_run(models, text))
    return found


def _known(what: str, words: tuple[str, ...], known: Collection[str]) -> tuple[str, ...]:
    return tuple(_known_word(what, word, known) for word in words)


def _known_word(what: str, word: str, known: Collection[str]) -> str:
    """Give a word as it is stored, whatever its case; refuse one that nothing is called."""
    if word in known:
        return word
    alike = [each for each in known if each.casefold() == word.casefold()]
    if alike:
        return alike[0]
    listed = f". Known {what}s: {', '.join(map(shown, sorted(known))) or 'none'}."
    raise NotFoundError(f"No {what} is called {shown(word)!r}{did_you_mean(word, known, listed)}")


def _samples(models: OpenModels, words: tuple[str, ...]) -> tuple[str, ...]:
    names: dict[str, None] = {}
    for word in words:
        found = names_of_sample(models.session, word) if word.isprintable() else ()
        if not found:
            hint = did_you_mean(word, sample_names(models.session), ".")
            raise NotFoundError(f"No sample has the name or id {shown(word)!r}{shown(hint)}")
        names.update(dict.fromkeys(found))
    return tuple(names)


def _types(models: OpenModels, words: tuple[str, ...]) -> tuple[str, ...]:
    """A type that a layout in force names is known, though no file of it may be on record."""
    stored = file_types(models.session)
    of_layouts = {
        each.name for layout in known_layouts(models.settings) for each in layout.file_types
    }
    listed = stored or tuple(of_layouts)
    return tuple(
        word if word in of_layouts else _known_word("file type", word, listed) for word in words
    )
