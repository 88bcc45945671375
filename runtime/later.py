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


class LaterProjection:
    """Methods that a projection will have."""

    def start_pruning(self, period: Any = None) -> NoReturn:
        """Start pruning (not available yet)."""
        not_available("Projection.start_pruning")

    def stop_pruning(self) -> NoReturn:
        """Stop pruning (not available yet)."""
        not_available("Projection.stop_pruning")

    def start_creating(self, period: Any = None) -> NoReturn:
        """Start creating synapses (not available yet)."""
        not_available("Projection.start_creating")

    def stop_creating(self) -> NoReturn:
        """Stop creating synapses (not available yet)."""
        not_available("Projection.stop_creating")
