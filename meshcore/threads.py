"""Make parallel kernels safe to call from several Python threads, and honest about fork.

Numba runs ``prange`` loops on one of three layers. OpenMP and TBB may be entered by many threads at
once; ``workqueue``, numba's fall-back where neither is installed, aborts the process when that
happens, so there kernels take turns. GNU OpenMP cannot be used in a child that was forked after the
parent used it: that child gets an error that says so instead of a hang.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from meshcore.errors import ErrorCode, MeshError


@dataclass(slots=True)
class _Process:
    """What this process knows about numba's layer; the layer is known once a parallel kernel has run."""

    layer: str | None = None
    unsafe_fork: bool = False
    turn: threading.RLock = field(default_factory=threading.RLock)


_process = _Process()


@contextmanager
def kernels() -> Iterator[None]:
    """Hold while calling parallel kernels.

    Raises
    ------
    MeshError
        ``UNSAFE_FORK`` in a process that was forked after its parent ran kernels on OpenMP.
    """
    if _process.unsafe_fork:
        raise MeshError(
            ErrorCode.UNSAFE_FORK,
            "This process was forked after its parent used meshcore, and OpenMP does not survive a fork. "
            "Start worker processes with the 'spawn' or 'forkserver' method.",
        )
    if _process.layer in ("omp", "tbb"):
        yield
        return
    with _process.turn:  # also the first call: the layer is known only once a kernel has run
        try:
            yield
        finally:
            _note_layer()


def _note_layer() -> None:
    import numba

    try:
        _process.layer = numba.threading_layer()
    except ValueError:  # no parallel kernel has run yet
        _process.layer = None


def _after_fork() -> None:
    _process.turn = threading.RLock()  # the parent's may be held by a thread that is not here
    _process.unsafe_fork = _process.layer == "omp"


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
