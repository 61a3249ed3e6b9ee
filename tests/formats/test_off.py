"""OFF and its variants."""

import numpy as np
import pytest

import generate
import shapes
from meshcore import ErrorCode, Mesh, MeshError
from meshcore.formats import load

CUBE = generate.off(shapes.box()).decode()
ROWS = CUBE.splitlines()


def read(text: str) -> Mesh:
    return load(text.encode(), "off")


def same_cube(mesh: Mesh) -> bool:
    vertices, faces = shapes.box()
    return np.array_equal(mesh.vertices[mesh.faces], vertices[faces])


def variant(head: str, vertex_tail: str = "", face_tail: str = "") -> str:
    vertices = [row + vertex_tail for row in ROWS[2:10]]
    faces = [row + face_tail for row in ROWS[10:22]]
    return "\n".join([head, "8 12 0", *vertices, *faces]) + "\n"


@pytest.mark.parametrize(
    "text",
    [
        CUBE,
        CUBE.replace("\n", "\r\n"),
        CUBE.replace("OFF\n", "OFF # a cube\n# of ten\n\n"),
        CUBE.replace("OFF\n", "OFF "),
        CUBE.replace("OFF\n", "OFF"),
        "\n  " + CUBE,
        CUBE.replace("8 12 0", "8 12"),
        CUBE.replace("8 12 0\n", "8 12 0 # counts\n\n# vertices\n"),
        variant("OFF", " # a vertex", " # a face"),
        variant("OFF", "", " 255 0 0"),
        variant("OFF", "", " 1.0 0.5 0.0 0.75"),
        variant("OFF", " 255 0 0 255"),
        CUBE.replace("\n10 0 0\n", "\n10\n0\n0\n"),
        CUBE.rstrip(),
    ],
)
def test_cube_in_many_spellings(text: str) -> None:
    assert same_cube(read(text))


@pytest.mark.parametrize(
    ("head", "tail", "flags"),
    [
        ("OFF", "", (False, False, False)),
        ("COFF", " 1 0 0 1", (True, False, False)),
        ("NOFF", " 0 0 1", (False, False, True)),
        ("CNOFF", " 1 0 0 1 0 0 1", (True, False, True)),
        ("STOFF", " 0.5 0.5", (False, True, False)),
        ("STCNOFF", " 1 0 0 1 0 0 1 0.5 0.5", (True, True, True)),
    ],
)
def test_variants(head: str, tail: str, flags: tuple[bool, bool, bool]) -> None:
    mesh = read(variant(head, tail))
    assert same_cube(mesh)
    assert mesh.format_version == head
    assert (mesh.has_colors, mesh.has_uv, mesh.has_normals) == flags


def test_polygons() -> None:
    mesh = read("OFF\n6 1 0\n0 0 0\n40 0 0\n40 10 0\n10 10 0\n10 30 0\n0 30 0\n6 0 1 2 3 4 5\n")
    assert len(mesh.faces) == 4


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("OFF\n0 0 0\n", ErrorCode.EMPTY_MESH),
        ("OFF\n1 0 0\n0 0 0\n", ErrorCode.EMPTY_MESH),
        ("OFF\n", ErrorCode.CORRUPT_FILE),
        ("OFF\n4000000000 1 0\n0 0 0\n", ErrorCode.CORRUPT_FILE),
        ("OFF\n1 4000000000 0\n0 0 0\n", ErrorCode.CORRUPT_FILE),
        (f"OFF\n{'9' * 6000} 1 0\n0 0 0\n", ErrorCode.CORRUPT_FILE),
        (CUBE.replace("8 12 0", "9 12 0"), ErrorCode.CORRUPT_FILE),
        (CUBE.replace("8 12 0", "8 13 0"), ErrorCode.CORRUPT_FILE),
        (CUBE.replace("\n3 0 2 1", "\n3 0 2 8"), ErrorCode.CORRUPT_FILE),
        (CUBE.replace("\n3 0 2 1", "\n3 0 2 -1"), ErrorCode.CORRUPT_FILE),
        (CUBE.replace("\n3 0 2 1", "\n3 0 2 x"), ErrorCode.CORRUPT_FILE),
        (CUBE.replace("\n3 0 2 1", "\n2000000000 0 2 1"), ErrorCode.CORRUPT_FILE),
        (CUBE.replace("\n3 0 2 1", "\nnan 0 2 1"), ErrorCode.CORRUPT_FILE),
        (CUBE.replace("\n0 0 0\n", "\n0 nan 0\n"), ErrorCode.NON_FINITE),
        (CUBE.replace("OFF", "4OFF"), ErrorCode.UNSUPPORTED_FORMAT),
        (CUBE.replace("OFF", "nOFF\n3"), ErrorCode.UNSUPPORTED_FORMAT),
        (CUBE.replace("OFF", "OFF BINARY"), ErrorCode.UNSUPPORTED_FORMAT),
    ],
)
def test_errors(text: str, code: ErrorCode) -> None:
    with pytest.raises(MeshError) as caught:
        read(text)
    assert caught.value.code == code


def test_every_truncation_is_corrupt_or_complete() -> None:
    for end in range(3, len(CUBE)):
        text = CUBE[:end]
        if text.split() == CUBE.split():
            assert same_cube(read(text))
        elif len(text.splitlines()) < len(ROWS):
            with pytest.raises(MeshError) as caught:
                read(text)
            assert caught.value.code in (ErrorCode.CORRUPT_FILE, ErrorCode.EMPTY_MESH)
