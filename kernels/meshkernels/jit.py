"""How every kernel is compiled: cached on disk, without the GIL, with IEEE arithmetic.

Two decorators, so that a kernel says what it is: ``@scalar`` for the function that works on one
element (a CUDA launcher can call the same function), ``@parallel`` for the short driver that loops
over elements with ``prange``. Fast-math is off: it would let the compiler reorder sums and drop NaN
checks, and the geometric predicates depend on both.

A kernel has one signature. The public wrappers pass C-contiguous, writeable arrays of the stated
dtype, so that the cache holds one compiled version and no call ever compiles by surprise.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

F = TypeVar("F", bound=Callable[..., Any])

KERNELS: list[Any] = []
"""Every kernel of the modules imported so far, for ahead-of-time compilation and its tests."""

_OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}


def scalar(function: F) -> F:
    """Compile a function of one element (or a serial loop)."""
    return _compile(function, parallel=False)


def parallel(function: F) -> F:
    """Compile a driver whose ``prange`` loops run on all threads."""
    return _compile(function, parallel=True)


def inlined(function: F) -> F:
    """Compile a function that LLVM copies into the kernels that call it, whatever their types.

    Numba counts references to arrays atomically around each call that is left: thickness rays take an eighth
    less time without. It is no kernel of its own, and has nothing to compile ahead.
    """
    return cast(F, njit(function, forceinline=True, **_OPTIONS))


def _compile(function: F, *, parallel: bool) -> F:
    # Said explicitly because numba passes ``forceinline`` on to what an inlined function calls: everything
    # below would be copied at every call, and kernels that compile in seconds would take many minutes.
    kernel = njit(function, parallel=parallel, forceinline=False, **_OPTIONS)
    KERNELS.append(kernel)
    return cast(F, kernel)
