"""The columns of a table of samples: which field of a sample each one holds."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from seqauto_pipeline.core.sheet.words import word

# The words (see ``word``) of each field's column, and those that do where none of them is there
FIELD_WORDS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = MappingProxyType(
    {
        "fcid": (("fcid",), ()),
        "lane": (("lane",), ("lanes", "lanenumber")),
        "sample_id": (("sampleid",), ()),
        "sample_name": (("samplename",), ()),
        "sample_project": (("sampleproject",), ("project",)),
        "index": (("index",), ("index1", "indexi7", "i7index", "indexsequence")),
        "index2": (("index2",), ("indexi5", "i5index", "index2sequence")),
        "failed": (("failed",), ()),
        "override_cycles": (("overridecycles",), ()),
        "mismatches1": (("barcodemismatchesindex1",), ()),
        "mismatches2": (("barcodemismatchesindex2",), ()),
    }
)


def field_places(columns: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """Find the columns of each field that has any; several where the sheet repeats one."""
    words = [word(column) for column in columns]
    places = {}
    for field, alternatives in FIELD_WORDS.items():
        for accepted in alternatives:
            here = tuple(place for place, each in enumerate(words) if each in accepted)
            if here:
                places[field] = here
                break
    return places
