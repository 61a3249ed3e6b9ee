"""What happens to vertices and faces between a reader and the mesh."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import generate
import shapes
from meshcore import ErrorCode, MeshError
from meshcore.formats import load
from meshcore.formats.source import RawMesh
from meshcore.formats.welding import TOLERANCE, extents, welded


def torn(shape: shapes.Shape, gap: float, seed: int = 0) -> RawMesh:
    """The shape as a soup whose corners are up to ``gap`` away from where they should be."""
    points = shape[0][shape[1]].reshape(-1, 3)
    noise = np.random.default_rng(seed).uniform(-gap / 4, gap / 4, points.shape)
    return RawMesh(points + noise, np.arange(len(points), dtype=np.int32).reshape(-1, 3), "")


def test_a_soup_within_the_tolerance_is_closed() -> None:
    shape = shapes.icosphere(50, 2)
    gap = TOLERANCE * math.hypot(*extents(shape[0]))
    result = welded(torn(shape, gap))
    assert (len(result.vertices), len(result.faces)) == (len(shape[0]), len(shape[1]))
    assert [w.code for w in result.warnings] == ["TOLERANCE_WELD"]
    assert result.warnings[0].message.startswith(f"{3 * len(shape[1]) - len(shape[0])} vertices")


def test_a_wider_gap_stays_open_and_nothing_is_moved() -> None:
    raw = torn(shapes.icosphere(50, 2), 0.1)
    result = welded(raw)
    assert np.array_equal(result.vertices[result.faces], raw.vertices[raw.faces])
    assert result.warnings == ()


def test_a_weld_that_leaves_a_hole_is_not_made() -> None:
    raw = torn(shapes.open_box(), 1e-5)
    assert len(welded(raw).vertices) == 30


def test_the_weld_leaves_closed_parts_alone() -> None:
    # A closed cube with an edge far below the tolerance, beside a torn sphere.
    sliver = shapes.box((10, 10, 1e-5))
    sphere = torn(shapes.moved(shapes.icosphere(50, 2), (100, 0, 0)), 1e-4)
    both = RawMesh(
        np.vstack([sliver[0], sphere.vertices]), np.vstack([sliver[1], sphere.faces + len(sliver[0])]), ""
    )
    result = welded(both)
    assert [w.code for w in result.warnings] == ["TOLERANCE_WELD"]
    assert len(result.vertices) == 8 + 162
    assert len(result.faces) == 12 + 320


def test_degenerate_faces_are_counted_and_removed() -> None:
    vertices, faces = shapes.box()
    faces = np.vstack([faces, [[0, 0, 1], [1, 2, 1]]]).astype(np.int32)
    mesh = load(generate.obj((vertices, faces)), "obj")
    assert mesh.degenerate_faces_removed == 2
    assert len(mesh.faces) == 12
    message = next(w.message for w in mesh.warnings if w.code == "DEGENERATE_FACES_REMOVED")
    assert message.startswith("2 faces")


def test_faces_that_weld_to_a_line_are_removed() -> None:
    points = np.array([[0, 0, 0], [9, 0, 0], [0, 0, 0], [0, 9, 0]], dtype=float)
    result = welded(RawMesh(points, np.array([[0, 1, 2], [0, 1, 3]], np.int32), ""))
    assert result.degenerate_faces == 1
    assert result.faces.tolist() == [[0, 1, 2]]


def test_unused_vertices_are_left_out() -> None:
    vertices, faces = shapes.box()
    result = welded(RawMesh(np.vstack([[[99, 99, 99]], vertices]), faces + 1, ""))
    assert np.array_equal(result.vertices[result.faces], vertices[faces])
    assert len(result.vertices) == 8


@pytest.mark.parametrize(
    ("faces", "code"),
    [
        (np.empty((0, 3)), ErrorCode.EMPTY_MESH),
        ([[0, 0, 1]], ErrorCode.EMPTY_MESH),
        ([[0, 1, 3]], ErrorCode.CORRUPT_FILE),
        ([[0, 1, -1]], ErrorCode.CORRUPT_FILE),
    ],
)
def test_errors(faces: list[list[int]], code: ErrorCode) -> None:
    with pytest.raises(MeshError) as caught:
        welded(RawMesh(np.eye(3), np.array(faces, np.int32).reshape(-1, 3), ""))
    assert caught.value.code == code


def test_an_unused_vertex_may_be_infinite() -> None:
    vertices = np.vstack([np.eye(3), [[np.inf, 0, 0]]])
    assert len(welded(RawMesh(vertices, np.array([[0, 1, 2]], np.int32), "")).vertices) == 3
    with pytest.raises(MeshError) as caught:
        welded(RawMesh(vertices, np.array([[0, 1, 3]], np.int32), ""))
    assert caught.value.code == ErrorCode.NON_FINITE


@pytest.mark.parametrize("scale", [1e-300, 1e-30, 1e30, 1e200])
def test_extreme_sizes_are_welded_exactly(scale: float) -> None:
    vertices, faces = shapes.open_box()
    result = welded(RawMesh(vertices * scale, faces, ""))
    assert len(result.vertices) == 8


@given(st.integers(0, 10**6))
def test_order_of_faces_does_not_matter(seed: int) -> None:
    vertices, faces = shapes.icosphere(50, 1)
    order = np.random.default_rng(seed).permutation(len(faces))
    result = welded(torn((vertices, faces[order]), 1e-4, seed))
    assert (len(result.vertices), len(result.faces)) == (len(vertices), len(faces))


def test_extents() -> None:
    assert extents(np.array([[0, 5, 1], [2, 1, 1]], dtype=float)) == [2, 4, 0]
