"""One ray inward from every face: building the search structure and casting the rays.

Peers get their rays ready-made and stop at the first face hit; ours makes its own and walks on until it
leaves the solid.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.contender import OURS, Answers, Contender
from benchmarks.conversions import meshlib_copy, meshlib_mesh, trimesh_mesh
from benchmarks.meshes import BenchMesh


class _Rays(NamedTuple):
    """float32 (F, 3): origins 1e-5 of the mesh's size below the faces' centroids, unit directions."""

    mesh: Any
    origins: Any
    directions: Any


def _inward_rays(mesh: BenchMesh) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    a, b, c = (mesh.vertices[mesh.faces[:, k]] for k in range(3))
    normals = np.cross(b - a, c - a)
    directions = -normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-300)
    origins = (a + b + c) / 3 + 1e-5 * np.ptp(mesh.vertices) * directions
    return origins.astype(np.float32), directions.astype(np.float32)


def _summary(distances: Any) -> Answers:
    hits = distances[np.isfinite(distances) & (distances >= 0) & (distances < 1e30)]
    first, median = np.percentile(hits, [1, 50])
    return {"faces with a value": len(hits), "1st percentile mm": float(first), "median mm": float(median)}


def _meshcore(mesh: BenchMesh) -> Any:
    from meshkernels.bvh import build
    from meshkernels.thickness import ray_thickness

    return ray_thickness(mesh.vertices, mesh.faces, build(mesh.vertices, mesh.faces))


def _open3d_rays(mesh: BenchMesh) -> _Rays:
    from open3d.core import Tensor

    points = Tensor(mesh.vertices.astype(np.float32))
    faces = Tensor(mesh.faces.astype(np.uint32))
    return _Rays((points, faces), Tensor(np.hstack(_inward_rays(mesh))), None)


def _open3d(rays: _Rays) -> Any:
    import open3d

    scene = open3d.t.geometry.RaycastingScene()
    scene.add_triangles(*rays.mesh)
    return scene.cast_rays(rays.origins)["t_hit"].numpy()


def _embreex_rays(mesh: BenchMesh) -> _Rays:
    return _Rays((mesh.vertices.astype(np.float32), mesh.faces), *_inward_rays(mesh))


def _embreex(rays: _Rays) -> Any:
    from embreex.mesh_construction import TriangleMesh
    from embreex.rtcore_scene import EmbreeScene

    scene = EmbreeScene()
    TriangleMesh(scene, *rays.mesh)
    return scene.run(rays.origins, rays.directions, query="DISTANCE")


def _meshlib_rays(mesh: BenchMesh) -> _Rays:
    from meshlib.mrmeshnumpy import pointCloudFromPoints

    return _Rays(meshlib_mesh(mesh), *(pointCloudFromPoints(rays) for rays in _inward_rays(mesh)))


def _without_tree(rays: _Rays) -> _Rays:
    return rays._replace(mesh=meshlib_copy(rays.mesh))


def _meshlib(rays: _Rays) -> Any:
    from meshlib import mrmeshpy

    found = mrmeshpy.MultiRayMeshIntersectResult()
    distances = mrmeshpy.std_vector_float()
    found.rayDistances = distances
    part = mrmeshpy.MeshPart(rays.mesh)
    mrmeshpy.multiRayMeshIntersect(part, rays.origins.points.vec, rays.directions.points.vec, found)
    return distances


def _meshlib_vertices(mesh: Any) -> Any:
    from meshlib import mrmeshpy

    return mrmeshpy.computeRayThicknessAtVertices(mesh).vec


def _meshlib_summary(distances: Any) -> Answers:
    return _summary(np.array(distances, dtype=np.float64))


def _trimesh_rays(mesh: BenchMesh) -> _Rays:
    return _Rays(mesh, *(rays.astype(np.float64) for rays in _inward_rays(mesh)))


def _new_trimesh(rays: _Rays) -> _Rays:
    return rays._replace(mesh=trimesh_mesh(rays.mesh))


def _trimesh(rays: _Rays) -> Any:
    points, ray, _ = rays.mesh.ray.intersects_location(rays.origins, rays.directions, multiple_hits=False)
    return np.linalg.norm(points - rays.origins[ray], axis=1)


CONTENDERS = (
    Contender(OURS, "meshkernels.thickness", lambda mesh: mesh, _meshcore, _summary),
    Contender("Open3D (Embree)", "open3d", _open3d_rays, _open3d, _summary),
    Contender("embreex", "embreex", _embreex_rays, _embreex, _summary),
    Contender("trimesh + embreex", "embreex", _trimesh_rays, _trimesh, _summary, fresh=_new_trimesh),
    Contender("MeshLib", "meshlib", _meshlib_rays, _meshlib, _meshlib_summary, fresh=_without_tree),
    Contender(
        "MeshLib (at vertices)",
        "meshlib",
        meshlib_mesh,
        _meshlib_vertices,
        _meshlib_summary,
        fresh=meshlib_copy,
        less="a ray for every vertex: half as many",
    ),
)
