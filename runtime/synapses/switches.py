"""`Switches`: learning and changes of structure, for all projections of a network or for chosen ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..problems import RuntimeProblem, ValueProblem
from .projection import Projection

if TYPE_CHECKING:
    from ..objects import Objects
    from .structure import Change


class Switches:
    """The methods of `Network` that switch several projections at once."""

    if TYPE_CHECKING:
        _objects: Objects

    def enable_learning(self, projections: Any = None, period: Any = None, offset: Any = None) -> None:
        """Let projections learn; all of them by default. See `Projection.enable_learning`."""
        for projection in self._chosen(projections):
            projection.enable_learning(period, offset)

    def disable_learning(self, projections: Any = None) -> None:
        """Keep projections from learning; all of them by default. See `Projection.disable_learning`."""
        for projection in self._chosen(projections):
            projection.disable_learning()

    def start_pruning(self, projections: Any = None, period: Any = None) -> None:
        """Let projections prune synapses; by default all that can. See `Projection.start_pruning`."""
        for projection in self._changing(projections, "pruning"):
            projection.start_pruning(period)

    def stop_pruning(self, projections: Any = None) -> None:
        """Keep projections from pruning; by default all that can. See `Projection.stop_pruning`."""
        for projection in self._changing(projections, "pruning"):
            projection.stop_pruning()

    def start_creating(self, projections: Any = None, period: Any = None) -> None:
        """Let projections create synapses; by default all that can. See `Projection.start_creating`."""
        for projection in self._changing(projections, "creating"):
            projection.start_creating(period)

    def stop_creating(self, projections: Any = None) -> None:
        """Keep projections from creating synapses; by default all that can. See `Projection.stop_creating`."""
        for projection in self._changing(projections, "creating"):
            projection.stop_creating()

    def _changing(self, projections: Any, change: Change) -> list[Projection]:
        """Return the given projections, or all whose synapses have a rule for a change of structure."""
        if projections is not None:
            return self._chosen(projections)
        found = [p for p in self._objects.projections if change in p._rules]
        if not found:
            raise RuntimeProblem(f"No projection of this network has a synapse with a {change} condition.")
        return found

    def _chosen(self, projections: Any) -> list[Projection]:
        if projections is None:
            return self._objects.projections.all()
        named = [projections] if isinstance(projections, (Projection, str)) else list(projections)
        chosen = [self._objects.projections[p] if isinstance(p, str) else p for p in named]
        for projection in chosen:
            if not isinstance(projection, Projection):
                raise ValueProblem(f"projections must be projections or their names, not {projection!r}.")
        return chosen
