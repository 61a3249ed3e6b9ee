"""Wavefront OBJ."""

from pathlib import Path

import numpy as np
import pytest

import generate
import shapes
from meshcore import ErrorCode, Mesh, MeshError
from meshcore.formats import load

CUBE = generate.obj(shapes.box()).decode()
TRIANGLE = "v 0 0 0\nv 20 0 0\nv 0 20 0\n"


def read(text: str) -> Mesh:
    return load(text.encode(), "obj")


def code_of(text: str) -> ErrorCode:
    with pytest.raises(MeshError) as caught:
        read(text)
    return caught.value.code


def area(mesh: Mesh) -> float:
    a, b, c = (mesh.vertices[mesh.faces[:, k]] for k in range(3))
    return float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2)


def test_cube() -> None:
    mesh = read(CUBE)
    vertices, faces = shapes.box()
    assert np.array_equal(mesh.vertices, vertices)
    assert np.array_equal(mesh.faces, faces)
    assert (mesh.source_format, mesh.format_version) == ("obj", "OBJ")
    assert (mesh.has_colors, mesh.has_uv, mesh.has_normals) == (False, False, False)


@pytest.mark.parametrize(
    "text",
    [
        TRIANGLE + "f 1 2 3",
        TRIANGLE + "f -3 -2 -1\n",
        TRIANGLE + "f 1/1 2/2 3/3\n",
        TRIANGLE + "f 1//7 2//8 3//9\n",
        TRIANGLE + "f 1/1/1 2/2/2 3/-3/-3\n",
        TRIANGLE + "f 1/ 2/ 3/\n",
        TRIANGLE + "f 1 2 \\\n3\n",
        TRIANGLE + "f 1 2\\\r\n 3\r\n",
        TRIANGLE.replace("\n", "\r") + "f 1 2 3\r",
        TRIANGLE.replace("\n", "\r\n") + "f 1 2 3\r\n",
        "# made by hand\n\n" + TRIANGLE + "  f\t1  2 3 # a face\n",
        "\ufeff" + TRIANGLE + "f 1 2 3\n",
        "mtllib ../secret.mtl\no a f b\ng v f\ns off\n" + TRIANGLE + "usemtl f\nl 1 2\np 1\nf 1 2 3\n",
        TRIANGLE.replace("20 0\n", "20 0 1.0\n") + "f 1 2 3\n",
        "v 9 9 9\nv 8 8 8\n" + TRIANGLE + "f -3 -2 -1\n",
        "cstype bspline\ncurv 0 1 1 2 3\nvp 1 1\n" + TRIANGLE + "f 1 2 3\n",
    ],
)
def test_one_triangle_in_many_spellings(text: str) -> None:
    mesh = read(text)
    assert mesh.vertices[mesh.faces].tolist() == [[[0, 0, 0], [20, 0, 0], [0, 20, 0]]]


def test_negative_indices_count_from_where_they_stand() -> None:
    text = TRIANGLE + "f -3 -2 -1\n" + TRIANGLE.replace("20", "30") + "f -3 -2 -1\n"
    assert read(text).vertices[read(text).faces].max(axis=(1, 2)).tolist() == [20, 30]


def test_flags() -> None:
    assert read(TRIANGLE.replace("0\n", "0 1 0.5 0\n") + "f 1 2 3").has_colors
    assert read(TRIANGLE + "vt 0 0\nf 1/1 2/1 3/1").has_uv
    assert read(TRIANGLE + "vn 0 0 1\nf 1//1 2//1 3//1").has_normals


def test_colors_that_are_no_numbers() -> None:
    assert read(TRIANGLE.replace("20 0\n", "20 0 nan nan nan\n") + "f 1 2 3").has_colors


def test_concave_polygon() -> None:
    mesh = read("v 0 0 0\nv 40 0 0\nv 40 10 0\nv 10 10 0\nv 10 30 0\nv 0 30 0\nf 1 2 3 4 5 6")
    assert len(mesh.faces) == 4
    assert area(mesh) == pytest.approx(600)


def test_quads_close_a_cube() -> None:
    vertices, _ = shapes.box()
    quads = ["f 1 3 4 2", "f 5 6 8 7", "f 1 2 6 5", "f 3 7 8 4", "f 1 5 7 3", "f 2 4 8 6"]
    mesh = read("\n".join([*(f"v {x} {y} {z}" for x, y, z in vertices), *quads]))
    assert (len(mesh.vertices), len(mesh.faces)) == (8, 12)
    assert area(mesh) == 600


def test_faces_of_two_corners_are_reported() -> None:
    mesh = read(TRIANGLE + "f 1 2\nf 1 2 3")
    assert len(mesh.faces) == 1
    assert "FACES_SKIPPED" in [w.code for w in mesh.warnings]


def test_unit_in_comment() -> None:
    mesh = read("# File units = inches\n" + TRIANGLE + "f 1 2 3")
    assert (mesh.original_unit, mesh.unit_confidence) == ("inch", 1.0)
    assert mesh.vertices.max() == 508


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (TRIANGLE, ErrorCode.EMPTY_MESH),
        (TRIANGLE + "l 1 2\np 1", ErrorCode.EMPTY_MESH),
        ("# nothing\n", ErrorCode.EMPTY_MESH),
        (TRIANGLE + "f 1 2 4", ErrorCode.CORRUPT_FILE),
        (TRIANGLE + "f 1 2 0", ErrorCode.CORRUPT_FILE),
        (TRIANGLE + "f 1 2 -4", ErrorCode.CORRUPT_FILE),
        (TRIANGLE + "f 1 2 999999999", ErrorCode.CORRUPT_FILE),
        (TRIANGLE + "f 1 2 99999999999999999999999", ErrorCode.CORRUPT_FILE),
        (TRIANGLE + "f 1 2 x", ErrorCode.CORRUPT_FILE),
        (TRIANGLE + "f 1 2 3.5", ErrorCode.CORRUPT_FILE),
        (TRIANGLE + "f /1 /2 /3", ErrorCode.CORRUPT_FILE),
        ("v 0 0\n" + TRIANGLE + "f 1 2 3", ErrorCode.CORRUPT_FILE),
        ("v 0 0 zero\n" + TRIANGLE + "f 1 2 3", ErrorCode.CORRUPT_FILE),
        (TRIANGLE.replace("20 0 0", "nan 0 0") + "f 1 2 3", ErrorCode.NON_FINITE),
        (TRIANGLE.replace("20 0 0", "1e999 0 0") + "f 1 2 3", ErrorCode.NON_FINITE),
    ],
)
def test_errors(text: str, code: ErrorCode) -> None:
    assert code_of(text) == code


def test_a_malformed_line_is_named() -> None:
    with pytest.raises(MeshError, match=r"Line 4 .*'f 1 2 x'"):
        read(TRIANGLE + "f 1 2 x\n")


def test_no_other_file_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "model.obj"
    path.write_text("mtllib trap.mtl\n" + TRIANGLE + "usemtl trap\nf 1 2 3\n")
    opened: list[str] = []
    original = Path.open

    def spy(self: Path, *args: object, **kwargs: object) -> object:
        opened.append(self.name)
        return original(self, *args, **kwargs)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", spy)
    load(path)
    assert opened == ["model.obj"]
