"""Numba kernels for triangle meshes: arrays in, arrays out.

Vertices are float64 arrays of shape (V, 3), faces int32 arrays of shape (F, 3), both C-contiguous
and writeable. One algorithm a file, named after it; this package imports numpy and numba only.
"""
