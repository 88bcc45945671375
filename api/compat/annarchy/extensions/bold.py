"""The BOLD signal of populations."""

from ranvier.runtime.compat.bold import BoldMonitor, NormProjection
from ranvier.runtime.models.balloon import (
    BoldModel,
    balloon_CL,
    balloon_CN,
    balloon_maith2021,
    balloon_RL,
    balloon_RN,
    balloon_two_inputs,
)

BoldMonitorFromSlices = BoldMonitor.from_slices

__all__ = [
    "BoldModel", "BoldMonitor", "BoldMonitorFromSlices", "NormProjection", "balloon_CL", "balloon_CN", "balloon_RL",
    "balloon_RN", "balloon_maith2021", "balloon_two_inputs",
]  # fmt: skip
