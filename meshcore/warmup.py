"""Compile every kernel ahead of time and tell which are still missing from numba's disk cache."""

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import meshkernels
from meshcore.analysis.technical import analyze
from meshcore.formats import load
from meshcore.mesh import Mesh
from meshkernels.jit import KERNELS
from meshkernels.orient import flip_faces
from meshkernels.orientation_search import outer_vertices
from meshkernels.winding_number import winding_numbers_exact

_CUBE = np.array([[x, y, z] for z in (0, 1) for y in (0, 1) for x in (0, 1)], dtype=np.float64)
_QUADS = [(0, 2, 3, 1), (4, 5, 7, 6), (0, 1, 5, 4), (2, 6, 7, 3), (0, 4, 6, 2), (1, 3, 7, 5)]
_FACES = np.array([[a, i, j] for a, b, c, d in _QUADS for i, j in ((b, c), (c, d))], dtype=np.int32)


def uncompiled() -> list[str]:
    """Names of the kernels that have no compiled version on disk for this machine, sorted."""
    for module in pkgutil.walk_packages(meshkernels.__path__, "meshkernels."):
        importlib.import_module(module.name)
    cached: dict[str, set[str]] = {}
    missing = []
    for kernel in KERNELS:
        folder = kernel.stats.cache_path
        if folder not in cached:
            # topology._scan-40.py311.nbi → topology._scan-40
            cached[folder] = {path.name.rsplit(".", 2)[0] for path in Path(folder).glob("*.nbi")}
        code = kernel.py_func.__code__
        name = f"{Path(code.co_filename).stem}.{code.co_qualname}-{code.co_firstlineno}"
        if name not in cached[folder]:
            missing.append(name)
    return sorted(missing)


def warmup() -> None:
    """Run every kernel once on small meshes, so that all are compiled and kept on disk."""
    for mesh in _meshes():
        analyze(mesh, thickness_method="sphere")
    for text, name in _files():
        analyze(load(text, name))
    # What only large meshes need, and what no analysis needs but callers may.
    outer_vertices(_CUBE, _CUBE.mean(axis=0))
    winding_numbers_exact(_CUBE, _CUBE, _FACES)


def _meshes() -> Iterator[Mesh]:
    """Meshes that between them reach every kernel: overlaps, cavities, flips, holes, overhangs, fins."""
    inside_out = flip_faces(_FACES, np.arange(12) > 0)
    yield _join((_CUBE * 20, inside_out), (_CUBE * 10 + 5, _FACES))
    upper, shifted = (_CUBE * 10 + np.array(offset) for offset in ((0, 0, 20), (5, 4, 23)))
    yield _join((upper, _FACES), (shifted, _FACES), (_CUBE * 30 - [3, 2, 0], _FACES))
    loose = (_CUBE[:3] * 10 + [50, 0, 7], np.array([[0, 1, 2]], dtype=np.int32))
    yield _join((_CUBE * 10, _FACES[:10]), loose)


def _join(*shapes: tuple[NDArray[np.float64], NDArray[np.int32]]) -> Mesh:
    vertices, faces, start = [], [], 0
    for v, f in shapes:
        vertices.append(v)
        faces.append(f + start)
        start += len(v)
    return Mesh(np.vstack(vertices), np.vstack(faces))


def _files() -> Iterator[tuple[bytes, str]]:
    """A cube in every text format that has a parser of its own, and what readers mend or cut up."""
    points, triangles = (10 * _CUBE).tolist(), _FACES.tolist()
    rows = [" ".join(map(str, row)) for row in points]
    corners = ["\n".join(f"vertex {rows[i]}" for i in face) for face in triangles]
    facets = [f"facet normal 0 0 0\nouter loop\n{three}\nendloop\nendfacet" for three in corners]
    yield "\n".join(["solid cube", *facets, "endsolid cube", ""]).encode(), "stl"
    faces = ["3 " + " ".join(map(str, face)) for face in triangles]
    yield "\n".join(["OFF", "8 12 0", *rows, *faces, ""]).encode(), "off"
    header = ["ply", "format ascii 1.0", "element vertex 8", *(f"property float {axis}" for axis in "xyz")]
    header += ["element face 12", "property list uchar int vertex_indices", "end_header"]
    yield "\n".join([*header, *rows, *faces, ""]).encode(), "ply"

    # Two cubes that share a corner, one with a side drawn as a concave polygon, one with a cracked seam.
    lines = [f"v {row}" for row in rows] + [f"v {x + 10} {y + 10} {z + 10}" for x, y, z in points]
    lines += ["v 10 6 6", "v 20.000001 20 20"]
    polygons = [[i + 1 for i in quad] for quad in _QUADS[:5]]
    polygons += [[2, 4, 17, 8, 6], [4, 8, 17]]
    polygons += [[9 + i for i in face] for face in triangles[:11]]
    polygons.append([18 if i == 7 else 9 + i for i in triangles[11]])
    lines += ["f " + " ".join(map(str, polygon)) for polygon in polygons]
    yield "\n".join([*lines, ""]).encode(), "obj"
