"""Which faces are inside out: winding passed on within patches, outside found by winding number.

Within a patch of faces joined by two-face edges the winding follows from one face (``patches``). What
remains is one choice for each patch:

1. A patch that encloses something, being closed or nearly so, looks outwards if its signed volume is
   positive. Outwards is right, except for what was inside out together with the shell around it.
   Inwards is right only within solid, as the wall of a cavity: where the winding number of the larger
   shells, already corrected, is positive at points all over it. Larger shells come first, so cavities
   and islands within them alternate to any depth.
2. Any other patch is a sheet, and has no outside of its own: it keeps the winding of most of its
   faces. A sheet that hangs on no non-manifold edge is turned where the rest of the mesh tells its
   sides apart (``sheet_sides``), as it does for a panel of a solid whose panels do not quite meet.
3. A patch that is not orientable is left as it is.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from meshkernels.caps import Cap, cap_boundary, open_edges
from meshkernels.components import BOUNDARY, COLLAPSED, NONMANIFOLD
from meshkernels.jit import scalar
from meshkernels.mass_properties import part_volumes
from meshkernels.patches import Patches
from meshkernels.sheet_sides import reversed_sheets
from meshkernels.shell_nesting import count_crossings, probe_shells, sample_shells

ENCLOSING_RATIO = 1.5
"""An open patch encloses a volume when its area is this many times the area of the caps that would close
it. A hemisphere has 2, a cube without a side 5, a gently curved sheet little more than 1."""
_FLAT = 1e-12
"""Volumes below this share of area^1.5 are rounding: a plate of 1 m by 1 m by 1 nm has 1e-9."""


class Orientation(NamedTuple):
    """Which faces to turn.

    Attributes
    ----------
    flipped:
        bool (F,): faces that are inside out.
    encloses:
        bool (P,): patches that enclose a volume; the others are sheets or not orientable.
    """

    flipped: NDArray[np.bool_]
    encloses: NDArray[np.bool_]


def orient(
    vertices: NDArray[np.float64],
    faces: NDArray[np.int32],
    neighbors: NDArray[np.int32],
    components: NDArray[np.int32],
    patches: Patches,
) -> Orientation:
    """Find the faces that are inside out.

    Parameters
    ----------
    vertices, faces, neighbors:
        float64 (V, 3), mm, and int32 (F, 3) twice, as in :class:`meshkernels.topology.EdgeTopology`.
    components:
        int32 (F,): the ``labels`` there.
    patches:
        As from :func:`meshkernels.patches.wind_patches`.
    """
    count = len(patches.sizes)
    wound = flip_faces(faces, patches.against)
    cap = _cap_patches(vertices, faces, neighbors, patches)
    possible = patches.orientable & (patches.sizes > 1)
    volumes, encloses = _measure(vertices, wound, patches.labels, possible, cap)
    shells = np.arange(count, dtype=np.int32)
    labels = patches.labels
    if not encloses.all() and np.any(neighbors == NONMANIFOLD):
        shells = _join_patches(wound, faces, neighbors, components, patches, encloses, volumes)
        labels = np.where(labels >= 0, shells[labels], labels)
        whole = np.bincount(shells, minlength=count) > 1
        cap = _select(cap, ~whole[shells[cap.groups]])
        volumes, encloses = _measure(vertices, wound, labels, possible | whole, cap)
    turned = _turn_shells(vertices, wound, labels, cap, volumes, encloses)
    flipped = patches.against
    if turned.any():
        flipped = flipped ^ (turned[labels] & (labels >= 0))
    flipped = _turn_sheets(vertices, faces, neighbors, patches, encloses[shells], flipped)
    return Orientation(flipped, encloses[shells])


def _measure(
    vertices: Any, wound: Any, labels: Any, possible: Any, cap: Cap
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Volumes of the shells, caps included, and which of them enclose what they bound."""
    volumes, areas, origins = part_volumes(vertices, wound, labels, len(possible))
    cap_volumes, cap_areas, _ = part_volumes(cap.vertices, cap.faces, cap.groups, len(possible), origins)
    volumes += cap_volumes
    # Cancellation leaves the rounding of the coordinates, times the area, in the volume of a sheet.
    rounding = 4 * np.finfo(np.float64).eps * np.abs(vertices).max(initial=0.0) * areas
    filled = np.abs(volumes) > _FLAT * areas**1.5 + rounding
    return volumes, filled & possible & (areas >= ENCLOSING_RATIO * cap_areas)


def flip_faces(faces: NDArray[np.int32], flipped: NDArray[np.bool_]) -> NDArray[np.int32]:
    """The faces with the marked ones turned over about their first corner; the same array if none is.

    The neighbours of a turned face are its old ones in reverse order.
    """
    if not flipped.any():
        return faces
    turned = faces.copy()
    turned[flipped] = faces[flipped][:, [0, 2, 1]]
    return turned


def _cap_patches(vertices: Any, faces: Any, neighbors: Any, patches: Patches) -> Cap:
    f, j = np.nonzero((neighbors < 0) & (neighbors != COLLAPSED))
    patch = patches.labels[f]
    # One triangle encloses nothing, and a mesh may be a soup of them.
    keep = patches.orientable[patch] & (patches.sizes[patch] > 1)
    f, j, patch = f[keep], j[keep], patch[keep]
    ends = np.stack([faces[f, j], faces[f, (j + 1) % 3]])
    ends = np.where(patches.against[f], ends[::-1], ends)
    return cap_boundary(vertices, ends[0], ends[1], patch)


def _join_patches(
    wound: Any, faces: Any, neighbors: Any, components: Any, patches: Patches, encloses: Any, volumes: Any
) -> NDArray[np.int32]:
    """Shell of each patch: itself, or the first patch of a component that only as a whole is closed.

    Boxes that share walls fall into patches at the edges of the walls, and a wall alone encloses
    nothing. Where the patches of a component close each other as they are wound, they stay together,
    unless those that enclose something by themselves disagree.
    """
    count = len(patches.sizes)
    shells = np.arange(count, dtype=np.int32)
    kept = patches.labels >= 0
    component = np.zeros(count, np.int32)
    component[patches.labels[kept]] = components[kept]
    parts = int(component.max()) + 1
    f, j = np.nonzero(neighbors == NONMANIFOLD)
    ends = np.stack([faces[f, j], faces[f, (j + 1) % 3]])
    tails, heads = np.where(patches.against[f], ends[::-1], ends)
    joined = np.zeros(parts, np.bool_)
    joined[component[~encloses]] = True
    joined[open_edges(tails, heads, components[f])[2]] = False
    joined[components[(neighbors == BOUNDARY).any(axis=1)]] = False
    joined[component[~patches.orientable]] = False
    signs = np.where(encloses, np.sign(volumes), 0.0)
    outward, inward = np.zeros(parts, np.bool_), np.zeros(parts, np.bool_)
    outward[component[signs > 0]] = True
    inward[component[signs < 0]] = True
    joined &= ~(outward & inward)
    first = np.full(parts, count, np.int32)
    np.minimum.at(first, component, shells)
    return np.where(joined[component], first[component], shells)


def _select(cap: Cap, kept: NDArray[np.bool_]) -> Cap:
    return Cap(cap.vertices, np.ascontiguousarray(cap.faces[kept]), cap.groups[kept])


def _turn_shells(
    vertices: Any, wound: Any, labels: Any, cap: Cap, volumes: Any, encloses: Any
) -> NDArray[np.bool_]:
    """Which of the enclosing shells to turn."""
    inward = encloses & (volumes < 0)
    if not inward.any() or np.count_nonzero(encloses) == 1:
        return np.asarray(inward)
    labels = np.where((labels >= 0) & encloses[labels], labels, np.int32(-1))
    surface = (
        np.concatenate([vertices, cap.vertices]),
        np.concatenate([wound, cap.faces + np.int32(len(vertices))]),
        np.concatenate([labels, np.where(encloses[cap.groups], cap.groups, np.int32(-1))]),
    )
    # Most shells lie in no other, and one point shows it: 0.6 s instead of 2 s for 100,000 boxes.
    points, own = probe_shells(vertices, wound, labels, len(volumes))
    nested = np.zeros(len(volumes), np.bool_)
    nested[own[np.diff(count_crossings(points, own, *surface).offsets) > 0]] = True
    if not nested.any():
        return np.asarray(inward)
    sizes = np.bincount(labels[labels >= 0], minlength=len(volumes))
    points, own = sample_shells(vertices, wound, labels, sizes, nested)
    crossings = count_crossings(points, own, *surface)
    samples = np.searchsorted(own, np.arange(len(volumes) + 1))
    order = np.argsort(-np.abs(volumes), kind="stable")
    order = order[encloses[order]]
    rank = np.empty(len(volumes), np.int64)
    rank[order] = np.arange(len(order))
    turned = np.zeros(len(volumes), np.bool_)
    _settle(order, rank, samples, *crossings, inward, turned)
    return turned


@scalar
def _settle(
    order: Any, rank: Any, samples: Any, offsets: Any, shells: Any, windings: Any, inward: Any, turned: Any
) -> None:
    """Decide shells from the largest to the smallest, each by the larger ones around its samples."""
    for shell in order:
        lowest = len(order) if samples[shell] < samples[shell + 1] else 0
        around = -1  # the smallest larger shell around the last sample
        for q in range(samples[shell], samples[shell + 1]):
            winding = 0
            around = -1
            for k in range(offsets[q], offsets[q + 1]):
                other = shells[k]
                if rank[other] < rank[shell]:
                    winding += -windings[k] if turned[other] else windings[k]
                    if around < 0 or rank[other] > rank[around]:
                        around = other
            lowest = min(lowest, winding)
        if lowest <= 0:
            turned[shell] = inward[shell]
        elif not inward[shell]:
            turned[shell] = turned[around]


def _turn_sheets(
    vertices: Any, faces: Any, neighbors: Any, patches: Patches, encloses: Any, flipped: Any
) -> NDArray[np.bool_]:
    """The flipped faces, once sheets that hang on nothing have asked the rest of the mesh."""
    free = patches.orientable & ~encloses
    if len(free) == 1 or not free.any():
        return np.asarray(flipped)
    free[patches.labels[(neighbors == NONMANIFOLD).any(axis=1)]] = False
    number = np.where(free, np.cumsum(free) - 1, -1).astype(np.int32)
    sheets = np.append(number, np.int32(-1))[patches.labels]
    reverse = reversed_sheets(vertices, flip_faces(faces, flipped), sheets, int(free.sum()))
    return np.asarray(flipped ^ np.append(reverse, False)[sheets])
