"""The meshes every contender is timed on: made here, the same to the last bit wherever they are made.

``organic`` is a twisted and bent body with creases, a rough skin and thin ears, with limbs stuck into it as
modellers do: triangles of all sizes, self-occlusion, faces that cross. ``cad`` is an assembly of gears,
tubes and perforated plates standing in a base: needles, large flat regions, coplanar neighbours.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from shapes import Shape, gear, icosphere, moved, plate_with_holes, together, tube

FOLDER = Path(__file__).resolve().parents[1] / "build" / "benchmarks"

SIZES = {"5k": 5_000, "100k": 100_000, "225k": 225_000, "1000k": 1_000_000, "1600k": 1_600_000}

NAMES = (*(f"organic-{size}" for size in SIZES), "cad-5k", "cad-225k")

STANDARD = ("organic-100k", "organic-225k", "cad-225k", "organic-1000k", "organic-1600k")
"""What is timed unless other meshes are named."""

_STL_RECORD = np.dtype([("normal", "<f4", 3), ("points", "<f4", (3, 3)), ("attribute", "<u2")])

_Points = NDArray[np.float64]


class BenchMesh(NamedTuple):
    """A mesh and the binary STL it came from: float64 vertices (V, 3) in mm, welded; int32 faces (F, 3)."""

    name: str
    path: Path
    vertices: _Points
    faces: NDArray[np.int32]


def bench_mesh(name: str) -> BenchMesh:
    """One of ``NAMES``, or any binary STL by its path; made and welded once, then kept in ``FOLDER``."""
    (FOLDER / "meshes").mkdir(parents=True, exist_ok=True)
    path = Path(name)
    if name in NAMES:
        path = FOLDER / "meshes" / f"{name}-{_recipe()}.stl"
        if not path.exists():
            for outdated in path.parent.glob(f"{name}-*"):
                outdated.unlink(missing_ok=True)
            kind, size = name.split("-")
            _write_stl(path, (organic if kind == "organic" else cad)(SIZES[size]))
    stat = path.stat()
    key = hashlib.sha256(f"{path.resolve()} {stat.st_size} {stat.st_mtime_ns}".encode()).hexdigest()[:16]
    arrays = FOLDER / "meshes" / f"{path.stem}-{key}.npz"
    if not arrays.exists():
        vertices, faces = _welded(path)
        with _replacing(arrays) as file:
            np.savez(file, vertices=vertices, faces=faces)
    with np.load(arrays) as stored:
        label = name if name in NAMES else path.stem
        return BenchMesh(label, path.resolve(), stored["vertices"], stored["faces"])


def organic(faces: int) -> Shape:
    """A body of about nine tenths of the faces, four limbs and two thin ears that reach into it."""
    noise = np.random.default_rng(20240229)
    body = _geodesic(max(4, round((0.9 * faces / 20) ** 0.5)))
    part = _geodesic(max(2, round((0.1 * faces / 6 / 20) ** 0.5)))
    anchors = _directions(noise, 6)
    shapes = [(_posed(_creased(body[0], noise) * (32.0, 24.0, 40.0)), body[1])]
    for k, anchor in enumerate(anchors):
        size = np.array((9.0, 9.0, 9.0) if k < 4 else (1.0, 9.0, 12.0))
        center = _posed(anchor[None] * (25.0, 19.0, 31.0))[0]
        shapes.append((_creased(part[0], noise) * size + center, part[1]))
    return together(*shapes)


def cad(faces: int) -> Shape:
    """Gears, tubes, balls and perforated plates in rows over a base; every fourth row reaches into it."""
    parts: list[Shape] = []
    total = 0
    while total + 800 * (len(parts) // 8 + 2) < faces:  # the base has about 800 faces a row of parts
        k = len(parts)
        x, y = 45.0 * (k % 8), 45.0 * (k // 8)
        kinds = (
            gear(24 + k % 40, 18.0 / (24 + k % 40) * 2, 5.0, 8.0 + k % 7),
            tube(16.0, 14.0 - k % 3, 30.0 + k % 11, 96 + 32 * (k % 8)),
            moved(plate_with_holes((2 + k % 3, 3), 10.0, 3.0 + k % 4), (-20.0, -20.0, 0.0)),
            icosphere(12.0, 3, (0.0, 0.0, 9.0)),
        )
        part = moved(kinds[k % 4], (x, y, -0.37 if k // 8 % 4 == 0 else 0.41))
        parts.append(part)
        total += len(part[1])
    rows = (len(parts) + 7) // 8
    base = plate_with_holes((12, max(2, rows + rows // 8)), 30.0, 4.0)
    return together(moved(base, (-33.3, -31.7, -4.0)), *parts)


def _geodesic(frequency: int) -> Shape:
    """An icosahedron with every edge cut into ``frequency``: 20 * frequency² faces on the unit sphere."""
    corners, triangles = icosphere(1.0, 0)
    n = frequency
    i, j = (a.ravel() for a in np.meshgrid(np.arange(n + 1), np.arange(n + 1), indexing="ij"))
    i, j = i[i + j <= n], j[i + j <= n]
    index = np.full((n + 2, n + 2), -1)
    index[i, j] = np.arange(len(i))
    up = np.column_stack([index[i, j], index[i + 1, j], index[i, j + 1]])[i + j < n]
    down = np.column_stack([index[i + 1, j], index[i + 1, j + 1], index[i, j + 1]])[i + j < n - 1]
    lattice = np.vstack([up, down])
    weights = np.column_stack([n - i - j, i, j]) / n
    points = np.einsum("kw,fwx->fkx", weights, corners[triangles]).reshape(-1, 3)
    faces = (np.arange(20)[:, None, None] * len(i) + lattice).reshape(-1, 3)
    keys = np.round(points * 1e9).astype(np.int64)
    _, first, inverse = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    points = points[first]
    return points / np.linalg.norm(points, axis=1, keepdims=True), inverse.reshape(-1)[faces].astype(np.int32)


def _directions(noise: np.random.Generator, count: int) -> _Points:
    directions = noise.normal(size=(count, 3))
    return np.asarray(directions / np.linalg.norm(directions, axis=1, keepdims=True))


def _creased(sphere: _Points, noise: np.random.Generator) -> _Points:
    """Unit sphere to a star-shaped body: uneven triangles, folds of five octaves with sharp creases."""
    waves = _directions(noise, 12) * noise.uniform(1.5, 3.0, (12, 1))
    phases = noise.uniform(0.0, 2.0 * np.pi, 12)
    # Crowds the triangles in some places and thins them in others, gently enough not to fold over.
    directions = sphere + 0.18 * np.sin(sphere @ waves[:3].T + phases[:3])
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    radius = np.full(len(sphere), 0.8)
    for octave in range(5):
        for k in (3 + octave, 7 + octave):
            fold = 1.0 - np.abs(np.sin(2.0**octave * (directions @ waves[k]) + phases[k]))
            radius += 0.16 * 0.45**octave * (fold - 0.4)
    return np.asarray(directions * radius[:, None])


def _posed(points: _Points) -> _Points:
    """Twist about z and bend sideways: both keep a body free of self-intersections."""
    x, y, z = points.T
    angle = 0.025 * z
    turned = np.cos(angle) * x - np.sin(angle) * y
    return np.column_stack([turned + 12.0 * np.sin(z / 18.0), np.sin(angle) * x + np.cos(angle) * y, z])


def _recipe() -> str:
    """Changes when this file does, so that no mesh of an older recipe is used."""
    return hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:8]


def _write_stl(path: Path, shape: Shape) -> None:
    vertices, faces = shape
    triangles = (vertices - vertices.min(axis=0)).astype(np.float32)[faces]
    records = np.zeros(len(faces), _STL_RECORD)
    records["points"] = triangles
    normals = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
    records["normal"] = normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-30)
    with _replacing(path) as file:
        file.write(b"meshcore benchmark".ljust(80) + np.uint32(len(faces)).tobytes())
        file.write(records.tobytes())


@contextmanager
def _replacing(path: Path) -> Iterator[IO[bytes]]:
    """A file that appears under its name when it is complete: tests in two processes may both make it."""
    partial = path.with_name(f"{path.name}.{os.getpid()}")
    with partial.open("wb") as file:
        yield file
    partial.replace(path)


def _welded(path: Path) -> tuple[_Points, NDArray[np.int32]]:
    """Vertices in order of first occurrence, as a reader would give them; collapsed faces dropped."""
    points = np.fromfile(path, _STL_RECORD, offset=84)["points"].reshape(-1, 3) + np.float32(0)
    keys = np.ascontiguousarray(points).view("V12").ravel()
    _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    faces = rank[inverse].reshape(-1, 3).astype(np.int32)
    whole = (faces != np.roll(faces, 1, axis=1)).all(axis=1)
    return points[first[order]].astype(np.float64), np.ascontiguousarray(faces[whole])
