"""Print the errors of the print estimates against a slicer's answers.

Usage: python benchmarks/estimate_accuracy.py FOLDER

FOLDER holds ``prusaslicer.json`` and the STL files it names: for every mesh, ``results`` of the variants
``grid`` (without supports) and ``grid_sup`` (with), each with ``filament_g`` and ``time_s``.
"""

import json
import sys
from pathlib import Path

import numpy as np

import meshcore
from meshcore.analysis.estimate import PrintEstimate, estimate_print
from meshcore.analysis.overhangs import find_overhangs
from meshcore.analysis.topology import analyze_topology
from meshcore.mesh import Mesh


def signed_volume_mm3(mesh: Mesh) -> float:
    a, b, c = (mesh.vertices[mesh.faces[:, i]] for i in range(3))
    return float(np.einsum("ij,ij->", a, np.cross(b, c)) / 6)


def normal_estimate(mesh: Mesh, *, with_supports: bool) -> PrintEstimate:
    needed = []
    if with_supports:
        regions = find_overhangs(mesh.vertices, mesh.faces, analyze_topology(mesh).neighbors).regions
        needed = [(r.support_volume_mm3, r.area_mm2) for r in regions if r.needs_support]
    supports = np.array(needed).reshape(-1, 2)
    volume = signed_volume_mm3(mesh)
    found = estimate_print(
        mesh.vertices,
        mesh.faces,
        printed_volume_mm3=volume,
        signed_volume_mm3=volume,
        support_volume_mm3=supports[:, 0],
        support_contact_area_mm2=supports[:, 1],
    )
    if found is None:
        raise SystemExit("a mesh without volume cannot be compared")
    return found.normal


def main(folder: Path) -> None:
    truth = json.loads((folder / "prusaslicer.json").read_text())["meshes"]
    for variant in ("grid", "grid_sup"):
        errors = []
        print(f"\n{variant:16}{'grams':>8}{'slicer':>8}{'error':>8}{'minutes':>9}{'slicer':>8}{'error':>8}")
        for name, part in truth.items():
            real = part["results"].get(variant, {})
            if "time_s" not in real:
                continue
            mesh = meshcore.load(folder / part["stl"])
            ours = normal_estimate(mesh, with_supports=variant == "grid_sup")
            grams = ours.material_g / real["filament_g"] - 1
            time = ours.print_time_s / real["time_s"] - 1
            errors.append((abs(grams), abs(time)))
            print(
                f"{name:16}{ours.material_g:8.2f}{real['filament_g']:8.2f}{grams:+8.1%}"
                f"{ours.print_time_s / 60:9.1f}{real['time_s'] / 60:8.1f}{time:+8.1%}"
            )
        mean, worst = np.mean(errors, axis=0), np.max(errors, axis=0)
        print(
            f"{'mean | worst':16}grams {mean[0]:.1%} | {worst[0]:.1%}   time {mean[1]:.1%} | {worst[1]:.1%}"
        )


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    main(Path(sys.argv[1]))
