"""Files made to do harm: one error with a stable code, little memory, little time."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import generate
import shapes
from meshcore import ErrorCode, Mesh, MeshError
from meshcore.formats import load

Text = Callable[..., str]
Pack = Callable[..., bytes]

# Loads each file in turn with an address space of 2 GiB, where the interpreter takes most of the first.
CHILD = """
import json, resource, sys, time
resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
import meshcore
for path in sys.argv[1:]:
    start = time.perf_counter()
    try:
        outcome = f"{len(meshcore.load(path).faces)} faces"
    except meshcore.MeshError as error:
        outcome = str(error.code)
    # Not ru_maxrss: that starts with what the parent held when it forked.
    with open("/proc/self/status") as status:
        peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    print(json.dumps([outcome, time.perf_counter() - start, peak]), flush=True)
"""

TETRAHEDRON = (
    '<mesh><vertices><vertex x="0" y="0" z="0"/><vertex x="10" y="0" z="0"/><vertex x="0" y="10" z="0"/>'
    '<vertex x="0" y="0" z="10"/></vertices><triangles><triangle v1="0" v2="2" v3="1"/>'
    '<triangle v1="0" v2="1" v3="3"/><triangle v1="1" v2="2" v3="3"/><triangle v1="0" v2="3" v3="2"/>'
    "</triangles></mesh>"
)


def stl_files() -> Iterator[tuple[str, bytes, str]]:
    facet = np.array([0, 0, 1, 0, 0, 0, 10, 0, 0, 0, 10, 0], "<f4").tobytes() + b"\0\0"
    yield "claims_4e9.stl", bytes(80) + b"\xff\xff\xff\xff" + facet, "CORRUPT_FILE"
    yield "short.stl", bytes(80) + b"\x64\0\0\0" + facet, "CORRUPT_FILE"
    yield "empty.stl", b"", "CORRUPT_FILE"
    yield "zero.stl", bytes(84), "EMPTY_MESH"
    bad = np.array([0, 0, 1, np.nan, 0, 0, np.inf, 0, 0, 0, 1e38, 0], "<f4").tobytes() + b"\0\0"
    yield "nan.stl", bytes(80) + b"\x01\0\0\0" + bad, "NON_FINITE"


def text_files() -> Iterator[tuple[str, bytes, str]]:
    yield "index.obj", b"v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 999999999\n", "CORRUPT_FILE"
    triangle = b"usemtl m\nv 0 0 0\nv 10 0 0\nv 0 10 0\nvt 0 0\nf 1/1 2/1 3/1\n"
    yield "material.obj", b"mtllib ../secret.mtl\nmtllib /etc/passwd\n" + triangle, "1 faces"
    # A polygon of 300,000 corners, half of them reflex, takes 10**11 steps to cut.
    n = 300_000
    angles = np.arange(n) * 2 * np.pi / n
    radii = np.where(np.arange(n) % 2, 10.0, 9.9)
    ring = "".join(f"v {x:.9f} {y:.9f} 0\n" for x, y in zip(radii * np.cos(angles), radii * np.sin(angles)))
    face = "f " + " ".join(map(str, range(1, n + 1)))
    yield "star.obj", (ring + face).encode(), "FILE_TOO_LARGE"
    head = b"ply\nformat binary_little_endian 1.0\nelement vertex %d\nproperty float x\nproperty float y\n"
    head += b"property float z\nelement face %d\nproperty list uchar int vertex_indices\nend_header\n"
    yield "vertices.ply", head % (4_000_000_000, 1) + bytes(64), "CORRUPT_FILE"
    yield "faces.ply", head % (3, 4_000_000_000) + bytes(64), "CORRUPT_FILE"
    yield "huge.off", b"OFF\n4000000000 1 0\n0 0 0\n", "CORRUPT_FILE"
    yield "polygon.off", b"OFF\n3 1 0\n0 0 0\n1 0 0\n0 1 0\n2000000000 0 1 2\n", "CORRUPT_FILE"


def threemf_files(model: Text, pack: Pack) -> Iterator[tuple[str, bytes, str]]:
    good = f'<object id="1">{TETRAHEDRON}</object>'
    item = '<item objectid="1"/>'

    def grouped(number: int, *references: int) -> str:
        inside = "".join(f'<component objectid="{r}"/>' for r in references)
        return f'<object id="{number}"><components>{inside}</components></object>'

    yield "good.3mf", pack(model(good, item)), "4 faces"
    laughs = '<!ENTITY a0 "ha">' + "".join(
        f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 10)
    )  # fmt: skip
    yield "laughs.3mf", pack(model("&a9;" + good, item, head=f"<!DOCTYPE m [{laughs}]>")), "CORRUPT_FILE"
    outside = '<!DOCTYPE m [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    yield "outside.3mf", pack(model("&x;" + good, item, head=outside)), "CORRUPT_FILE"
    yield "itself.3mf", pack(model(grouped(1, 1), item)), "CORRUPT_FILE"
    yield (
        "cycle.3mf",
        pack(model(good + grouped(2, 3, 1) + grouped(3, 2), '<item objectid="2"/>')),
        "CORRUPT_FILE",
    )
    bomb = good + "".join(grouped(i, *[i - 1] * 10) for i in range(2, 9))
    yield "instances.3mf", pack(model(bomb, '<item objectid="8"/>')), "FILE_TOO_LARGE"
    wide = good + "".join(grouped(i, *[i - 1] * 1000) for i in range(2, 60))
    yield "exponential.3mf", pack(model(wide, '<item objectid="59"/>')), "FILE_TOO_LARGE"
    yield "index.3mf", pack(model(good.replace('v1="0"', 'v1="999999"'), item)), "CORRUPT_FILE"

    def inflated() -> Iterator[bytes]:
        whole = model(f"<metadata>\0</metadata>{good}", item).encode().split(b"\0")
        yield whole[0]
        for _ in range(1024):
            yield b"A" * (1 << 20)
        yield whole[1]

    yield "zip_bomb.3mf", pack(inflated()), "FILE_TOO_LARGE"


def gltf_files(pack: Pack) -> Iterator[tuple[str, bytes, str]]:
    base: dict[str, Any] = {
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}}]}],
        "accessors": [{"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3"}],
        "bufferViews": [{"buffer": 0, "byteLength": 36}],
        "buffers": [{"byteLength": 36}],
    }
    many = {"bufferView": 0, "componentType": 5126, "count": 2_000_000_000, "type": "VEC3"}
    no_view = {"componentType": 5126, "count": 100_000_000, "type": "VEC3"}
    yield "count.glb", pack(base | {"accessors": [many]}, bytes(36)), "FILE_TOO_LARGE"
    yield "no_view.glb", pack(base | {"accessors": [no_view]}, bytes(36)), "CORRUPT_FILE"
    sparse = {
        "count": 1,
        "indices": {"bufferView": 0, "componentType": 5125},
        "values": {"bufferView": 0},
    }
    yield (
        "sparse.glb",
        pack(base | {"accessors": [no_view | {"sparse": sparse}]}, bytes(36)),
        "CORRUPT_FILE",
    )
    cycle = [{"mesh": 0, "children": [1]}, {"children": [0]}]
    yield "cycle.glb", pack(base | {"nodes": cycle}, bytes(36)), "CORRUPT_FILE"
    shared = [{"children": [i + 1, i + 1]} for i in range(60)] + [{"mesh": 0}]
    yield "exponential.glb", pack(base | {"nodes": shared}, bytes(36)), "CORRUPT_FILE"
    good = pack(base, bytes(36))
    yield "chunk.glb", good[:12] + b"\xff\xff\xff\xff" + good[16:], "CORRUPT_FILE"
    outside = base | {"buffers": [{"byteLength": 36, "uri": "../../../../../../../../etc/passwd"}]}
    yield "outside.gltf", json.dumps(outside).encode(), "CORRUPT_FILE"
    yield "deep.gltf", b'{"asset":' + b"[" * 5_000_000, "CORRUPT_FILE"
    yield "lists.gltf", b'{"asset":[' + b"[]," * 10_000_000 + b"[]]}", "FILE_TOO_LARGE"


@pytest.mark.skipif(sys.platform != "linux", reason="address space is limited on Linux only")
def test_within_two_gigabytes_and_a_few_seconds(
    tmp_path: Path, model_xml: Text, pack_3mf: Pack, pack_glb: Pack
) -> None:
    files = [
        *stl_files(),
        *text_files(),
        *threemf_files(model_xml, pack_3mf),
        *gltf_files(pack_glb),
    ]
    for name, content, _ in files:
        (tmp_path / name).write_bytes(content)
    result = subprocess.run(
        [sys.executable, "-c", CHILD, *(str(tmp_path / name) for name, _, _ in files)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert {name: answer[0] for (name, _, _), answer in zip(files, answers, strict=True)} == {
        name: expected for name, _, expected in files
    }
    slowest = max(
        zip([a[1] for a in answers[1:]], [f[0] for f in files[1:]], strict=True)
    )  # the first compiles
    assert slowest[0] < 20, slowest
    assert answers[-1][2] < 700_000, "peak memory in KiB"


def small_files() -> dict[str, bytes]:
    shape = shapes.box()
    return {
        "stl": generate.stl_binary(shape),
        "ascii": generate.stl_ascii(shape),
        "obj": generate.obj(shape) + b"f 1 2 4 3\nf 1/1 2/2 -3//\n",
        "ply": generate.ply(shape),
        "off": generate.off(shape),
        "glb": generate.glb(shape),
    }


FILES = small_files()
FORMATS = {"ascii": "stl"}


def outcome(content: bytes, name: str) -> Mesh | ErrorCode:
    start = time.perf_counter()
    try:
        result: Mesh | ErrorCode = load(content, FORMATS.get(name, name))
    except MeshError as error:
        assert error.code != ErrorCode.INTERNAL_ERROR  # noqa: PT017
        assert error.message  # noqa: PT017
        result = error.code
    assert time.perf_counter() - start < 2
    return result


def check(result: Mesh | ErrorCode) -> None:
    if isinstance(result, Mesh):
        assert len(result.faces) > 0
        assert np.isfinite(result.vertices).all()
        assert result.faces.min() >= 0
        assert result.faces.max() < len(result.vertices)


@pytest.mark.parametrize("name", FILES)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_changed_bytes_give_a_mesh_or_an_error(name: str, data: st.DataObject) -> None:
    content = bytearray(FILES[name])
    outcome(bytes(content), name)  # compiled, before the clock counts
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(content) - 1))
        match data.draw(st.sampled_from(["set", "insert", "delete", "repeat"])):
            case "set":
                content[at] = data.draw(st.integers(0, 255))
            case "insert":
                content[at:at] = data.draw(st.binary(min_size=1, max_size=8))
            case "delete":
                del content[at : at + data.draw(st.integers(1, 40))]
            case "repeat":
                content[at:at] = content[at : at + 30] * data.draw(st.integers(1, 5))
        if not content:
            break
    check(outcome(bytes(content), name))


@pytest.mark.parametrize("name", FILES)
def test_every_truncation_gives_a_mesh_or_an_error(name: str) -> None:
    content = FILES[name]
    for end in range(0, len(content), max(1, len(content) // 150)):
        check(outcome(content[:end], name))


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_changed_xml_gives_a_mesh_or_an_error(data: st.DataObject, model_xml: Text, pack_3mf: Pack) -> None:
    text = bytearray(model_xml(f'<object id="1">{TETRAHEDRON}</object>', '<item objectid="1"/>').encode())
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(text) - 1))
        text[at : at + data.draw(st.integers(0, 12))] = data.draw(st.binary(max_size=4))
    check(outcome(pack_3mf([bytes(text)]), "3mf"))


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_changed_json_gives_a_mesh_or_an_error(data: st.DataObject, pack_glb: Pack) -> None:
    """Any value of the document replaced by any other."""
    content = FILES["glb"]
    length = int.from_bytes(content[12:16], "little")
    document = json.loads(content[20 : 20 + length])
    binary = content[28 + length :]
    value = st.one_of(
        st.none(), st.booleans(), st.integers(-(2**65), 2**65), st.floats(), st.text(max_size=3),
        st.lists(st.integers(-2, 9), max_size=3),
        st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
    )  # fmt: skip
    for _ in range(data.draw(st.integers(1, 3))):
        target: Any = document
        while True:
            keys = list(target) if isinstance(target, dict) else list(range(len(target)))
            if not keys:
                break
            key = data.draw(st.sampled_from(keys))
            if not isinstance(target[key], (dict, list)) or data.draw(st.integers(0, 3)) == 0:
                target[key] = data.draw(value)
                break
            target = target[key]
    check(outcome(pack_glb(document, binary), "glb"))
