"""PLY (Turk, 1994): ASCII and binary of either byte order, polygons, triangle strips.

An ASCII body is parsed to float64 numbers and then read as a binary file whose properties are all of
that type, so that there is one way through the elements. Its rows are its lines, so that a row with more
numbers than the header says does no harm.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from meshcore.errors import ErrorCode, MeshError
from meshcore.formats.limits import Limits
from meshcore.formats.polygons import polygons_to_faces, strips_to_faces
from meshcore.formats.source import RawMesh, Source, corrupt
from meshcore.mesh import MeshWarning
from meshcore.units import stated_unit
from meshkernels.list_rows import FLOAT32, FLOAT64, INT8, INT16, INT32, UINT8, UINT16, UINT32, list_rows
from meshkernels.number_list import parse_number_list

_LONGEST_HEADER = 1 << 20
_MOST_ELEMENTS = 1000
_KINDS = {
    "char": INT8, "int8": INT8, "uchar": UINT8, "uint8": UINT8,
    "short": INT16, "int16": INT16, "ushort": UINT16, "uint16": UINT16,
    "int": INT32, "int32": INT32, "uint": UINT32, "uint32": UINT32,
    "float": FLOAT32, "float32": FLOAT32, "double": FLOAT64, "float64": FLOAT64,
}  # fmt: skip
_DTYPES = {
    INT8: "i1", UINT8: "u1", INT16: "i2", UINT16: "u2",
    INT32: "i4", UINT32: "u4", FLOAT32: "f4", FLOAT64: "f8",
}  # fmt: skip
_NO_STARTS = np.empty(0, np.int64)
_ORDERS = {"ascii": "<", "binary_little_endian": "<", "binary_big_endian": ">"}


class _Property(NamedTuple):
    name: str
    kind: int
    count_kind: int | None = None  # of a list


@dataclass(frozen=True, slots=True)
class _Element:
    name: str
    count: int
    properties: tuple[_Property, ...] = ()

    @property
    def has_lists(self) -> bool:
        return any(p.count_kind is not None for p in self.properties)

    def names(self) -> set[str]:
        return {p.name for p in self.properties}


@dataclass(frozen=True, slots=True)
class _Header:
    encoding: str
    version: str
    elements: tuple[_Element, ...]
    comments: str
    size: int


def read(source: Source, limits: Limits) -> RawMesh:
    """Read a PLY file."""
    header = _read_header(source)
    data = source.array()[header.size :]
    elements = header.elements
    starts = _NO_STARTS
    if header.encoding == "ascii":
        elements = tuple(_all_float64(element) for element in elements)
        numbers, line_starts = parse_number_list(data)
        data = numbers.view(np.uint8)
        starts = line_starts * 8
        rows = sum(element.count for element in elements)
        if len(line_starts) <= rows:
            raise corrupt(f"The PLY claims {rows:,} rows but has {len(line_starts) - 1:,} lines of numbers.")
    vertices = np.empty((0, 3))
    faces = [np.empty((0, 3), np.int32)]
    warnings: list[MeshWarning] = []
    order = _ORDERS[header.encoding]
    for element in elements:
        least = element.count * sum(_smallest(p) for p in element.properties)
        if least > len(data):
            raise corrupt(
                f"The PLY claims {element.count:,} rows of {element.name!r} but has bytes for fewer."
            )
        own_starts = starts[: element.count + 1]
        if element.name == "vertex":
            limits.check_vertices(element.count)
            vertices, size = _read_vertices(element, data, own_starts, order)
        else:
            size, found, warned = _read_faces(element, data, own_starts, order, vertices, limits)
            faces.append(found)
            warnings += warned
        data = data[size:]
        starts = starts[element.count :] - (size if len(starts) else 0)
    if len(data):
        warnings.append(MeshWarning("TRAILING_DATA", "What follows the last element of the PLY was ignored."))
    colors, uv, normals = _flags(header.elements)
    return RawMesh(
        vertices,
        np.concatenate(faces),
        f"PLY {header.version} {header.encoding.replace('_', ' ')}",
        unit=stated_unit(header.comments),
        has_colors=colors,
        has_uv=uv,
        has_normals=normals,
        warnings=tuple(warnings),
    )


def _read_header(source: Source) -> _Header:
    text = source.head(_LONGEST_HEADER)
    mark = text.find(b"end_header")
    end = text.find(b"\n", mark) if mark >= 0 else -1
    if mark >= 0 and end < 0:
        end = len(text) - 1
    if mark < 0:
        raise corrupt("The PLY has no end_header.")
    if text[mark + 10 : mark + 11] == b"\r" and text[mark + 11 : mark + 12] != b"\n":
        end = mark + 10  # lines end with a carriage return alone
    encoding = version = ""
    comments: list[str] = []
    elements: list[_Element] = []
    for line in text[:mark].decode("latin-1").splitlines():
        words = line.split()
        match words:
            case ["format", kind, number]:
                encoding, version = kind, number[:10]
            case ["comment" | "obj_info", *_]:
                comments.append(line)
            case ["element", name, count]:
                elements.append(_Element(name, int(count)))
            case ["property", "list", count_type, type_, name] if elements:
                item = _Property(name, _kind(type_), _kind(count_type))
                elements[-1] = replace(elements[-1], properties=(*elements[-1].properties, item))
            case ["property", type_, name] if elements:
                item = _Property(name, _kind(type_))
                elements[-1] = replace(elements[-1], properties=(*elements[-1].properties, item))
            case ["ply"] | []:
                pass
            case _:
                raise corrupt(f"The PLY header has a line that means nothing: {line[:60]!r}.")
    if encoding not in _ORDERS:
        raise corrupt(f"The PLY has the unknown encoding {encoding[:40]!r}.")
    if len(elements) > _MOST_ELEMENTS or any(element.count < 0 for element in elements):
        raise corrupt("The PLY header has too many elements or a negative count.")
    return _Header(encoding, version, tuple(elements), "\n".join(comments), end + 1)


def _kind(name: str) -> int:
    kind = _KINDS.get(name)
    if kind is None:
        raise corrupt(f"The PLY has a property of the unknown type {name[:40]!r}.")
    return kind


def _all_float64(element: _Element) -> _Element:
    return replace(
        element,
        properties=tuple(
            _Property(p.name, FLOAT64, None if p.count_kind is None else FLOAT64) for p in element.properties
        ),
    )


def _smallest(item: _Property) -> int:
    """Bytes a property takes at least: an empty list is its count."""
    return np.dtype(_DTYPES[item.kind if item.count_kind is None else item.count_kind]).itemsize


def _read_vertices(
    element: _Element, data: NDArray[np.uint8], starts: NDArray[np.int64], order: str
) -> tuple[NDArray[np.float64], int]:
    """Coordinates of the vertices and the bytes of the element."""
    if element.has_lists:
        raise MeshError(ErrorCode.UNSUPPORTED_FORMAT, "PLY vertices with list properties are not supported.")
    if not {"x", "y", "z"} <= element.names():
        raise corrupt("The PLY vertices have no x, y and z.")
    offsets, size = {}, 0
    for item in element.properties:
        dtype = np.dtype(order + _DTYPES[item.kind])
        offsets[item.name] = (size, dtype)
        size += dtype.itemsize
    vertices = np.empty((element.count, 3))
    if element.count == 0:
        return vertices, 0
    end = size * element.count
    if len(starts):
        if int(np.diff(starts).min()) < size:
            raise corrupt("The PLY has a vertex with fewer numbers than its header says.")
        numbers, first, end = data.view(np.float64), starts[:-1] // 8, int(starts[-1])
        for axis, name in enumerate("xyz"):
            vertices[:, axis] = numbers[first + offsets[name][0] // 8]
    else:
        for axis, name in enumerate("xyz"):
            offset, dtype = offsets[name]
            vertices[:, axis] = np.ndarray(element.count, dtype, data, offset, (size,))
    return vertices, end


def _read_faces(
    element: _Element,
    data: NDArray[np.uint8],
    starts: NDArray[np.int64],
    order: str,
    vertices: NDArray[np.float64],
    limits: Limits,
) -> tuple[int, NDArray[np.int32], tuple[MeshWarning, ...]]:
    """Bytes of an element that is not the vertices, its triangles if it has any, and warnings."""
    names = [p.name for p in element.properties]
    wanted = -1
    if element.name in ("face", "tristrips"):
        wanted = next((names.index(n) for n in ("vertex_indices", "vertex_index") if n in names), -1)
        if wanted >= 0 and (
            element.properties[wanted].count_kind is None or element.properties[wanted].kind == FLOAT32
        ):
            raise corrupt("The indices of the PLY faces are not lists of integers.")
    layout = [(p.count_kind, p.kind) for p in element.properties]
    if not layout:
        return 0, np.empty((0, 3), np.int32), ()
    end, sizes, corners = list_rows(data, element.count, starts, layout, wanted, order == ">")
    if end < 0:
        raise corrupt(f"The PLY ends within its {element.count:,} rows of {element.name!r}.")
    if element.name == "tristrips":
        return end, _strips(sizes, corners), ()
    return end, *polygons_to_faces(vertices, corners, sizes, limits)


def _strips(sizes: NDArray[np.int32], corners: NDArray[np.int32]) -> NDArray[np.int32]:
    if (corners < -1).any():
        raise corrupt("A triangle strip of the PLY has an index that is no vertex.")
    # Each row is a list of strips with -1 between them: put one between rows as well.
    return strips_to_faces(np.insert(corners, np.cumsum(sizes)[:-1], -1))


def _flags(elements: tuple[_Element, ...]) -> tuple[bool, bool, bool]:
    """Whether colours, texture coordinates and normals are there."""
    names = set[str]().union(*(e.names() for e in elements if e.name in ("vertex", "face")))
    of_vertices = set[str]().union(*(e.names() for e in elements if e.name == "vertex"))
    colors = {"red", "green", "blue"} <= names or {"diffuse_red", "diffuse_green", "diffuse_blue"} <= names
    uv = any(pair <= names for pair in ({"s", "t"}, {"u", "v"}, {"texture_u", "texture_v"}, {"texcoord"}))
    return colors, uv, {"nx", "ny", "nz"} <= of_vertices
