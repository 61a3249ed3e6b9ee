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
        load(text, name)
    winding_numbers_exact(_CUBE, _CUBE, _FACES)  # no analysis needs it, but callers may


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
    """A cube in every text format that has a parser of its own."""
    rows = [" ".join(map(str, row)) for row in (10 * _CUBE).tolist()]
    triangles = _FACES.tolist()
    facets = "".join(
        "facet normal 0 0 0\nouter loop\n"
        + "".join(f"vertex {rows[i]}\n" for i in face)
        + "endloop\nendfacet\n"
        for face in triangles
    )
    yield f"solid cube\n{facets}endsolid cube\n".encode(), "stl"
    lines = [f"v {row}" for row in rows] + ["f " + " ".join(str(i + 1) for i in face) for face in triangles]
    yield "\n".join([*lines, ""]).encode(), "obj"
    faces = ["3 " + " ".join(map(str, face)) for face in triangles]
    yield "\n".join(["OFF", "8 12 0", *rows, *faces, ""]).encode(), "off"
    header = ["ply", "format ascii 1.0", "element vertex 8", *(f"property float {axis}" for axis in "xyz")]
    header += ["element face 12", "property list uchar int vertex_indices", "end_header"]
    yield "\n".join([*header, *rows, *faces, ""]).encode(), "ply"
