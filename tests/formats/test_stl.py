"""STL, binary and ASCII."""

import struct

import numpy as np
import pytest

import generate
import meshcore
import shapes
from meshcore import ErrorCode, Mesh, MeshError
from meshcore.formats import load

CUBE = generate.stl_binary(shapes.box())
CUBE_TEXT = generate.stl_ascii(shapes.box())

FACET = "facet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 20 0 0\nvertex 0 20 0\nendloop\nendfacet\n"


def code_of(content: bytes, format: str | None = "stl") -> ErrorCode:
    with pytest.raises(MeshError) as caught:
        load(content, format)
    return caught.value.code


def warning_codes(mesh: Mesh) -> list[str]:
    return [warning.code for warning in mesh.warnings]


def triangles(mesh: Mesh) -> np.ndarray:
    return mesh.vertices[mesh.faces]


@pytest.mark.parametrize(("content", "version"), [(CUBE, "STL Binary"), (CUBE_TEXT, "STL ASCII")])
def test_cube(content: bytes, version: str) -> None:
    mesh = load(content)
    vertices, faces = shapes.box()
    assert np.array_equal(triangles(mesh), vertices[faces])
    assert mesh.vertices.shape == (8, 3)
    assert mesh.vertices.dtype == np.float64
    assert mesh.faces.dtype == np.int32
    assert mesh.source_format == "stl"
    assert mesh.format_version == version
    assert (mesh.original_unit, mesh.unit_confidence) == ("millimeter", 0.95)
    assert not mesh.has_colors
    assert warning_codes(mesh) == ["UNIT_INFERRED"]


def test_large_binary_crosses_blocks() -> None:
    shape = shapes.icosphere(50, 5)
    mesh = load(generate.stl_binary(shape))
    assert len(mesh.faces) == 20480
    assert len(mesh.vertices) == 10242
    assert np.array_equal(triangles(mesh), shape[0].astype(np.float32)[shape[1]])


def test_large_text_crosses_blocks() -> None:
    shape = shapes.icosphere(50, 5)
    text = generate.stl_ascii(shape)
    assert len(text) > 3 << 20
    mesh = load(text)
    assert len(mesh.faces) == 20480
    assert len(mesh.vertices) == 10242


def test_colors_in_attributes_or_header() -> None:
    plain = bytearray(CUBE)
    plain[84 + 48 : 84 + 50] = b"\x1f\x80"
    assert load(bytes(plain)).has_colors
    assert load(b"COLOR=\xff\0\0\xff".ljust(80) + CUBE[80:]).has_colors


def test_unit_in_header() -> None:
    mesh = load(b"exported by hand; units=inch".ljust(80) + CUBE[80:])
    assert (mesh.original_unit, mesh.unit_confidence) == ("inch", 1.0)
    assert mesh.vertices.max() == 254.0
    assert "UNIT_INFERRED" not in warning_codes(mesh)


def test_binary_that_begins_with_solid() -> None:
    assert load(b"solid made by a CAD program".ljust(80) + CUBE[80:]).format_version == "STL Binary"


def test_binary_that_looks_like_text() -> None:
    facet = struct.pack("<12f", *[1.1, 1.2, 1.3, 20.1, 1.2, 1.3, 1.1, 20.2, 1.3, 1.1, 1.2, 20.3]) + b"!!"
    n = 20
    content = b"solid facet normal".ljust(80) + struct.pack("<I", n) + facet * n
    assert load(content).format_version == "STL Binary"


def test_trailing_bytes_are_reported() -> None:
    assert "TRAILING_DATA" in warning_codes(load(CUBE + b"garbage", "stl"))


@pytest.mark.parametrize("count", [13, 100, 0x7FFFFFFF, 0xFFFFFFFF])
def test_more_faces_claimed_than_there_are(count: int) -> None:
    assert code_of(CUBE[:80] + struct.pack("<I", count) + CUBE[84:]) == ErrorCode.CORRUPT_FILE


def test_no_faces() -> None:
    assert code_of(bytes(84)) == ErrorCode.EMPTY_MESH
    assert code_of(b"solid nothing\nendsolid nothing\n") == ErrorCode.EMPTY_MESH


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), float("-inf")])
def test_not_finite(bad: float) -> None:
    broken = bytearray(CUBE)
    broken[84 + 12 : 84 + 16] = struct.pack("<f", bad)
    assert code_of(bytes(broken)) == ErrorCode.NON_FINITE


def test_not_finite_text() -> None:
    assert code_of(CUBE_TEXT.replace(b"vertex 0 0 0", b"vertex nan 0 0", 1)) == ErrorCode.NON_FINITE


def test_normals_that_are_no_numbers_do_not_matter() -> None:
    assert len(load(CUBE_TEXT.replace(b"normal 0 0 0", b"normal -nan(ind) 1.#QNAN nan")).faces) == 12


@pytest.mark.parametrize(
    "text",
    [
        CUBE_TEXT.decode().upper(),
        CUBE_TEXT.decode().replace("\n", "\r\n"),
        CUBE_TEXT.decode().replace("\n", "\r"),
        CUBE_TEXT.decode().replace(" ", "\t  "),
        CUBE_TEXT.decode().replace("10", "1.0E+01"),
        CUBE_TEXT.decode().replace("10", "10.000000"),
        "\ufeff" + CUBE_TEXT.decode(),
        "  \n\n" + CUBE_TEXT.decode(),
        CUBE_TEXT.decode().replace("solid fixture", "solid"),
        CUBE_TEXT.decode().replace("solid fixture", "solid vertex 1 facet loop"),
        CUBE_TEXT.decode().rstrip(),
    ],
)
def test_sloppy_text(text: str) -> None:
    mesh = load(text.encode())
    assert len(mesh.vertices) == 8
    assert warning_codes(mesh) == ["UNIT_INFERRED"]


def test_several_solids_become_one_mesh() -> None:
    second = generate.stl_ascii(shapes.moved(shapes.box(), (20, 0, 0)))
    mesh = load(CUBE_TEXT + second)
    assert (len(mesh.vertices), len(mesh.faces)) == (16, 24)


def test_missing_endsolid_is_reported() -> None:
    mesh = load(CUBE_TEXT[: CUBE_TEXT.index(b"endsolid")])
    assert len(mesh.faces) == 12
    assert "MISSING_ENDSOLID" in warning_codes(mesh)


@pytest.mark.parametrize(
    "text",
    [
        FACET.replace("vertex 0 20 0\n", ""),
        FACET.replace("vertex 0 20 0\n", "vertex 0 20\n"),
        FACET.replace("vertex 0 20 0\n", "vertex 0 20 0 \nvertex 9 9 9\n"),
        FACET.replace("vertex 0 20 0", "vertex 0 20 zero"),
        FACET.replace("vertex 0 20 0", "vertex 0 20 0x"),
        FACET.replace("endfacet", ""),
        FACET + FACET[:60],
        "facet " * 1000,
    ],
)
def test_broken_text(text: str) -> None:
    assert code_of(b"solid x\n" + text.encode() + b"\nendsolid x\n") == ErrorCode.CORRUPT_FILE


def test_text_without_end_of_line_is_bounded() -> None:
    assert code_of(b"solid " + b"x" * (10 << 20) + b"\n" + FACET.encode()) == ErrorCode.CORRUPT_FILE


@pytest.mark.parametrize("content", [b"", b"x", b"solid", CUBE[:40], CUBE[:83], CUBE[:84], CUBE[:-1]])
def test_cut_off(content: bytes) -> None:
    assert code_of(content) in (ErrorCode.CORRUPT_FILE, ErrorCode.EMPTY_MESH)


@pytest.mark.parametrize("end", range(0, len(CUBE_TEXT) - 20, 7))
def test_truncated_text_is_an_error_or_whole_facets_with_a_warning(end: int) -> None:
    text = CUBE_TEXT[:end]
    begun, ended = text.count(b"\nfacet"), text.count(b"endfacet")
    if begun > ended:
        assert code_of(text) == ErrorCode.CORRUPT_FILE
    elif ended:
        mesh = load(text, "stl")
        assert len(mesh.faces) == ended
        assert "MISSING_ENDSOLID" in warning_codes(mesh)
    else:
        assert code_of(text) in (ErrorCode.CORRUPT_FILE, ErrorCode.EMPTY_MESH)


def test_load_is_public() -> None:
    assert meshcore.load(CUBE).faces.shape == (12, 3)
