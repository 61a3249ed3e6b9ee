"""Builders of container files, so that a test states only what matters to it."""

import io
import json
import struct
import zipfile
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pytest

_CORE = "http://schemas.microsoft.com/3dmanufacturing/core/2015/02"
_PRODUCTION = "http://schemas.microsoft.com/3dmanufacturing/production/2015/06"
_RELATIONS = (
    '<?xml version="1.0"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r0" Target="/3D/3dmodel.model" Type="http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"/>'
    "</Relationships>"
)


def _model(resources: str, build: str, unit: str = "millimeter", head: str = "") -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{head}<model unit="{unit}" xmlns="{_CORE}" '
        f'xmlns:p="{_PRODUCTION}"><resources>{resources}</resources><build>{build}</build></model>'
    )


def _pack_3mf(model: str | Iterable[bytes], parts: Mapping[str, str] | None = None) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("_rels/.rels", _RELATIONS)
        with archive.open("3D/3dmodel.model", "w", force_zip64=True) as stream:
            for chunk in [model.encode()] if isinstance(model, str) else model:
                stream.write(chunk)
        for name, content in (parts or {}).items():
            archive.writestr(name, content)
    return buffer.getvalue()


def _pack_glb(document: Mapping[str, Any], binary: bytes = b"") -> bytes:
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    binary += b"\0" * (-len(binary) % 4)
    chunks = struct.pack("<I4s", len(text), b"JSON") + text
    if binary:
        chunks += struct.pack("<I4s", len(binary), b"BIN\0") + binary
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


@pytest.fixture(scope="session")
def model_xml() -> Callable[..., str]:
    """``model_xml(resources, build, unit="millimeter", head="")``: the model part of a 3MF."""
    return _model


@pytest.fixture(scope="session")
def pack_3mf() -> Callable[..., bytes]:
    """``pack_3mf(model, parts={})``: a 3MF of a model part and other parts."""
    return _pack_3mf


@pytest.fixture(scope="session")
def pack_glb() -> Callable[..., bytes]:
    """``pack_glb(document, binary)``: a GLB of a JSON document and a binary chunk."""
    return _pack_glb
