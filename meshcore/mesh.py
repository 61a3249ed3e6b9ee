"""The mesh every analysis works on: vertices and faces in millimetres, and where they came from."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meshcore.errors import ErrorCode, MeshError

LARGEST_MM = 1e9
"""Largest coordinate: products of four still fit the float32 filters of the kernels."""


class Severity(StrEnum):
    """How much a warning matters to somebody who wants to print the part."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class MeshWarning:
    """Something the user should know: a stable code, one sentence, a severity."""

    code: str
    message: str
    severity: Severity = Severity.WARNING


@dataclass(frozen=True, slots=True)
class Mesh:
    """A triangle mesh in millimetres, z up. Treat the arrays as read-only.

    Attributes
    ----------
    vertices:
        float64 (V, 3), millimetres, finite.
    faces:
        int32 (F, 3), indices into ``vertices``; counter-clockwise seen from outside.
    source_format:
        Name of the reader: ``stl``, ``obj``, ``ply``, ``off``, ``3mf``, ``glb``, ``gltf``, ``step``.
    format_version:
        Version of the file format for people: ``STL Binary``, ``PLY 1.0``, ``glTF 2.0``…
    original_unit:
        Unit of the file's numbers: ``millimeter``, ``inch``, ``meter``…
    unit_confidence:
        1.0 where the file names its unit, lower where it was inferred from size.
    has_colors, has_uv, has_normals:
        Whether the file carries per-vertex colours, texture coordinates, normals.
    degenerate_faces_removed:
        Faces of the file that named a vertex twice and were left out.
    warnings:
        What the reader had to assume or mend.

    Raises
    ------
    MeshError
        ``EMPTY_MESH`` without faces, ``NON_FINITE`` with NaN or infinite coordinates, ``OUT_OF_RANGE`` with
        coordinates beyond ``LARGEST_MM``,
        ``CORRUPT_FILE`` with a face that names a vertex which does not exist.
    """

    vertices: NDArray[np.float64]
    faces: NDArray[np.int32]
    source_format: str = "memory"
    format_version: str | None = None
    original_unit: str = "millimeter"
    unit_confidence: float = 1.0
    has_colors: bool = False
    has_uv: bool = False
    has_normals: bool = False
    degenerate_faces_removed: int = 0
    warnings: tuple[MeshWarning, ...] = field(default=())

    def __post_init__(self) -> None:
        # Kernels have one signature: C-contiguous, writeable, exactly these dtypes.
        vertices = _own(self.vertices, np.float64)
        if not np.isfinite(vertices).all():
            raise MeshError(ErrorCode.NON_FINITE, "The mesh has NaN or infinite coordinates.")
        if vertices.size and max(vertices.max(), -vertices.min()) > LARGEST_MM:
            raise MeshError(ErrorCode.OUT_OF_RANGE, "The mesh has coordinates beyond 1000 km.")
        faces = np.asarray(self.faces)
        if vertices.ndim != 2 or vertices.shape[1] != 3 or faces.ndim != 2 or faces.shape[1] != 3:
            raise MeshError(ErrorCode.CORRUPT_FILE, "A mesh needs vertices (V, 3) and faces (F, 3).")
        if len(faces) == 0:
            raise MeshError(ErrorCode.EMPTY_MESH, "The mesh has no faces.")
        if faces.min() < 0 or faces.max() >= len(vertices):
            raise MeshError(ErrorCode.CORRUPT_FILE, "A face refers to a vertex that does not exist.")
        object.__setattr__(self, "vertices", vertices)
        object.__setattr__(self, "faces", _own(faces, np.int32))


def _own(array: Any, dtype: Any) -> Any:
    return np.require(array, dtype=dtype, requirements=["C_CONTIGUOUS", "ALIGNED", "WRITEABLE"])
