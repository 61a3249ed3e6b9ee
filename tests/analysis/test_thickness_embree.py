"""Ray thickness against Embree, ray by ray, on real parts of one closed shell."""

from pathlib import Path

import numpy as np
import pytest
import trimesh
from trimesh.ray.ray_pyembree import RayMeshIntersector

import meshcore
from meshkernels import bvh
from meshkernels.thickness import ray_thickness

PARTS = ["adis16480", "angle_block", "fandisk", "featuretype", "quadknot", "xyz_cube"]


@pytest.mark.parametrize("name", PARTS)
def test_embree_finds_the_same_walls(name: str, shared: Path) -> None:
    mesh = meshcore.load(shared / "ground_truth" / "stl" / f"{name}.stl", unit="mm")
    ours = ray_thickness(mesh.vertices, mesh.faces, bvh.build(mesh.vertices, mesh.faces))
    peer = trimesh.Trimesh(mesh.vertices, mesh.faces, process=False)
    # Embree would hit the face that it starts on, so its rays start a little inside.
    size = float(np.ptp(mesh.vertices, axis=0).max())
    inwards = -peer.face_normals
    origins = peer.triangles_center + 1e-5 * size * inwards
    points, rays, _ = RayMeshIntersector(peer).intersects_location(origins, inwards, multiple_hits=False)
    theirs = np.full(len(mesh.faces), np.nan)
    theirs[rays] = np.einsum("ij,ij->i", points - peer.triangles_center[rays], inwards[rays])

    assert np.isfinite(ours).all(), "every ray into a closed solid meets its other side"
    # Its float32 coordinates are good for about 1e-6 of the size; a thinner wall is jumped over by the start.
    agree = np.abs(ours - theirs) <= 1e-5 * size
    thin = ours < 2e-5 * size
    assert np.count_nonzero(~agree & ~thin) <= 0.001 * len(ours)
