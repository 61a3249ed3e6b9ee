"""PLY: ASCII and binary of either byte order."""

import struct

import numpy as np
import pytest
from numpy.typing import NDArray

import generate
import shapes
from meshcore import ErrorCode, Mesh, MeshError
from meshcore.formats import load

CUBE = generate.ply(shapes.box())
ORDERS = {"<": "binary_little_endian", ">": "binary_big_endian"}
TYPES = {
    "b": ("char", "int8"), "B": ("uchar", "uint8"), "h": ("short", "int16"), "H": ("ushort", "uint16"),
    "i": ("int", "int32"), "I": ("uint", "uint32"), "f": ("float", "float32"), "d": ("double", "float64"),
}  # fmt: skip


def code_of(content: bytes) -> ErrorCode:
    with pytest.raises(MeshError) as caught:
        load(content, "ply")
    return caught.value.code


def binary(
    polygons: list[list[int]],
    vertices: NDArray[np.float64],
    order: str = "<",
    real: str = "f",
    count: str = "B",
    index: str = "i",
    spelling: int = 0,
) -> bytes:
    header = f"ply\nformat {ORDERS[order]} 1.0\nelement vertex {len(vertices)}\n"
    header += "".join(f"property {TYPES[real][spelling]} {axis}\n" for axis in "xyz")
    header += f"element face {len(polygons)}\n"
    header += f"property list {TYPES[count][spelling]} {TYPES[index][spelling]} vertex_indices\nend_header\n"
    body = b"".join(struct.pack(f"{order}3{real}", *vertex) for vertex in vertices)
    for polygon in polygons:
        body += struct.pack(f"{order}{count}{len(polygon)}{index}", len(polygon), *polygon)
    return header.encode() + body


def same_cube(mesh: Mesh) -> bool:
    vertices, faces = shapes.box()
    return np.array_equal(mesh.vertices[mesh.faces], vertices[faces])


def test_ascii_cube() -> None:
    mesh = load(CUBE)
    assert same_cube(mesh)
    assert (mesh.source_format, mesh.format_version) == ("ply", "PLY 1.0 ascii")


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("real", "fd")
@pytest.mark.parametrize("count", "bBhHiI")
@pytest.mark.parametrize("index", "bBhHiI")
def test_binary_cube_of_all_types(order: str, real: str, count: str, index: str) -> None:
    vertices, faces = shapes.box()
    content = binary(faces.tolist(), vertices, order, real, count, index, spelling=int(real == "d"))
    assert same_cube(load(content))


@pytest.mark.parametrize("order", ORDERS)
def test_mixed_polygons(order: str) -> None:
    vertices = shapes.box()[0]
    quads = [[0, 2, 3, 1], [4, 5, 7, 6], [0, 1, 5, 4], [2, 6, 7, 3]]
    mesh = load(binary([*quads, [0, 4, 6], [0, 6, 2], [1, 3, 7, 5]], vertices, order))
    assert (len(mesh.vertices), len(mesh.faces)) == (8, 12)


def test_properties_around_the_wanted_ones() -> None:
    vertices, faces = shapes.box()
    header = b"ply\nformat binary_big_endian 1.0\ncomment hello\nobj_info none\nelement camera 1\n"
    header += (
        b"property list uchar double matrix\nproperty short zoom\nelement vertex 8\nproperty uchar red\n"
    )
    header += b"property double x\nproperty double y\nproperty uchar green\nproperty double z\n"
    header += b"property uchar blue\nelement face 12\nproperty uchar flags\n"
    header += b"property list ushort float texcoord\nproperty list uchar uint vertex_index\n"
    header += b"property double area\nelement edge 1\nproperty int a\nproperty int b\nend_header\n"
    body = struct.pack(">B2dh", 2, 1.5, 2.5, 7)
    body += b"".join(struct.pack(">BddBdB", 255, x, y, 128, z, 0) for x, y, z in vertices)
    body += b"".join(struct.pack(">BH2fB3Id", 1, 2, 0.5, 0.5, 3, *face, 50.0) for face in faces)
    mesh = load(header + body + struct.pack(">2i", 0, 1))
    assert same_cube(mesh)
    assert mesh.has_colors
    assert mesh.has_uv
    assert not mesh.has_normals


def test_flags_of_vertices() -> None:
    text = CUBE.replace(b"property double z\n", b"property double z\nproperty float nx\nproperty float ny\n")
    text = text.replace(b"property float ny\n", b"property float ny\nproperty float nz\n")
    head, body = text.split(b"end_header\n")
    rows = body.split(b"\n")
    body = b"\n".join([*(row + b" 0 0 1" for row in rows[:8]), *rows[8:]])
    mesh = load(head + b"end_header\n" + body)
    assert mesh.has_normals
    assert same_cube(mesh)


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends(end: str) -> None:
    assert same_cube(load(CUBE.replace(b"\n", end.encode())))


def test_ascii_rows_are_lines() -> None:
    head, body = CUBE.split(b"end_header\n")
    assert same_cube(load(head + b"end_header\n" + body.replace(b"\n", b"\n \n")))
    assert code_of(head + b"end_header\n" + body.replace(b"\n", b" ")) == ErrorCode.CORRUPT_FILE


def test_ascii_rows_with_more_numbers_than_the_header_says() -> None:
    head, body = CUBE.split(b"end_header\n")
    assert same_cube(load(head + b"end_header\n" + body.replace(b"\n", b" 7 7\n")))


def test_ascii_rows_with_fewer_numbers_than_the_header_says() -> None:
    rows = CUBE.split(b"\n")
    first = rows.index(b"end_header") + 1
    short_vertex = [*rows[:first], b"0 0", *rows[first + 1 :]]
    assert code_of(b"\n".join(short_vertex)) == ErrorCode.CORRUPT_FILE
    short_face = [*rows[: first + 8], b"3 0 1", *rows[first + 9 :]]
    assert code_of(b"\n".join(short_face)) == ErrorCode.CORRUPT_FILE


def test_triangle_strips() -> None:
    head = b"ply\nformat ascii 1.0\nelement vertex 5\nproperty float x\nproperty float y\nproperty float z\n"
    head += b"element tristrips 2\nproperty list int int vertex_indices\nend_header\n"
    head += b"0 0 0\n20 0 0\n0 20 0\n20 20 0\n0 40 0\n"
    mesh = load(head + b"4 0 1 2 3\n4 0 1 2 -1\n")
    points = mesh.vertices[mesh.faces]
    normals = np.cross(points[:, 1] - points[:, 0], points[:, 2] - points[:, 0])
    assert len(mesh.faces) == 3
    assert (normals[:, 2] > 0).all()


def test_unit_in_comment() -> None:
    assert load(CUBE.replace(b"ascii 1.0\n", b"ascii 1.0\ncomment unit: cm\n")).original_unit == "centimeter"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b"element face 12", b"element face 0", ErrorCode.EMPTY_MESH),
        (b"element face 12", b"element face 13", ErrorCode.CORRUPT_FILE),
        (b"element face 12", b"element face -1", ErrorCode.CORRUPT_FILE),
        (b"element face 12", b"element face 4000000000", ErrorCode.CORRUPT_FILE),
        (b"element face 12", b"element face " + b"9" * 5000, ErrorCode.CORRUPT_FILE),
        (b"element vertex 8", b"element vertex 4000000000", ErrorCode.CORRUPT_FILE),
        (b"element vertex 8", b"element vertex 9", ErrorCode.CORRUPT_FILE),
        (b"property double z\n", b"", ErrorCode.CORRUPT_FILE),
        (b"property double z\n", b"property decimal z\n", ErrorCode.CORRUPT_FILE),
        (b"property double z\n", b"property list uchar double z\n", ErrorCode.UNSUPPORTED_FORMAT),
        (b"list uchar int", b"double", ErrorCode.CORRUPT_FILE),
        (b"ascii", b"binary_middle_endian", ErrorCode.CORRUPT_FILE),
        (b"end_header", b"the_end", ErrorCode.CORRUPT_FILE),
        (b"\n3 0 2 1", b"\n3 0 2 8", ErrorCode.CORRUPT_FILE),
        (b"\n3 0 2 1", b"\n3 0 2 -1", ErrorCode.CORRUPT_FILE),
        (b"\n3 0 2 1", b"\n3 0 2 1.5", ErrorCode.CORRUPT_FILE),
        (b"\n3 0 2 1", b"\n-3 0 2 1", ErrorCode.CORRUPT_FILE),
        (b"\n3 0 2 1", b"\n1e9 0 2 1", ErrorCode.CORRUPT_FILE),
        (b"\n3 0 2 1", b"\n3 0 2 9e99", ErrorCode.CORRUPT_FILE),
        (b"\n3 0 2 1", b"\n3 zero 2 1", ErrorCode.CORRUPT_FILE),
        (b"end_header\n0 0 0", b"end_header\nnan 0 0", ErrorCode.NON_FINITE),
    ],
)
def test_errors(old: bytes, new: bytes, code: ErrorCode) -> None:
    assert old in CUBE
    assert code_of(CUBE.replace(old, new, 1)) == code


@pytest.mark.parametrize("order", ORDERS)
def test_every_truncation_of_a_binary_file_is_corrupt(order: str) -> None:
    vertices, faces = shapes.box()
    content = binary(faces.tolist(), vertices, order)
    for end in range(4, len(content), 3):
        assert code_of(content[:end]) == ErrorCode.CORRUPT_FILE


def test_a_list_that_reaches_beyond_the_file() -> None:
    vertices, faces = shapes.box()
    content = bytearray(binary(faces.tolist(), vertices, "<", "f", "I", "i"))
    start = len(content) - 12 * 16
    content[start : start + 4] = b"\xff\xff\xff\x7f"
    assert code_of(bytes(content)) == ErrorCode.CORRUPT_FILE
