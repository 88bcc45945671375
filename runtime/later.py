"""What the manual names and this version does not have: every refusal of a method is made here.

A feature that is implemented loses its method here. Nothing that is asked for is ever ignored silently.
"""

from __future__ import annotations

from typing import Any, NoReturn

from .problems import not_available


class LaterNetwork:
    """Methods that a network will have."""

    def save(self, path: Any, populations: bool = True, projections: bool = True) -> NoReturn:
        """Save to a file (not available yet)."""
        not_available("Network.save", "net.store() keeps the state in memory")

    def load(self, path: Any, populations: bool = True, projections: bool = True) -> NoReturn:
        """Load from a file (not available yet)."""
        not_available("Network.load", "net.restore() brings back what net.store() kept")

    @classmethod
    def from_file(cls, path: Any) -> NoReturn:
        """Rebuild a network from a file (not available yet)."""
        not_available("Network.from_file")

    def copy(self, *args: Any, **options: Any) -> NoReturn:
        """Copy the network (not available yet)."""
        not_available("Network.copy")


class LaterPopulation:
    """Methods that a population will have."""

    def reset(self, attributes: Any = None) -> NoReturn:
        """Reset one population (not available yet)."""
        not_available("Population.reset", "net.reset(populations=True) resets all populations")

    def save(self, path: Any) -> NoReturn:
        """Save to a file (not available yet)."""
        not_available("Population.save")

    def load(self, path: Any) -> NoReturn:
        """Load from a file (not available yet)."""
        not_available("Population.load")


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

    def save(self, path: Any) -> NoReturn:
        """Save to a file (not available yet)."""
        not_available("Projection.save")

    def load(self, path: Any) -> NoReturn:
        """Load from a file (not available yet)."""
        not_available("Projection.load")
