"""Area of the cross-section in each of 400 evenly spaced layers."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.contender import OURS, Answers, Contender
from benchmarks.conversions import manifold, meshlib_copy, meshlib_mesh, trimesh_mesh
from benchmarks.meshes import BenchMesh

_LAYERS = 400


class _Slices(NamedTuple):
    mesh: Any
    heights: NDArray[np.float64]


def _heights(mesh: BenchMesh) -> NDArray[np.float64]:
    low, high = mesh.vertices[:, 2].min(), mesh.vertices[:, 2].max()
    return np.asarray(low + (high - low) * (np.arange(_LAYERS) + 0.5) / _LAYERS)


def _arrays(mesh: BenchMesh) -> _Slices:
    return _Slices(mesh, _heights(mesh))


def _meshcore(slices: _Slices) -> Answers:
    from meshkernels.cross_section import cross_sections

    mesh = slices.mesh
    areas = cross_sections(mesh.vertices, mesh.faces, slices.heights).area_mm2
    return {"mean area mm²": float(areas.mean())}


def _half_edges(mesh: BenchMesh) -> _Slices:
    return _Slices(meshlib_mesh(mesh), _heights(mesh))


def _without_tree(slices: _Slices) -> _Slices:
    return slices._replace(mesh=meshlib_copy(slices.mesh))


def _meshlib(slices: _Slices) -> Answers:
    from meshlib import mrmeshpy

    part, flat = mrmeshpy.MeshPart(slices.mesh), mrmeshpy.AffineXf3f()
    total = 0.0
    for z in slices.heights.tolist():
        sections = mrmeshpy.extractXYPlaneSections(part, z)
        contours = mrmeshpy.planeSectionsToContours2f(slices.mesh, sections, flat)
        total += sum(mrmeshpy.calcOrientedArea(contour) for contour in contours)
    return {"mean area mm²": abs(total) / len(slices.heights)}


def _solid(mesh: BenchMesh) -> _Slices:
    return _Slices(manifold(mesh), _heights(mesh))


def _manifold(slices: _Slices) -> Answers:
    total = sum(slices.mesh.slice(z).area() for z in slices.heights.tolist())
    return {"mean area mm²": total / len(slices.heights)}


def _new_trimesh(slices: _Slices) -> _Slices:
    return slices._replace(mesh=trimesh_mesh(slices.mesh))


def _trimesh(slices: _Slices) -> Answers:
    start = slices.heights[0]
    sections = slices.mesh.section_multiplane((0, 0, start), (0, 0, 1), slices.heights - start)
    return {"mean area mm²": sum(s.area for s in sections if s is not None) / len(slices.heights)}


CONTENDERS = (
    Contender(OURS, "meshkernels.cross_section", _arrays, _meshcore),
    Contender("MeshLib", "meshlib", _half_edges, _meshlib, fresh=_without_tree),
    Contender("manifold3d", "manifold3d", _solid, _manifold),
    Contender("trimesh", "trimesh", _arrays, _trimesh, fresh=_new_trimesh, largest=150_000),
)
