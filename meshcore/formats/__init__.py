"""Reading model files: :func:`load` and the table of formats.

Importing this package is light; a reader and what it needs are imported when a file of its format is
read.
"""

import os
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from meshcore.mesh import Mesh


class Format(NamedTuple):
    """A file format that can be read; ``module`` of this package has its ``read`` function."""

    name: str
    extensions: tuple[str, ...]
    description: str
    module: str
    extra: str | None = None


FORMATS: tuple[Format, ...] = (
    Format("stl", (".stl",), "STL, binary and ASCII", "stl"),
    Format("obj", (".obj",), "Wavefront OBJ, polygons", "obj"),
    Format("ply", (".ply",), "PLY, ASCII and binary of either byte order", "ply"),
    Format("off", (".off",), "Object File Format, ASCII", "off"),
    Format("3mf", (".3mf",), "3D Manufacturing Format: build items, components, units", "threemf"),
    Format("glb", (".glb",), "glTF 2.0 in one binary file", "gltf"),
    Format("gltf", (".gltf",), "glTF 2.0, buffers embedded or beside the file", "gltf"),
    Format("step", (".step", ".stp"), "STEP AP203, AP214, AP242, tessellated", "step", extra="step"),
)


def load(
    source: str | os.PathLike[str] | bytes, format: str | None = None, *, unit: str | None = None
) -> "Mesh":
    """Read a model file into a :class:`~meshcore.mesh.Mesh` in millimetres, z up.

    Vertices at exactly the same position are welded. Where the mesh is then still open and a weld
    within 1e-5 of its diagonal closes it, that weld is made, with the warning ``TOLERANCE_WELD``.
    Faces with a repeated vertex are removed, with the warning ``DEGENERATE_FACES_REMOVED``.

    Parameters
    ----------
    source:
        Path of a file, or its content as bytes.
    format:
        Name of a format in :data:`FORMATS`, an extension or ``None``: then the extension of the path
        decides, unless the content says otherwise (warning ``FORMAT_MISMATCH``).
    unit:
        Unit of the numbers in the file (``"mm"``, ``"inch"``…), against what the file says. Without it
        the unit is the file's own or, in formats without units, inferred from size (warning
        ``UNIT_INFERRED``).

    Raises
    ------
    MeshError
        ``FILE_NOT_FOUND``, ``PERMISSION_DENIED``, ``UNSUPPORTED_FORMAT``, ``FILE_TOO_LARGE``,
        ``CORRUPT_FILE``, ``EMPTY_MESH``, ``NON_FINITE``, ``MISSING_DEPENDENCY``, ``INVALID_OPTION``.
    """
    from meshcore.formats.loading import load_mesh

    return load_mesh(source, format, unit=unit)
