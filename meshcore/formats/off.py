"""Object File Format of Geomview, ASCII: OFF and its variants with colours, normals, textures."""

import re

from meshcore.errors import ErrorCode, MeshError
from meshcore.formats.limits import Limits
from meshcore.formats.polygons import polygons_to_faces
from meshcore.formats.source import RawMesh, Source, corrupt
from meshcore.units import stated_unit
from meshkernels.off_text import parse_off

_HEAD = 1 << 16
_BLANK = rb"(?:\s|#[^\r\n]*[\r\n])"
_HEADER = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?P<kind>(?P<uv>ST)?(?P<color>C)?(?P<normal>N)?(?P<four>4)?(?P<many>n)?OFF)"
    + _BLANK
    + rb"*(?P<binary>BINARY)?"
    + rb"(?:(?P<vertices>\d+)"
    + _BLANK
    + rb"+(?P<faces>\d+)"
    + rb"(?:[ \t]+\d+)?[^\r\n]*)?"
)
_LEAST_VERTEX = 6  # "0 0 0" and the end of the line
_LEAST_FACE = 2


def read(source: Source, limits: Limits) -> RawMesh:
    """Read an OFF file."""
    head = source.head(_HEAD)
    header = _HEADER.match(head)
    if header is None:
        raise corrupt("The file does not begin with OFF.")
    kind = header["kind"].decode()
    if header["binary"] or header["four"] or header["many"]:
        what = "Binary OFF" if header["binary"] else f"{kind} (not three-dimensional)"
        raise MeshError(
            ErrorCode.UNSUPPORTED_FORMAT, f"{what} is not supported; save it as ASCII OFF or PLY."
        )
    if header["vertices"] is None:
        raise corrupt("The OFF has no counts of vertices and faces.")
    n_vertices, n_faces = int(header["vertices"][:20]), int(header["faces"][:20])
    if n_vertices * _LEAST_VERTEX + n_faces * _LEAST_FACE > source.size:
        raise corrupt(
            f"The OFF claims {n_vertices:,} vertices and {n_faces:,} faces, more than it has bytes for."
        )
    limits.check_vertices(n_vertices)
    limits.check_faces(n_faces)
    parsed = parse_off(source.array()[header.end() :], n_vertices, n_faces)
    if parsed is None:
        raise corrupt("The OFF ends before its last face, or has a word where a number should be.")
    vertices, corners, sizes = parsed
    faces, warnings = polygons_to_faces(vertices, corners, sizes, limits)
    return RawMesh(
        vertices,
        faces,
        kind,
        unit=stated_unit(head[: header.end()].decode("latin-1")),
        has_colors=header["color"] is not None,
        has_uv=header["uv"] is not None,
        has_normals=header["normal"] is not None,
        warnings=warnings,
    )
