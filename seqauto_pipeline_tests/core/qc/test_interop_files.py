import pytest

from seqauto_pipeline.core.qc.interop_files import InteropFile


@pytest.mark.parametrize(
    ("name", "head", "size", "too_many"),
    [
        ("TileMetricsOut.bin", b"\x02\x0a", 2 + 10 * 7, 0),
        ("TileMetricsOut.bin", b"\x02\x0a", 2 + 10 * 7 + 3, 3),
        ("TileMetricsOut.bin", b"\x03\x0f\x00\x00\x00\x00", 6 + 15 * 4, 0),
        ("TileMetricsOut.bin", b"\x03\x0f\x00\x00\x00\x00", 6 + 15 * 4 - 1, 14),
        ("QMetricsOut.bin", b"\x04\xce", 2 + 206, 0),
        ("QMetricsOut.bin", b"\x06\x22\x01\x07" + b"\x00" * 21, 4 + 21 + 34 * 2, 0),
        ("QMetricsOut.bin", b"\x06\x22\x01\x07" + b"\x00" * 21, 4 + 21 + 34 * 2 + 5, 5),
        ("QMetricsOut.bin", b"\x06\x22\x00", 3 + 34, 0),
        ("QMetricsOut.bin", b"\x06\x22", 2, 0),
        ("TileMetricsOut.bin", b"\x02\x00", 77, 0),
        ("TileMetricsOut.bin", b"", 0, 0),
        ("IndexMetricsOut.bin", b"\x01\x05", 77, 0),
    ],
)
def test_bytes_after_the_last_whole_record(name: str, head: bytes, size: int, too_many: int):
    assert InteropFile(name, size, head).bytes_too_many == too_many
