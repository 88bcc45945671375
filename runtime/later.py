"""What the manual names and this version does not have: every refusal of a method is made here.

A feature that is implemented loses its method here. Nothing that is asked for is ever ignored silently.
"""

from __future__ import annotations

from typing import Any, NoReturn

from .problems import not_available


class LaterPopulation:
    """Methods that a population will have."""

    def reset(self, attributes: Any = None) -> NoReturn:
        """Reset one population (not available yet)."""
        not_available("Population.reset", "net.reset(populations=True) resets all populations")
