"""What a reader gets and what it gives back."""

from dataclasses import dataclass
from io import BufferedIOBase
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from meshcore.errors import ErrorCode, MeshError
from meshcore.mesh import MeshWarning

BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # of UTF-8, which some editors put before a text


class Source(NamedTuple):
    """An open file: a seekable stream at its start, its size, and its path if it has one."""

    stream: BufferedIOBase
    size: int
    path: Path | None = None

    def read(self) -> bytes:
        """The whole content, from its first byte."""
        self.stream.seek(0)
        return self.stream.read()

    def array(self) -> NDArray[np.uint8]:
        """The whole content as a writeable array, the only kind that kernels take."""
        self.stream.seek(0)
        content = np.empty(self.size, np.uint8)
        return content[: self.stream.readinto(content.data)]

    def head(self, size: int) -> bytes:
        """The first ``size`` bytes, or fewer in a smaller file."""
        self.stream.seek(0)
        return self.stream.read(size)


@dataclass(frozen=True, slots=True)
class RawMesh:
    """Triangles as a file has them: in the file's unit, not welded, z up.

    ``vertices`` is float64 (N, 3), ``faces`` int (F, 3); ``unit`` is ``None`` where the file names none.
    ``is_welded`` tells that no two vertices have the same position, so that the work is not done twice.
    """

    vertices: NDArray[np.float64]
    faces: NDArray[np.int32]
    version: str
    unit: str | None = None
    has_colors: bool = False
    has_uv: bool = False
    has_normals: bool = False
    is_welded: bool = False
    warnings: tuple[MeshWarning, ...] = ()


def corrupt(message: str) -> MeshError:
    """The error of a file that breaks its format."""
    return MeshError(ErrorCode.CORRUPT_FILE, message)
