"""STL, binary and ASCII.

Binary STL goes from the file straight to welded vertices, a block of faces at a time: neither the
file nor the unwelded triangles are ever in memory as a whole.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meshcore.errors import ErrorCode, MeshError
from meshcore.formats.limits import Limits
from meshcore.formats.source import BYTE_ORDER_MARK, RawMesh, Source, corrupt
from meshcore.mesh import MeshWarning
from meshcore.units import stated_unit
from meshkernels.stl_ascii import BAD_FACET, BAD_NUMBER, COMPLETE, stl_facets
from meshkernels.weld import weld_blocks

_HEADER = 84
_RECORD = 50  # normal 12, three points 36, attribute 2
_BLOCK_FACES = 4096  # raw block and its float64 points stay in the second-level cache
_BLOCK_TEXT = 1 << 20
_LONGEST_FACET = 8 << 20


@dataclass(slots=True)
class _Seen:
    """What the blocks of a file reveal while they are read."""

    colors: bool = False
    unclosed_solids: int = 0


def read(source: Source, limits: Limits) -> RawMesh:
    """Read an STL file; whether it is binary is decided by its size, then by its first bytes."""
    head = source.head(512)
    count = int.from_bytes(head[80:84], "little")
    claimed = _HEADER + _RECORD * count
    text = _is_text(head)
    # Size first: many a binary STL begins with "solid", and no text claims a count that fits.
    if len(head) >= _HEADER and (claimed == source.size or (claimed < source.size and not text)):
        return _read_binary(source, head[:80], count, limits)
    if text:
        return _read_text(source, head, limits)
    if len(head) < _HEADER:
        raise corrupt(f"The file has {source.size} bytes; a binary STL has at least {_HEADER}.")
    raise corrupt(
        f"The STL claims {count:,} faces but has bytes for {(source.size - _HEADER) // _RECORD:,} only."
    )


def _is_text(head: bytes) -> bool:
    words = head.removeprefix(BYTE_ORDER_MARK).lstrip()[:8].lower()
    return b"\0" not in head and words.startswith((b"solid", b"facet", b"endsolid"))


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
    seen = _Seen(colors=b"COLOR=" in header)
    vertices, corners = weld_blocks(_binary_blocks(source, count, seen), 3 * count)
    return RawMesh(
        vertices,
        corners.reshape(-1, 3),
        "STL Binary",
        unit=stated_unit(header.decode("latin-1")),
        has_colors=seen.colors,
        is_welded=True,
        warnings=tuple(warnings),
    )


def _binary_blocks(source: Source, count: int, seen: _Seen) -> Iterator[NDArray[np.float64]]:
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
        seen.colors = seen.colors or bool(raw[:n, 48:].any())
        yield points[:n].reshape(-1, 3)


def _read_text(source: Source, head: bytes, limits: Limits) -> RawMesh:
    seen = _Seen()
    source.stream.seek(len(BYTE_ORDER_MARK) if head.startswith(BYTE_ORDER_MARK) else 0)
    # A facet takes about 200 bytes; the arrays grow where that is wrong.
    vertices, corners = weld_blocks(_text_blocks(source, limits, seen), 3 * (source.size // 200) + 3)
    if len(corners) == 0:
        raise MeshError(ErrorCode.EMPTY_MESH, "The STL has no faces.")
    warnings = []
    if seen.unclosed_solids > 0:
        warnings.append(
            MeshWarning("MISSING_ENDSOLID", "The STL does not end with endsolid; it may be cut off.")
        )
    return RawMesh(
        vertices,
        corners.reshape(-1, 3),
        "STL ASCII",
        unit=stated_unit(head.split(b"\n", 1)[0].decode("latin-1")),
        is_welded=True,
        warnings=tuple(warnings),
    )


def _text_blocks(source: Source, limits: Limits, seen: _Seen) -> Iterator[NDArray[np.float64]]:
    """The corners of all facets as float64 (3n, 3) blocks; a facet cut by a block's end goes to the next."""
    rest = b""
    corners = 0
    start = source.stream.tell()
    while True:
        data = source.stream.read(_BLOCK_TEXT)
        final = len(data) < _BLOCK_TEXT
        text = rest + data
        found = stl_facets(np.frombuffer(bytearray(text), np.uint8), final)
        if found.status != COMPLETE:
            what = {BAD_NUMBER: "a vertex without three numbers", BAD_FACET: "a facet without three vertices"}
            where = f"at byte {start + found.consumed:,}"
            raise corrupt(f"The STL has {what.get(found.status, 'an unfinished facet at its end')} {where}.")
        corners += len(found.points)
        limits.check_faces(corners // 3)
        seen.unclosed_solids += found.unclosed
        yield found.points
        if final:
            return
        rest = text[found.consumed :]
        start += found.consumed
        if len(rest) > _LONGEST_FACET:
            raise corrupt(f"The STL has a facet of more than {_LONGEST_FACET:,} bytes.")
