"""Every task timed beside its fastest peers; see README.md."""

import sys
from pathlib import Path

# The meshes are made of the fixtures' shapes, which live outside any package.
sys.path.append(str(Path(__file__).resolve().parents[1] / "data" / "fixtures"))
