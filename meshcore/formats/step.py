"""STEP (ISO 10303-21), tessellated by OpenCASCADE through the package ``cascadio``."""

import io
import re
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from meshcore.errors import ErrorCode, MeshError
from meshcore.formats.gltf import read_scene
from meshcore.formats.limits import Limits
from meshcore.formats.source import RawMesh, Source, corrupt
from meshcore.units import MILLIMETERS

# Distance of the triangles from the surface, in millimetres, and angle between neighbours, in radians.
CHORD_TOLERANCE = 0.01
ANGLE_TOLERANCE = 0.5

# One thread: the order of the triangles is the same on every run then.
_CHILD = """
import sys, cascadio
source, target, chord, angle = sys.argv[1:]
sys.exit(cascadio.step_to_glb(source, target, float(chord), float(angle), use_parallel=False))
"""
_SCHEMA = re.compile(rb"FILE_SCHEMA\s*\(\s*\(\s*'([^']*)'")
_CONTEXT = re.compile(rb"GLOBAL_UNIT_ASSIGNED_CONTEXT\s*\(\s*\(([^)]*)\)")
_PREFIXED_METERS = {b"MILLI": "millimeter", b"CENTI": "centimeter", b"MICRO": "micron", b"": "meter"}


def read(source: Source, limits: Limits) -> RawMesh:
    """Read a STEP file: the surfaces of all its solids and shells as triangles."""
    if find_spec("cascadio") is None:
        raise MeshError(
            ErrorCode.MISSING_DEPENDENCY,
            "Reading STEP needs the extra 'step': pip install 'mesh-sync-meshcore[step]'.",
        )
    content = source.read()
    if b"END-ISO-10303-21" not in content[-4096:]:
        raise corrupt("The STEP file is cut off: it has no END-ISO-10303-21.")
    glb = _tessellated(content, limits)
    schema = _SCHEMA.search(content)
    version = schema.group(1).decode("latin-1").split("{")[0].strip()[:60] if schema else ""
    unit = _length_unit(content)
    del content
    # OpenCASCADE converts every unit to the metres of glTF, and keeps z up.
    raw = read_scene(Source(io.BytesIO(glb), len(glb)), limits, np.eye(4))
    return RawMesh(
        raw.vertices * (MILLIMETERS["meter"] / MILLIMETERS[unit]),
        raw.faces,
        f"STEP {version}".strip(),
        unit=unit,
        has_colors=raw.has_colors,
    )


def _tessellated(content: bytes, limits: Limits) -> bytes:
    """The model as GLB, made in a process of its own.

    OpenCASCADE prints on standard output, cannot be interrupted and does not survive every broken file.
    """
    with tempfile.TemporaryDirectory(prefix="meshcore-") as folder:
        step, glb = Path(folder, "model.step"), Path(folder, "model.glb")
        step.write_bytes(content)
        try:
            result = subprocess.run(
                [sys.executable, "-P", "-c", _CHILD, step, glb, str(CHORD_TOLERANCE), str(ANGLE_TOLERANCE)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=limits.step_seconds,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise MeshError(
                ErrorCode.FILE_TOO_LARGE, f"The STEP model takes more than {limits.step_seconds:g} s to cut."
            ) from error
        if result.returncode != 0 or not glb.is_file():
            raise corrupt("OpenCASCADE could not read the STEP file.")
        return glb.read_bytes()


def _length_unit(content: bytes) -> str:
    """The unit of length of the file's first geometric context; millimetres where it cannot be told."""
    context = _CONTEXT.search(content)
    for reference in re.findall(rb"#(\d+)", context.group(1)) if context else []:
        entity = re.search(rb"#" + reference + rb"\s*=([^;]*);", content)
        text = entity.group(1).upper() if entity else b""
        if b"LENGTH_UNIT" not in text:
            continue
        if b"'INCH'" in text:
            return "inch"
        if b"'FOOT'" in text or b"'FEET'" in text:
            return "foot"
        prefix = re.search(rb"SI_UNIT\s*\(\s*(?:\$|\.(\w+)\.)\s*,\s*\.METRE\.", text)
        if prefix:
            return _PREFIXED_METERS.get(prefix.group(1) or b"", "millimeter")
    return "millimeter"
