"""Place meshes by their transforms and join them into one."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from meshcore.formats.limits import Limits


class Part(NamedTuple):
    """Vertices float64 (V, 3) and faces int32 (F, 3) of one mesh of a scene."""

    vertices: NDArray[np.float64]
    faces: NDArray[np.int32]


class Instance(NamedTuple):
    """A mesh and the 4 by 4 matrix that places it: ``matrix @ [x, y, z, 1]``."""

    part: Part
    matrix: NDArray[np.float64]


def join(instances: list[Instance], limits: Limits) -> Part:
    """All instances as one mesh; a mirrored one has its faces turned, so that outside stays outside.

    Raises
    ------
    MeshError
        ``FILE_TOO_LARGE`` before anything is allocated.
    """
    n_vertices = sum(len(i.part.vertices) for i in instances)
    n_faces = sum(len(i.part.faces) for i in instances)
    limits.check_vertices(n_vertices)
    limits.check_faces(n_faces)
    if n_faces > sum({id(i.part): len(i.part.faces) for i in instances}.values()):
        limits.check_unfolded(n_faces)
    vertices = np.empty((n_vertices, 3))
    faces = np.empty((n_faces, 3), np.int32)
    v = f = 0
    for part, matrix in instances:
        v_end, f_end = v + len(part.vertices), f + len(part.faces)
        linear, offset = matrix[:3, :3], matrix[:3, 3]
        vertices[v:v_end] = part.vertices @ linear.T + offset if not _is_identity(matrix) else part.vertices
        mirrored = np.linalg.det(linear) < 0
        faces[f:f_end] = (part.faces[:, ::-1] if mirrored else part.faces) + np.int32(v)
        v, f = v_end, f_end
    return Part(vertices, faces)


def _is_identity(matrix: NDArray[np.float64]) -> bool:
    return bool((matrix == np.eye(4)).all())
