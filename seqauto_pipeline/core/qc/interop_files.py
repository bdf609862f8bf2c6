"""What can be said of an InterOp file by its first bytes and its size.

A file that was cut off is read by Illumina's library up to its last whole record, without a word:
half of the tiles would pass for all of them.

Source: the formats in https://github.com/Illumina/interop/tree/master/interop/model/metrics.
"""

from collections.abc import Mapping
from dataclasses import dataclass

HEAD_BYTES = 1024  # the longest header: 255 quality bins of 3 bytes each
_VERSION_AND_LENGTH = 2  # bytes: the version of the format, the length of a record
_AREA = 4  # bytes: of a tile, in mm², before the first record
_CHANNELS = 1  # byte: how many there are

# Bytes before the first record, by name and version; a format that is not here is not judged.
_HEADERS: Mapping[tuple[str, int], int] = {
    ("TileMetricsOut.bin", 2): _VERSION_AND_LENGTH,
    ("TileMetricsOut.bin", 3): _VERSION_AND_LENGTH + _AREA,
    ("QMetricsOut.bin", 4): _VERSION_AND_LENGTH,
    ("ExtractionMetricsOut.bin", 2): _VERSION_AND_LENGTH,
    ("ExtractionMetricsOut.bin", 3): _VERSION_AND_LENGTH + _CHANNELS,
    ("CorrectedIntMetricsOut.bin", 2): _VERSION_AND_LENGTH,
    ("CorrectedIntMetricsOut.bin", 3): _VERSION_AND_LENGTH,
    ("ErrorMetricsOut.bin", 3): _VERSION_AND_LENGTH,
}
_VERSIONS_WITH_BINS = (5, 6, 7)  # of QMetricsOut.bin


@dataclass(frozen=True, slots=True)
class InteropFile:
    """One metrics file: its name, its size in bytes, and how it begins."""

    name: str
    size: int
    head: bytes  # the first HEAD_BYTES, or all where there are fewer

    @property
    def version(self) -> int | None:
        """The version of its format; None of an empty file."""
        return self.head[0] if self.head else None

    @property
    def bytes_too_many(self) -> int:
        """Bytes after the last whole record; 0 where that cannot be told."""
        header = self._header_bytes()
        record = self.head[1] if len(self.head) > 1 else 0
        if header is None or record == 0:
            return 0
        return max(self.size - header, 0) % record

    def _header_bytes(self) -> int | None:
        version = self.version
        if version is None:
            return None
        if self.name == "QMetricsOut.bin" and version in _VERSIONS_WITH_BINS:
            return self._header_with_bins()
        return _HEADERS.get((self.name, version))

    def _header_with_bins(self) -> int | None:
        if len(self.head) < 4:  # version, length, whether there are bins, how many
            return None
        return 4 + 3 * self.head[3] if self.head[2] else 3
