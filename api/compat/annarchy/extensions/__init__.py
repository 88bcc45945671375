"""ANNarchy's extensions, by the names of their modules, which are loaded when they are first used."""

import importlib
from typing import Any

from ranvier.runtime.compat.extensions import Rate2SpikePopulation, Spike2RatePopulation

__all__ = ["Rate2SpikePopulation", "Spike2RatePopulation"]
_MODULES = ("bold", "convolution", "hybrid", "image")


def __getattr__(name: str) -> Any:
    """Load a module when it is first used."""
    if name in _MODULES:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
