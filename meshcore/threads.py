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

from meshcore.errors import ErrorCode, MeshError

_turn = threading.RLock()
_layer: str | None = None
_unsafe_fork = False


@contextmanager
def kernels() -> Iterator[None]:
    """Hold while calling parallel kernels.

    Raises
    ------
    MeshError
        ``UNSAFE_FORK`` in a process that was forked after its parent ran kernels on OpenMP.
    """
    if _unsafe_fork:
        raise MeshError(
            ErrorCode.UNSAFE_FORK,
            "This process was forked after its parent used meshcore, and OpenMP does not survive a fork. "
            "Start worker processes with the 'spawn' or 'forkserver' method.",
        )
    if _layer in ("omp", "tbb"):
        yield
        return
    with _turn:  # also the first call: the layer is known only once a kernel has run
        try:
            yield
        finally:
            _note_layer()


def _note_layer() -> None:
    global _layer
    import numba

    try:
        _layer = numba.threading_layer()
    except ValueError:  # no parallel kernel has run yet
        _layer = None


def _after_fork() -> None:
    global _unsafe_fork, _turn
    _turn = threading.RLock()  # the parent's lock may have been held by a thread that is not here
    _unsafe_fork = _layer == "omp"


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
