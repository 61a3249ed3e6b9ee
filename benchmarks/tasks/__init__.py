"""The tasks by name: what is asked, and who answers it."""

from benchmarks.contender import Contender
from benchmarks.tasks import (
    analyze,
    cross_sections,
    load,
    load_topology,
    mass_properties,
    orientation,
    overhang_area,
    overhang_regions,
    self_intersection,
    thickness,
    topology,
    winding,
)

TASKS: dict[str, tuple[Contender, ...]] = {
    "load": load.CONTENDERS,
    "topology": topology.CONTENDERS,
    "load + topology": load_topology.CONTENDERS,
    "winding": winding.CONTENDERS,
    "self-intersection": self_intersection.CONTENDERS,
    "thickness": thickness.CONTENDERS,
    "overhang area": overhang_area.CONTENDERS,
    "overhang regions": overhang_regions.CONTENDERS,
    "orientation": orientation.CONTENDERS,
    "mass properties": mass_properties.CONTENDERS,
    "cross-sections": cross_sections.CONTENDERS,
    "analyze": analyze.CONTENDERS,
}

ANALYZE_PARTS = (
    "load",
    "topology",
    "winding",
    "self-intersection",
    "thickness",
    "overhang area",
    "orientation",
    "mass properties",
)
"""What the whole analysis consists of: its bar is the sum of the fastest peers of these."""
