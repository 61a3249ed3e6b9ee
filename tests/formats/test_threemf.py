"""3MF: units, components, transforms, build items, and what is refused."""

import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

import shapes
from meshcore import ErrorCode, Mesh, MeshError
from meshcore.formats import load
from meshcore.formats.limits import Limits
from meshcore.formats.loading import load_mesh

Text = Callable[..., str]
Pack = Callable[..., bytes]

MOVED = "1 0 0 0 1 0 0 0 1 100 0 0"
MIRRORED = "-1 0 0 0 1 0 0 0 1 0 0 0"


def mesh_xml(shape: shapes.Shape | None = None) -> str:
    vertices, faces = shapes.box() if shape is None else shape
    points = "".join(f'<vertex x="{x!r}" y="{y!r}" z="{z!r}"/>' for x, y, z in vertices.tolist())
    triangles = "".join(f'<triangle v1="{a}" v2="{b}" v3="{c}"/>' for a, b, c in faces.tolist())
    return f"<mesh><vertices>{points}</vertices><triangles>{triangles}</triangles></mesh>"


def object_xml(number: int, content: str, extra: str = "") -> str:
    return f'<object id="{number}" {extra}>{content}</object>'


CUBE = object_xml(1, mesh_xml())
ITEM = '<item objectid="1"/>'


def code_of(content: bytes) -> ErrorCode:
    with pytest.raises(MeshError) as caught:
        load(content, "3mf")
    return caught.value.code


def size(mesh: Mesh) -> list[float]:
    return np.ptp(mesh.vertices, axis=0).round(9).tolist()  # type: ignore[no-any-return]


def volume(mesh: Mesh) -> float:
    a, b, c = (mesh.vertices[mesh.faces[:, k]] for k in range(3))
    return float(np.einsum("ij,ij->", a, np.cross(b, c)) / 6)


@pytest.mark.parametrize(
    ("unit", "millimeters"),
    [
        ("micron", 0.001),
        ("millimeter", 1),
        ("centimeter", 10),
        ("inch", 25.4),
        ("foot", 304.8),
        ("meter", 1000),
    ],
)
def test_units(model_xml: Text, pack_3mf: Pack, unit: str, millimeters: float) -> None:
    mesh = load(pack_3mf(model_xml(CUBE, ITEM, unit)))
    assert size(mesh) == pytest.approx([10 * millimeters] * 3)
    assert (mesh.original_unit, mesh.unit_confidence) == (unit, 1.0)
    assert (mesh.source_format, mesh.format_version) == ("3mf", "3MF")
    assert "UNIT_INFERRED" not in [w.code for w in mesh.warnings]


def test_default_unit_is_millimeters(model_xml: Text, pack_3mf: Pack) -> None:
    mesh = load(pack_3mf(model_xml(CUBE, ITEM).replace(' unit="millimeter"', "")))
    assert (size(mesh), mesh.original_unit, mesh.warnings) == ([10, 10, 10], "millimeter", ())


def test_unknown_unit(model_xml: Text, pack_3mf: Pack) -> None:
    assert code_of(pack_3mf(model_xml(CUBE, ITEM, "cubit"))) == ErrorCode.CORRUPT_FILE


def test_stated_unit_wins(model_xml: Text, pack_3mf: Pack) -> None:
    mesh = load(pack_3mf(model_xml(CUBE, ITEM, "inch")), unit="mm")
    assert (size(mesh), mesh.original_unit) == ([10, 10, 10], "millimeter")


def test_every_build_item_is_placed(model_xml: Text, pack_3mf: Pack) -> None:
    mesh = load(pack_3mf(model_xml(CUBE, ITEM + f'<item objectid="1" transform="{MOVED}"/>')))
    assert len(mesh.faces) == 24
    assert size(mesh) == [110, 10, 10]


def test_transforms_are_row_vectors_times_matrix(model_xml: Text, pack_3mf: Pack) -> None:
    # x' = 2 y + 5, y' = x + 6, z' = 3 z + 7
    mesh = load(
        pack_3mf(model_xml(CUBE, '<item objectid="1" transform="0 1 0 2 0 0 0 0 3 5 6 7"/>')),
    )
    assert mesh.vertices.min(axis=0).tolist() == [5, 6, 7]
    assert mesh.vertices.max(axis=0).tolist() == [25, 16, 37]
    assert volume(mesh) == pytest.approx(6000)  # mirrored: the faces are turned


def test_mirrored_instances_keep_their_outside(model_xml: Text, pack_3mf: Pack) -> None:
    mesh = load(pack_3mf(model_xml(CUBE, f'<item objectid="1" transform="{MIRRORED}"/>')))
    assert volume(mesh) == pytest.approx(1000)


def test_components_of_components(model_xml: Text, pack_3mf: Pack) -> None:
    pair = f'<components><component objectid="1"/><component objectid="1" transform="{MOVED}"/></components>'
    twice = (
        '<components><component objectid="2"/><component objectid="2" transform="1 0 0 0 1 0 0 0 1 0 50 0"/>'
        "</components>"
    )
    resources = CUBE + object_xml(2, pair) + object_xml(3, twice)
    mesh = load(pack_3mf(model_xml(resources, f'<item objectid="3" transform="{MOVED}"/>')))
    assert len(mesh.faces) == 48
    assert size(mesh) == [110, 60, 10]
    assert mesh.vertices[:, 0].min() == 100


def test_objects_outside_of_the_build_are_left_out(model_xml: Text, pack_3mf: Pack) -> None:
    assert len(load(pack_3mf(model_xml(CUBE + object_xml(2, mesh_xml()), ITEM))).faces) == 12


def test_without_build_items_every_object_counts_once(model_xml: Text, pack_3mf: Pack) -> None:
    both = object_xml(2, '<components><component objectid="1"/></components>')
    mesh = load(pack_3mf(model_xml(CUBE + both, "")))
    assert len(mesh.faces) == 12
    assert "NO_BUILD_ITEMS" in [w.code for w in mesh.warnings]


@pytest.mark.parametrize("kind", ["support", "solidsupport", "other"])
def test_supports_are_left_out(model_xml: Text, pack_3mf: Pack, kind: str) -> None:
    support = object_xml(2, mesh_xml(), f'type="{kind}"')
    group = object_xml(3, '<components><component objectid="1"/><component objectid="2"/></components>')
    build = '<item objectid="3"/><item objectid="2"/>'
    assert len(load(pack_3mf(model_xml(CUBE + support + group, build))).faces) == 12


def test_items_that_are_not_printed(model_xml: Text, pack_3mf: Pack) -> None:
    mesh = load(pack_3mf(model_xml(CUBE, ITEM + f'<item objectid="1" printable="0" transform="{MOVED}"/>')))
    assert len(mesh.faces) == 12
    assert "ITEMS_SKIPPED" in [w.code for w in mesh.warnings]


def test_parts_of_the_production_extension(model_xml: Text, pack_3mf: Pack) -> None:
    other = model_xml(object_xml(7, mesh_xml()), "")
    in_inches = model_xml(object_xml(1, mesh_xml()), "", "inch")
    group = object_xml(
        1,
        '<components><component objectid="7" p:path="/3D/Objects/a.model"/>'
        f'<component objectid="1" p:path="/3D/Objects/b.model" transform="{MOVED}"/></components>',
    )
    parts = {"3D/Objects/a.model": other, "3D/Objects/b.model": in_inches}
    mesh = load(pack_3mf(model_xml(group, ITEM), parts))
    assert len(mesh.faces) == 24
    assert mesh.vertices.max(axis=0) == pytest.approx([354, 254, 254])

    item = '<item objectid="7" p:path="/3D/Objects/a.model"/>'
    assert len(load(pack_3mf(model_xml("", item), parts)).faces) == 12


def test_flags(model_xml: Text, pack_3mf: Pack) -> None:
    material = 'xmlns:m="http://schemas.microsoft.com/3dmanufacturing/material/2015/02"'
    plain = load(pack_3mf(model_xml(CUBE, ITEM)))
    assert (plain.has_colors, plain.has_uv) == (False, False)
    colors = f'<m:colorgroup {material} id="9"><m:color color="#FF0000"/></m:colorgroup>'
    assert load(pack_3mf(model_xml(colors + CUBE, ITEM))).has_colors
    textures = f'<m:texture2dgroup {material} id="9" texid="8"/>'
    assert load(pack_3mf(model_xml(textures + CUBE, ITEM))).has_uv


def test_what_is_not_read_is_said(model_xml: Text, pack_3mf: Pack) -> None:
    lattice = '<b:beamlattice xmlns:b="http://schemas.microsoft.com/3dmanufacturing/beamlattice/2017/02"/>'
    mesh = load(pack_3mf(model_xml(object_xml(1, mesh_xml() + lattice), ITEM)))
    assert "NOT_READ" in [w.code for w in mesh.warnings]


def test_core_elements_with_a_prefix(model_xml: Text, pack_3mf: Pack) -> None:
    text = model_xml(CUBE, ITEM).replace("xmlns=", "xmlns:c=")
    text = text.replace("</", "\0").replace("<", "<c:").replace("\0", "</c:").replace("<c:?xml", "<?xml")
    assert len(load(pack_3mf(text)).faces) == 12


def test_root_part_without_relationships(model_xml: Text) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("3D/Model.model", model_xml(CUBE, ITEM))
    assert len(load(buffer.getvalue()).faces) == 12


def test_any_other_zip_is_not_supported() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("readme.txt", "nothing here")
    assert code_of(buffer.getvalue()) == ErrorCode.UNSUPPORTED_FORMAT


def components(*references: int) -> str:
    return "<components>" + "".join(f'<component objectid="{r}"/>' for r in references) + "</components>"


@pytest.mark.parametrize(
    "resources",
    [
        object_xml(1, components(1)),
        object_xml(1, components(2)) + object_xml(2, components(3, 1)) + object_xml(3, mesh_xml()),
        object_xml(1, components(2)),
        object_xml(1, mesh_xml().replace('v1="0"', 'v1="8"', 1)),
        object_xml(1, mesh_xml().replace('v1="0"', 'v1="-1"', 1)),
        object_xml(1, mesh_xml().replace('v1="0"', 'v1="0.5"', 1)),
        object_xml(1, mesh_xml().replace('v1="0"', 'v1="99999999999999999999999"', 1)),
        object_xml(1, mesh_xml().replace('v1="0"', "", 1)),
        object_xml(1, mesh_xml().replace('x="0.0"', 'x="zero"', 1)),
        object_xml(1, mesh_xml().replace('x="0.0"', "", 1)),
        object_xml(1, mesh_xml()).replace(' id="1"', ""),
        object_xml(1, mesh_xml()).replace("</mesh>", ""),
        object_xml(1, mesh_xml() + "&nothing;"),
    ],
)
def test_corrupt_resources(model_xml: Text, pack_3mf: Pack, resources: str) -> None:
    assert code_of(pack_3mf(model_xml(resources, ITEM))) == ErrorCode.CORRUPT_FILE


@pytest.mark.parametrize(
    "item",
    [
        '<item objectid="9"/>',
        "<item/>",
        '<item objectid="1" transform="1 0 0"/>',
        '<item objectid="1" transform="a b c d e f g h i j k l"/>',
        '<item objectid="1" p:path="/3D/none.model"/>',
    ],
)
def test_corrupt_items(model_xml: Text, pack_3mf: Pack, item: str) -> None:
    assert code_of(pack_3mf(model_xml(CUBE, item))) == ErrorCode.CORRUPT_FILE


def test_transform_that_is_not_finite(model_xml: Text, pack_3mf: Pack) -> None:
    item = f'<item objectid="1" transform="{MOVED.replace("100", "nan")}"/>'
    assert code_of(pack_3mf(model_xml(CUBE, item))) == ErrorCode.NON_FINITE


def test_empty(model_xml: Text, pack_3mf: Pack) -> None:
    assert code_of(pack_3mf(model_xml("", ""))) == ErrorCode.EMPTY_MESH
    assert code_of(pack_3mf(model_xml(object_xml(1, ""), ITEM))) == ErrorCode.EMPTY_MESH


@pytest.mark.parametrize(
    "head",
    [
        "<!DOCTYPE model>",
        '<!DOCTYPE m [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE m [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
    ],
)
def test_document_types_are_refused(model_xml: Text, pack_3mf: Pack, head: str) -> None:
    with pytest.raises(MeshError, match="document type") as caught:
        load(pack_3mf(model_xml(CUBE, ITEM, head=head)))
    assert caught.value.code == ErrorCode.CORRUPT_FILE


def test_ten_million_instances_are_counted_not_made(model_xml: Text, pack_3mf: Pack) -> None:
    levels = "".join(object_xml(i, components(*[i - 1] * 10)) for i in range(2, 9))
    content = pack_3mf(model_xml(CUBE + levels, '<item objectid="8"/>'))
    assert code_of(content) == ErrorCode.FILE_TOO_LARGE


def test_deep_nesting_is_refused_before_the_stack_ends(model_xml: Text, pack_3mf: Pack) -> None:
    chain = "".join(object_xml(i, components(i - 1)) for i in range(2, 2000))
    assert code_of(pack_3mf(model_xml(CUBE + chain, '<item objectid="1999"/>'))) == ErrorCode.CORRUPT_FILE


def test_deep_xml_is_harmless(model_xml: Text, pack_3mf: Pack) -> None:
    deep = "<a>" * 50_000 + "</a>" * 50_000
    assert len(load(pack_3mf(model_xml(CUBE + deep, ITEM))).faces) == 12


def test_limits_hold_while_the_part_is_read(model_xml: Text, pack_3mf: Pack) -> None:
    content = pack_3mf(model_xml(CUBE + object_xml(2, mesh_xml(shapes.icosphere(10, 4))), ITEM))
    for limits in (
        Limits(faces=1000),
        Limits(vertices=1000),
        Limits(nodes=1),
        Limits(unzipped_bytes=10_000),
        Limits(zip_entries=1),
    ):
        with pytest.raises(MeshError) as caught:
            load_mesh(content, limits=limits)
        assert caught.value.code == ErrorCode.FILE_TOO_LARGE


def test_zip_ratio(model_xml: Text, pack_3mf: Pack) -> None:
    def chunks() -> Iterator[bytes]:
        yield model_xml(CUBE, ITEM).encode()
        for _ in range(64):
            yield b" " * (1 << 20)

    with pytest.raises(MeshError, match="times its size") as caught:
        load(pack_3mf(chunks()))
    assert caught.value.code == ErrorCode.FILE_TOO_LARGE


def test_damaged_zip(model_xml: Text, pack_3mf: Pack) -> None:
    content = pack_3mf(model_xml(CUBE, ITEM))
    assert code_of(content[: len(content) // 2]) == ErrorCode.CORRUPT_FILE
    damaged = bytearray(content)
    at = content.index(b"3D/3dmodel.model") + 100
    damaged[at : at + 20] = bytes(20)
    assert code_of(bytes(damaged)) == ErrorCode.CORRUPT_FILE


def test_fixture_in_inches(fixtures: Path) -> None:
    mesh = load(fixtures / "cube.3mf")
    assert mesh.original_unit == "inch"
    assert volume(mesh) == pytest.approx(1000, rel=1e-6)
