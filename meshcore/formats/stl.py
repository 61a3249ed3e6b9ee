"""STL, binary and ASCII.

Binary STL goes from the file straight to welded vertices, a block of faces at a time: neither the
file nor the unwelded triangles are ever in memory as a whole.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from meshcore.errors import ErrorCode, MeshError
from meshcore.formats.limits import Limits
from meshcore.formats.source import RawMesh, Source, corrupt
from meshcore.mesh import MeshWarning
from meshcore.units import stated_unit
from meshkernels.weld import weld_blocks

_HEADER = 84
_RECORD = 50  # normal 12, three points 36, attribute 2
_BLOCK_FACES = 4096  # raw block and its float64 points stay in the second-level cache


def read(source: Source, limits: Limits) -> RawMesh:
    """Read an STL file; whether it is binary is decided by its size, then by its first bytes."""
    head = source.head(512)
    count = int.from_bytes(head[80:84], "little")
    if len(head) >= _HEADER and _HEADER + _RECORD * count <= source.size and not _is_text(head):
        return _read_binary(source, head[:80], count, limits)
    if _is_text(head):
        raise corrupt("ASCII STL is not read yet.")
    if len(head) < _HEADER:
        raise corrupt(f"The file has {source.size} bytes; a binary STL has at least {_HEADER}.")
    raise corrupt(
        f"The STL claims {count:,} faces but has bytes for {(source.size - _HEADER) // _RECORD:,} only."
    )


def _is_text(head: bytes) -> bool:
    return b"\0" not in head and head.lstrip(b"\xef\xbb\xbf \t\r\n")[:5].lower() in (b"solid", b"facet")


def _read_binary(source: Source, header: bytes, count: int, limits: Limits) -> RawMesh:
    if count == 0:
        raise MeshError(ErrorCode.EMPTY_MESH, "The STL has no faces.")
    limits.check_faces(count)
    warnings = []
    extra = source.size - _HEADER - _RECORD * count
    if extra:
        warnings.append(
            MeshWarning("TRAILING_DATA", f"{extra:,} bytes after the last face of the STL were ignored.")
        )
    colors = _ColorFlag(b"COLOR=" in header)
    vertices, corners = weld_blocks(_blocks(source, count, colors), 3 * count)
    return RawMesh(
        vertices,
        corners.reshape(-1, 3),
        "STL Binary",
        unit=stated_unit(header.decode("latin-1")),
        has_colors=colors.seen,
        is_welded=True,
        warnings=tuple(warnings),
    )


class _ColorFlag:
    """Set by the block generator, which has no other way out for a flag."""

    def __init__(self, seen: bool) -> None:
        self.seen = seen


def _blocks(source: Source, count: int, colors: _ColorFlag) -> Iterator[NDArray[np.float64]]:
    """The corners of all faces as float64 (3n, 3) blocks in one buffer that is used again."""
    size = min(count, _BLOCK_FACES)
    raw = np.empty((size, _RECORD), np.uint8)
    points = np.empty((size, 9), np.float64)
    source.stream.seek(_HEADER)
    for start in range(0, count, size):
        n = min(size, count - start)
        if source.stream.readinto(raw[:n].data.cast("B")) != _RECORD * n:
            raise corrupt("The file ended while it was read.")
        points[:n] = np.ndarray((n, 9), "<f4", raw, 12, (_RECORD, 4))
        colors.seen = colors.seen or bool(raw[:n, 48:].any())
        yield points[:n].reshape(-1, 3)
