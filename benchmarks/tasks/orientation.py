"""Search for the way up that prints best.

Tweaker-3 is not on PyPI: ``MESHCORE_TWEAKER3`` names a checkout of it.
"""

import os
import sys
from typing import Any, NamedTuple

import numpy as np

from benchmarks.contender import OURS, SHARE, Answers, Contender
from benchmarks.conversions import trimesh_mesh
from benchmarks.meshes import BenchMesh

if "MESHCORE_TWEAKER3" in os.environ:
    sys.path.append(os.environ["MESHCORE_TWEAKER3"])


def _arrays(mesh: BenchMesh) -> BenchMesh:
    return mesh


def _meshcore(mesh: BenchMesh) -> Any:
    from meshcore.analysis.orientation import recommend_orientation

    return recommend_orientation(mesh.vertices, mesh.faces)


def _turn(found: Any) -> Answers:
    return {"support mm³": found.after.support_volume_mm3, "turned about x °": found.rotation_x}


def _triangles(mesh: BenchMesh) -> Any:
    return mesh.vertices[mesh.faces].reshape(-1, 3)


class _Tweaked(NamedTuple):
    triangles: Any
    found: Any
    negligible: float  # area below which it left faces out, mm²


def _tweaker(triangles: Any) -> _Tweaked:
    from MeshTweaker import PARAMETER_VOL, Tweak

    found = Tweak(triangles, extended_mode=True, verbose=False, min_volume=True)
    return _Tweaked(triangles, found, 0.1 * PARAMETER_VOL["NEGL_FACE_SIZE"])


def _tweaker_all_faces(triangles: Any) -> _Tweaked:
    from MeshTweaker import PARAMETER_VOL, Tweak

    parameter = {**PARAMETER_VOL, "NEGL_FACE_SIZE": 0.0}
    found = Tweak(triangles, extended_mode=True, verbose=False, min_volume=True, parameter=parameter)
    return _Tweaked(triangles, found, 0.0)


def _tweaker_quick(triangles: Any) -> _Tweaked:
    from MeshTweaker import PARAMETER_VOL, Tweak

    found = Tweak(triangles, extended_mode=False, verbose=False, min_volume=True)
    return _Tweaked(triangles, found, PARAMETER_VOL["NEGL_FACE_SIZE"])


def _tweaked(result: _Tweaked) -> Answers:
    a, b, c = (result.triangles[k::3] for k in range(3))
    areas = 0.5 * np.linalg.norm(np.cross(b - a, c - a), axis=1)
    large = areas > result.negligible
    if np.count_nonzero(large) <= 100:  # then it keeps the small ones after all
        large[:] = True
    share = float(areas[large].sum() / areas.sum())
    return {"unprintability": float(result.found.unprintability), SHARE: share}


def _trimesh(mesh: Any) -> Answers:
    transforms, _ = mesh.compute_stable_poses()
    return {"poses": len(transforms)}


CONTENDERS = (
    Contender(OURS, "meshcore.analysis.orientation", _arrays, _meshcore, _turn),
    Contender("Tweaker-3", "MeshTweaker", _triangles, _tweaker, _tweaked),
    Contender("Tweaker-3 (all faces)", "MeshTweaker", _triangles, _tweaker_all_faces, _tweaked),
    Contender(
        "Tweaker-3 (quick)",
        "MeshTweaker",
        _triangles,
        _tweaker_quick,
        _tweaked,
        less="the largest flat areas only, no search over other directions",
    ),
    Contender(
        "trimesh stable poses",
        "trimesh",
        _arrays,
        _trimesh,
        fresh=trimesh_mesh,
        less="poses it can rest in, support is not considered",
        largest=250_000,
    ),
)
