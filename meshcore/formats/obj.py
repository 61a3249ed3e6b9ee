"""Wavefront OBJ. Materials are not opened: no file but the one named is touched."""

from meshcore.formats.limits import Limits
from meshcore.formats.polygons import polygons_to_faces
from meshcore.formats.source import BYTE_ORDER_MARK, RawMesh, Source, corrupt
from meshcore.units import stated_unit
from meshkernels.obj_text import count_obj, parse_obj


def read(source: Source, limits: Limits) -> RawMesh:
    """Read an OBJ file: vertices, polygons of any shape, negative indices, joined lines."""
    text = source.array()
    if bytes(text[:3]) == BYTE_ORDER_MARK:
        text = text[3:]
    counts = count_obj(text)
    limits.check_vertices(counts.vertices)
    limits.check_faces(counts.faces)
    vertices, corners, sizes, colored, bad = parse_obj(text, counts)
    if bad >= 0:
        line = bytes(text[bad : bad + 60]).split(b"\n")[0].decode("latin-1").strip()
        number = int((text[:bad] == ord("\n")).sum()) + 1
        raise corrupt(f"Line {number:,} of the OBJ is malformed: {line!r}.")
    comments = [line for line in bytes(text[:4096]).split(b"\n") if line.lstrip().startswith(b"#")]
    del text
    faces, warnings = polygons_to_faces(vertices, corners, sizes, limits)
    return RawMesh(
        vertices,
        faces,
        "OBJ",
        unit=stated_unit(b"\n".join(comments).decode("latin-1")),
        has_colors=colored,
        has_uv=counts.texture_coordinates > 0,
        has_normals=counts.normals > 0,
        warnings=warnings,
    )
