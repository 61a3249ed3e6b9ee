"""Mesh analysis for 3D printing: will it print, how thin, what overhangs, how long, how much.

>>> import meshcore
>>> mesh = meshcore.load("part.stl")
>>> report = meshcore.analyze(mesh)
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from meshcore.analysis.technical import TechnicalReport, analyze
    from meshcore.errors import ErrorCode, MeshError
    from meshcore.formats import load
    from meshcore.mesh import Mesh

__version__ = "0.1.0"

__all__ = ["ErrorCode", "Mesh", "MeshError", "TechnicalReport", "__version__", "analyze", "load"]

# Imported on first use: numpy and numba cost half a second that `meshcore --help` should not pay.
_HOMES = {
    "ErrorCode": "meshcore.errors",
    "Mesh": "meshcore.mesh",
    "MeshError": "meshcore.errors",
    "TechnicalReport": "meshcore.analysis.technical",
    "analyze": "meshcore.analysis.technical",
    "load": "meshcore.formats",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'meshcore' has no attribute {name!r}")
    return getattr(import_module(home), name)
