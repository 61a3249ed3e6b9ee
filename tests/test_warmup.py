"""Compilation never surprises: one signature a kernel, and warm-up compiles all of them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

COLD = """
import sys
sys.path.insert(0, {fixtures!r})
from meshcore.warmup import uncompiled, warmup
assert uncompiled(), "the cache was meant to be empty"
warmup()
assert uncompiled() == [], uncompiled()
from meshkernels.jit import KERNELS
before = {{k: sum(k.stats.cache_misses.values()) for k in KERNELS}}
import generate, meshcore
from pathlib import Path
for path in sorted(Path({fixtures!r}).iterdir()):
    if path.suffix != ".py" and path.is_file():
        meshcore.analyze(meshcore.load(path))
late = [k.py_func.__qualname__ for k in KERNELS if sum(k.stats.cache_misses.values()) > before[k]]
assert late == [], late
drivers = [k for k in KERNELS if k.targetoptions.get("parallel")]
several = [k.py_func.__qualname__ for k in drivers if len(k.signatures) > 1]
assert several == [], several
"""


@pytest.mark.slow
def test_warmup_leaves_nothing_to_compile(fixtures: Path, tmp_path: Path) -> None:
    env = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    script = COLD.format(fixtures=str(fixtures))
    done = subprocess.run(
        [sys.executable, "-c", script], env=env, capture_output=True, text=True, timeout=900, check=False
    )
    assert done.returncode == 0, done.stderr
