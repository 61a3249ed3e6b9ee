"""Load and analyse a file, then print the most memory this process ever held, in bytes.

python -m benchmarks.peak_memory part.stl
"""

import resource
import sys
from pathlib import Path


def peak_bytes() -> int:
    """Most resident memory of this process.

    Linux counts in ``ru_maxrss`` what the parent held when it forked, so its own mark is better there.
    """
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text().splitlines()
        return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
    unit = 1 if sys.platform == "darwin" else 1024
    return unit * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main() -> None:
    import meshcore

    meshcore.analyze(meshcore.load(sys.argv[1]))
    print(peak_bytes())


if __name__ == "__main__":
    main()
