"""The committed fixture files are what the script writes."""

import zipfile
from pathlib import Path

import numpy as np

import generate


def test_fixtures_are_up_to_date(fixtures: Path, tmp_path: Path) -> None:
    generate.main(tmp_path)
    written = sorted(p.name for p in tmp_path.iterdir())
    committed = sorted(p.name for p in fixtures.iterdir() if p.is_file() and p.suffix != ".py")
    assert written == committed
    for name in written:
        assert _content(tmp_path / name) == _content(fixtures / name), name


def _content(path: Path) -> object:
    if path.suffix == ".3mf":  # deflate may differ between zlib builds
        archive = zipfile.ZipFile(path)
        return [(name, archive.read(name)) for name in archive.namelist()]
    data = path.read_bytes()
    if path.suffix == ".stl" and data.startswith(b"meshcore"):  # sin and cos differ in the last bit
        dtype = [("normal", "<f4", 3), ("points", "<f4", 9), ("attribute", "<u2")]
        points = np.frombuffer(data, dtype=dtype, offset=84)["points"]
        return data[:84], np.round(points.astype(np.float64), 4).tolist()
    return data
