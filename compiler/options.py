"""What a compilation depends on besides the model itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class CompileOptions:
    """Options of one compilation; part of the cache key.

    Parameters
    ----------
    precision : {"double", "single"}
        Type of the state: 64-bit floats and integers, or 32-bit ones.
    fast : bool
        Allow the C compiler's own vector mathematics; results then depend on the machine.
    """

    precision: Literal["double", "single"] = "double"
    fast: bool = False
