"""Compile every kernel ahead of time and tell which are still missing from numba's disk cache."""

import importlib
import pkgutil
from pathlib import Path

import meshkernels
from meshkernels.jit import KERNELS


def uncompiled() -> list[str]:
    """Names of the kernels that have no compiled version on disk for this machine, sorted."""
    _import_all()
    cached: dict[str, set[str]] = {}
    missing = []
    for kernel in KERNELS:
        folder = kernel.stats.cache_path
        if folder not in cached:
            cached[folder] = {_kernel_name(p.name) for p in Path(folder).glob("*.nbi")}
        code = kernel.py_func.__code__
        name = f"{Path(code.co_filename).stem}.{code.co_qualname}-{code.co_firstlineno}"
        if name not in cached[folder]:
            missing.append(name)
    return sorted(missing)


def _kernel_name(index_file: str) -> str:
    """``topology._scan-40.py311.nbi`` → ``topology._scan-40``."""
    return index_file.rsplit(".", 2)[0]


def _import_all() -> None:
    for module in pkgutil.walk_packages(meshkernels.__path__, "meshkernels."):
        importlib.import_module(module.name)
