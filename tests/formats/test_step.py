"""STEP, through a small hand-written file and through real ones."""

from pathlib import Path

import numpy as np
import pytest

from meshcore import ErrorCode, Mesh, MeshError
from meshcore.formats import load, step
from meshcore.formats.limits import Limits
from meshcore.formats.loading import load_mesh

pytest.importorskip("cascadio")

UNITS = {
    "millimeter": "#9=(LENGTH_UNIT()NAMED_UNIT(*)SI_UNIT(.MILLI.,.METRE.));",
    "centimeter": "#9=(LENGTH_UNIT()NAMED_UNIT(*)SI_UNIT(.CENTI.,.METRE.));",
    "meter": "#9=(LENGTH_UNIT()NAMED_UNIT(*)SI_UNIT($,.METRE.));",
    "inch": (
        "#9=(CONVERSION_BASED_UNIT('INCH',#12)LENGTH_UNIT()NAMED_UNIT(#13));\n"
        "#12=LENGTH_MEASURE_WITH_UNIT(LENGTH_MEASURE(25.4),#14);\n"
        "#13=DIMENSIONAL_EXPONENTS(1.,0.,0.,0.,0.,0.,0.);\n"
        "#14=(LENGTH_UNIT()NAMED_UNIT(*)SI_UNIT(.MILLI.,.METRE.));"
    ),
}


def direction(number: int, vector: np.ndarray) -> str:
    x, y, z = (float(c) for c in vector / np.linalg.norm(vector))
    return f"#{number}=DIRECTION('',({x},{y},{z}));"


def box(unit: str) -> bytes:
    """A box of 2 by 3 by 4 units: six planes, twelve lines."""
    points = [np.array([2.0 * x, 3.0 * y, 4.0 * z]) for z in (0, 1) for y in (0, 1) for x in (0, 1)]
    loops = [(0, 2, 3, 1), (4, 5, 7, 6), (0, 1, 5, 4), (2, 6, 7, 3), (0, 4, 6, 2), (1, 3, 7, 5)]
    edges = sorted({(min(a, b), max(a, b)) for q in loops for a, b in zip(q, (*q[1:], q[0]), strict=True)})
    lines = [
        "#1=APPLICATION_CONTEXT('mechanical design');",
        "#2=PRODUCT('box','box','',(#3));",
        "#3=PRODUCT_CONTEXT('',#1,'mechanical');",
        "#4=PRODUCT_DEFINITION_FORMATION('','',#2);",
        "#5=PRODUCT_DEFINITION('design','',#4,#6);",
        "#6=PRODUCT_DEFINITION_CONTEXT('part definition',#1,'design');",
        "#7=PRODUCT_DEFINITION_SHAPE('','',#5);",
        "#8=(GEOMETRIC_REPRESENTATION_CONTEXT(3)GLOBAL_UNIT_ASSIGNED_CONTEXT((#9,#10,#11))"
        "REPRESENTATION_CONTEXT('',''));",
        UNITS[unit],
        "#10=(NAMED_UNIT(*)PLANE_ANGLE_UNIT()SI_UNIT($,.RADIAN.));",
        "#11=(NAMED_UNIT(*)SI_UNIT($,.STERADIAN.)SOLID_ANGLE_UNIT());",
        "#20=SHAPE_DEFINITION_REPRESENTATION(#7,#21);",
        "#21=ADVANCED_BREP_SHAPE_REPRESENTATION('',(#22),#8);",
        "#22=MANIFOLD_SOLID_BREP('',#23);",
        "#23=CLOSED_SHELL('',(" + ",".join(f"#{500 + 20 * k}" for k in range(6)) + "));",
    ]
    for k, (x, y, z) in enumerate(points):
        lines += [
            f"#{100 + k}=CARTESIAN_POINT('',({x},{y},{z}));",
            f"#{110 + k}=VERTEX_POINT('',#{100 + k});",
        ]
    for k, (a, b) in enumerate(edges):
        n = 200 + 10 * k
        lines += [
            f"#{n}=EDGE_CURVE('',#{110 + a},#{110 + b},#{n + 1},.T.);",
            f"#{n + 1}=LINE('',#{100 + a},#{n + 2});",
            f"#{n + 2}=VECTOR('',#{n + 3},1.);",
            direction(n + 3, points[b] - points[a]),
        ]
    for k, loop in enumerate(loops):
        n = 500 + 20 * k
        oriented = []
        for j, (a, b) in enumerate(zip(loop, (*loop[1:], loop[0]), strict=True)):
            edge = 200 + 10 * edges.index((min(a, b), max(a, b)))
            oriented.append(f"#{n + 10 + j}=ORIENTED_EDGE('',*,*,#{edge},.{'T' if a < b else 'F'}.);")
        along, across = points[loop[1]] - points[loop[0]], points[loop[2]] - points[loop[1]]
        lines += [
            f"#{n}=ADVANCED_FACE('',(#{n + 1}),#{n + 3},.T.);",
            f"#{n + 1}=FACE_OUTER_BOUND('',#{n + 2},.T.);",
            f"#{n + 2}=EDGE_LOOP('',(#{n + 10},#{n + 11},#{n + 12},#{n + 13}));",
            f"#{n + 3}=PLANE('',#{n + 4});",
            f"#{n + 4}=AXIS2_PLACEMENT_3D('',#{100 + loop[0]},#{n + 5},#{n + 6});",
            direction(n + 5, np.cross(along, across)),
            direction(n + 6, along),
            *oriented,
        ]
    header = (
        "ISO-10303-21;\nHEADER;\nFILE_DESCRIPTION((''),'2;1');\nFILE_NAME('','',(''),(''),'','','');\n"
        "FILE_SCHEMA(('AUTOMOTIVE_DESIGN { 1 0 10303 214 3 1 1 }'));\nENDSEC;\nDATA;\n"
    )
    return (header + "\n".join(lines) + "\nENDSEC;\nEND-ISO-10303-21;\n").encode()


def volume(mesh: Mesh) -> float:
    a, b, c = (mesh.vertices[mesh.faces[:, k]] for k in range(3))
    return float(np.einsum("ij,ij->", a, np.cross(b, c)) / 6)


@pytest.mark.parametrize("unit", UNITS)
def test_unit_of_length(unit: str) -> None:
    assert step._length_unit(box(unit)) == unit


@pytest.mark.parametrize(("unit", "millimeters"), [("inch", 25.4), ("meter", 1000)])
def test_box_in_its_unit(unit: str, millimeters: float) -> None:
    mesh = load(box(unit))
    assert mesh.vertices.max(axis=0) == pytest.approx(np.array([2, 3, 4]) * millimeters, rel=1e-6)
    assert volume(mesh) == pytest.approx(24 * millimeters**3, rel=1e-5)
    assert (len(mesh.vertices), len(mesh.faces)) == (8, 12)
    assert (mesh.original_unit, mesh.unit_confidence) == (unit, 1.0)
    assert (mesh.source_format, mesh.format_version) == ("step", "STEP AUTOMOTIVE_DESIGN")


def test_agrees_with_the_stl_of_the_same_part(shared: Path) -> None:
    mesh = load(shared / "meshes/trimesh/featuretype.STEP")
    stl = load(shared / "meshes/trimesh/featuretype.STL", unit="inch")
    assert np.ptp(mesh.vertices, axis=0) == pytest.approx(np.ptp(stl.vertices, axis=0), rel=1e-4)
    assert volume(mesh) == pytest.approx(volume(stl), rel=1e-3)
    assert mesh.original_unit == "inch"


def test_broken_files_print_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    good = box("millimeter")
    for content in (
        good[:-200],
        good[: len(good) // 2] + b"\nENDSEC;\nEND-ISO-10303-21;\n",
        b"ISO-10303-21;\nnothing\nEND-ISO-10303-21;\n",
    ):
        with pytest.raises(MeshError) as caught:
            load(content, "step")
        assert caught.value.code in (ErrorCode.CORRUPT_FILE, ErrorCode.EMPTY_MESH)
    assert capfd.readouterr() == ("", "")


def test_time_is_limited() -> None:
    with pytest.raises(MeshError) as caught:
        load_mesh(box("millimeter"), limits=Limits(step_seconds=0.01))
    assert caught.value.code == ErrorCode.FILE_TOO_LARGE


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step, "find_spec", lambda name: None)
    with pytest.raises(MeshError, match=r"mesh-sync-meshcore\[step\]") as caught:
        load(box("millimeter"))
    assert caught.value.code == ErrorCode.MISSING_DEPENDENCY
