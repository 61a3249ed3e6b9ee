"""Opening, recognising, units, and the errors of it."""

import io
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import generate
import shapes
from meshcore import ErrorCode, MeshError
from meshcore.formats import FORMATS, load
from meshcore.formats.limits import Limits
from meshcore.formats.loading import load_mesh
from meshcore.formats.sniffing import sniff
from meshcore.formats.source import Source
from meshcore.mesh import Severity

CUBE = shapes.box()
FILES = {
    "stl": generate.stl_binary(CUBE),
    "obj": generate.obj(CUBE),
    "ply": generate.ply(CUBE),
    "off": generate.off(CUBE),
    "glb": generate.glb(CUBE),
}


def code_of(source: str | Path | bytes, format: str | None = None, **options: str) -> ErrorCode:
    with pytest.raises(MeshError) as caught:
        load(source, format, unit=options.get("unit"))
    return caught.value.code


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("how", ["path", "string", "bytes", "upper case", "no extension", "dot format"])
def test_every_way_to_name_a_file(tmp_path: Path, name: str, how: str) -> None:
    content = FILES[name]
    path = tmp_path / {"upper case": f"cube.{name.upper()}", "no extension": "cube"}.get(how, f"cube.{name}")
    path.write_bytes(content)
    if how == "bytes":
        mesh = load(content)
    elif how == "dot format":
        mesh = load(content, f".{name}")
    else:
        mesh = load(str(path) if how == "string" else path)
    assert mesh.source_format == name
    assert len(mesh.faces) == 12
    assert np.ptp(mesh.vertices, axis=0) == pytest.approx([10, 10, 10])
    assert "FORMAT_MISMATCH" not in [w.code for w in mesh.warnings]


@pytest.mark.parametrize("stated", FILES)
@pytest.mark.parametrize("real", FILES)
def test_content_wins_over_the_extension(tmp_path: Path, stated: str, real: str) -> None:
    path = tmp_path / f"cube.{stated}"
    path.write_bytes(FILES[real])
    for mesh in (load(path), load(FILES[real], stated)):
        assert mesh.source_format == real
        assert ("FORMAT_MISMATCH" in [w.code for w in mesh.warnings]) == (stated != real)


def test_a_3mf_named_stl(fixtures: Path) -> None:
    mesh = load((fixtures / "cube.3mf").read_bytes(), "stl")
    assert mesh.source_format == "3mf"
    assert "FORMAT_MISMATCH" in [w.code for w in mesh.warnings]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"glTF" + bytes(20), "glb"),
        (b"PK\x03\x04", "3mf"),
        (b"ply\r\nformat", "ply"),
        (b"  STCNOFF\n", "off"),
        (b"OFFICE", None),
        (b"ISO-10303-21;", "step"),
        (b'\n{"asset": 1}', "gltf"),
        (b"solid x\n facet normal", "stl"),
        (b"SOLID\nENDSOLID", "stl"),
        (b"solid ground", None),
        (b"# comment\nv 1 2 3\n", "obj"),
        (b"mtllib x.mtl\n", "obj"),
        (b"vertices 1 2", None),
        (b"\x89PNG\r\n", None),
        (b"", None),
    ],
)
def test_marks_of_formats(content: bytes, name: str | None) -> None:
    assert sniff(Source(io.BytesIO(content), len(content))) == name


def test_formats_table_is_complete() -> None:
    for entry in FORMATS:
        module = __import__(f"meshcore.formats.{entry.module}", fromlist=["read"])
        assert callable(module.read)
        assert all(extension.startswith(".") for extension in entry.extensions)


def test_unknown_formats(tmp_path: Path) -> None:
    path = tmp_path / "scene.blend"
    path.write_bytes(b"BLENDER-v300")
    assert code_of(path) == ErrorCode.UNSUPPORTED_FORMAT
    assert code_of(b"\x89PNG\r\n") == ErrorCode.UNSUPPORTED_FORMAT
    assert code_of(FILES["stl"], "fbx") == ErrorCode.UNSUPPORTED_FORMAT
    assert code_of(FILES["stl"], "") == ErrorCode.UNSUPPORTED_FORMAT


def test_files_that_cannot_be_opened(tmp_path: Path) -> None:
    assert code_of(tmp_path / "nothing.stl") == ErrorCode.FILE_NOT_FOUND
    assert code_of(tmp_path) == ErrorCode.FILE_NOT_FOUND
    assert code_of("x" * 5000 + ".stl") == ErrorCode.FILE_NOT_FOUND
    assert code_of("a\0b.stl") == ErrorCode.FILE_NOT_FOUND
    assert code_of(tmp_path / "file" / "x.stl") == ErrorCode.FILE_NOT_FOUND


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "pipe.stl"
    os.mkfifo(path)
    assert code_of(path) == ErrorCode.FILE_NOT_FOUND


def test_permissions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "cube.stl"
    path.write_bytes(FILES["stl"])

    def refuse(*args: object, **kwargs: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)  # the tests may run as root, who may read anything
    assert code_of(path) == ErrorCode.PERMISSION_DENIED


def test_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "empty.stl"
    path.touch()
    assert code_of(path) == ErrorCode.CORRUPT_FILE
    assert code_of(b"") == ErrorCode.CORRUPT_FILE


def test_size_limit(tmp_path: Path) -> None:
    for name, content in FILES.items():
        path = tmp_path / f"cube.{name}"
        path.write_bytes(content)
        with pytest.raises(MeshError) as caught:
            load_mesh(path, limits=Limits(file_bytes=len(content) - 1))
        assert caught.value.code == ErrorCode.FILE_TOO_LARGE
        assert len(load_mesh(path, limits=Limits(file_bytes=len(content))).faces) == 12


@pytest.mark.parametrize("name", FILES)
def test_face_limit(name: str) -> None:
    with pytest.raises(MeshError) as caught:
        load_mesh(FILES[name], limits=Limits(faces=11))
    assert caught.value.code == ErrorCode.FILE_TOO_LARGE


def test_units() -> None:
    small = generate.stl_binary(shapes.box((0.875, 0.5, 0.5)))
    guessed = load(small)
    assert guessed.original_unit == "inch"
    assert np.ptp(guessed.vertices, axis=0) == pytest.approx([22.225, 12.7, 12.7])
    warning = next(w for w in guessed.warnings if w.code == "UNIT_INFERRED")
    assert warning.severity == Severity.WARNING

    stated = load(small, unit="mm")
    assert np.ptp(stated.vertices, axis=0) == pytest.approx([0.875, 0.5, 0.5])
    assert (stated.original_unit, stated.unit_confidence, stated.warnings) == ("millimeter", 1.0, ())

    sure = load(FILES["stl"])
    assert [(w.code, w.severity) for w in sure.warnings] == [("UNIT_INFERRED", Severity.INFO)]
    assert code_of(small, unit="furlong") == ErrorCode.INVALID_OPTION


def test_unexpected_failures_become_one_error(monkeypatch: pytest.MonkeyPatch) -> None:
    from meshcore.formats import stl

    def fail_with(error: BaseException) -> Callable[..., None]:
        def read(*_: object) -> None:
            raise error

        return read

    for error, code in (
        (KeyError("x"), ErrorCode.CORRUPT_FILE),
        (RecursionError(), ErrorCode.CORRUPT_FILE),
        (OSError("disk"), ErrorCode.CORRUPT_FILE),
        (MemoryError(), ErrorCode.FILE_TOO_LARGE),
    ):
        monkeypatch.setattr(stl, "read", fail_with(error))
        with pytest.raises(MeshError) as caught:
            load(FILES["stl"])
        assert caught.value.code == code
        assert caught.value.__cause__ is error


def test_importing_the_formats_is_light() -> None:
    script = (
        "import sys, meshcore.formats as f; assert len(f.FORMATS) == 8;"
        "heavy = {'numpy', 'numba', 'trimesh', 'lxml', 'cascadio', 'zipfile'} & set(sys.modules);"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_threads_get_the_same_mesh() -> None:
    content = generate.stl_binary(shapes.icosphere(50, 5))
    expected = load(content)
    found = []

    def work() -> None:
        found.append(load(content))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    for mesh in found:
        assert np.array_equal(mesh.vertices, expected.vertices)
        assert np.array_equal(mesh.faces, expected.faces)
