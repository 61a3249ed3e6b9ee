"""A mesh is checked when it is made, whoever makes it."""

import pickle

import numpy as np
import pytest

from meshcore import ErrorCode, Mesh, MeshError
from meshcore.mesh import LARGEST_MM
from shapes import box


@pytest.mark.parametrize(
    ("vertices", "faces", "code"),
    [
        ([[0, 0, 0], [1, 0, 0], [0, 1, np.nan]], [[0, 1, 2]], ErrorCode.NON_FINITE),
        ([[0, 0, 0], [1, 0, 0], [0, 1, -np.inf]], [[0, 1, 2]], ErrorCode.NON_FINITE),
        ([[0, 0, 0], [1, 0, 0], [0, -1e30, 0]], [[0, 1, 2]], ErrorCode.OUT_OF_RANGE),
        ([[0, 0, 0], [1, 0, 0], [0, 1, 0]], np.empty((0, 3)), ErrorCode.EMPTY_MESH),
        ([[0, 0, 0], [1, 0, 0], [0, 1, 0]], [[0, 1, 3]], ErrorCode.CORRUPT_FILE),
        ([[0, 0, 0], [1, 0, 0], [0, 1, 0]], [[0, 1, -1]], ErrorCode.CORRUPT_FILE),
        ([[0, 0], [1, 0], [0, 1]], [[0, 1, 2]], ErrorCode.CORRUPT_FILE),
    ],
)
def test_bad_arrays_are_refused(vertices: object, faces: object, code: ErrorCode) -> None:
    with pytest.raises(MeshError) as caught:
        Mesh(np.asarray(vertices, dtype=np.float64), np.asarray(faces))
    assert caught.value.code == code


def test_arrays_become_what_kernels_take() -> None:
    vertices, faces = box()
    frozen = np.asfortranarray(vertices.astype(np.float32))
    frozen.flags.writeable = False
    mesh = Mesh(frozen, faces.astype(np.int64))  # type: ignore[arg-type]
    for array, dtype in ((mesh.vertices, np.float64), (mesh.faces, np.int32)):
        assert array.dtype == dtype
        assert array.flags.c_contiguous
        assert array.flags.writeable
    assert frozen.flags.f_contiguous


def test_the_largest_coordinate_is_fine() -> None:
    vertices, faces = box()
    assert len(Mesh(vertices / 10 * LARGEST_MM, faces).faces) == 12


def test_errors_survive_pickling() -> None:
    error = pickle.loads(pickle.dumps(MeshError(ErrorCode.CORRUPT_FILE, "cut short")))
    assert (error.code, error.message) == (ErrorCode.CORRUPT_FILE, "cut short")
    assert str(error) == "CORRUPT_FILE: cut short"
