"""Area of the faces that hang over by more than 45 degrees and do not lie on the plate."""

from math import sqrt
from typing import Any

import numpy as np

from benchmarks.contender import OURS, Answers, Contender
from benchmarks.conversions import trimesh_mesh
from benchmarks.meshes import BenchMesh


def _arrays(mesh: BenchMesh) -> BenchMesh:
    return mesh


def _meshcore(mesh: BenchMesh) -> Answers:
    from meshkernels.overhang import classify_overhangs

    plate = float(mesh.vertices[:, 2].min()) + 0.1
    _, areas = classify_overhangs(mesh.vertices, mesh.faces, sine=sqrt(0.5), plate=plate)
    return {"overhang mm²": float(areas[0])}


def _numpy(mesh: BenchMesh) -> Answers:
    a, b, c = (mesh.vertices[mesh.faces[:, k]] for k in range(3))
    normals = np.cross(b - a, c - a)
    doubled = np.linalg.norm(normals, axis=1)
    height = mesh.vertices[:, 2]
    on_plate = (height[mesh.faces] <= height.min() + 0.1).all(axis=1)
    hanging = (-normals[:, 2] > sqrt(0.5) * doubled) & ~on_plate
    return {"overhang mm²": float(0.5 * doubled[hanging].sum())}


def _trimesh(mesh: Any) -> Answers:
    on_plate = (mesh.triangles[:, :, 2] <= mesh.bounds[0, 2] + 0.1).all(axis=1)
    hanging = (mesh.face_normals[:, 2] < -sqrt(0.5)) & ~on_plate
    return {"overhang mm²": float(mesh.area_faces[hanging].sum())}


CONTENDERS = (
    Contender(OURS, "meshkernels.overhang", _arrays, _meshcore),
    Contender("NumPy", "numpy", _arrays, _numpy),
    Contender("trimesh", "trimesh", _arrays, _trimesh, fresh=trimesh_mesh),
)
