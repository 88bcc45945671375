"""`SynapseGuard`: looks for NaN and infinity in what synapses remember, where that costs next to nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np

from ..context import Context
from ..groups.attributes import Attribute
from ..problems import NotFinite
from ..synapses.projection import Projection

#: Values that a step may cost, on average: a projection with more of them waits for longer runs.
PER_STEP: Final = 1024


class SynapseGuard:
    """Looks at the float variables of synapses at the end of runs, neurons being looked at by the engine.

    What was infinite when a projection was first run is so on purpose.

    Parameters
    ----------
    context : Context
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._since: dict[str, int] = {}
        self._infinite: set[tuple[str, str]] = set()

    def begin(self, projections: Iterable[Projection]) -> None:
        """Note what is infinite already in projections that have not run yet."""
        for projection in projections:
            if projection.name not in self._since:
                self._since[projection.name] = self._context.now
                self._infinite |= {
                    (projection.name, a.name) for a in _variables(projection) if np.any(np.isinf(a.stored()))
                }

    @staticmethod
    def watches(projections: Iterable[Projection]) -> bool:
        """Tell whether there is anything to look at."""
        return any(_variables(projection) for projection in projections)

    def look(self, projections: Iterable[Projection], least: int = 1, per_step: float = PER_STEP) -> None:
        """Look at those for which enough steps have passed since the last time.

        Parameters
        ----------
        projections : iterable of Projection
        least : int
            Steps that must have passed.
        per_step : number
            Values for which a step must have passed.

        Raises
        ------
        NotFinite
            A variable became NaN or infinite (E504).
        """
        now = self._context.now
        for projection in projections:
            since = self._since[projection.name]
            first = since if since <= now else 0  # the clock was reset
            found = [a for a in _variables(projection) if (projection.name, a.name) not in self._infinite]
            if now - first < least or sum(1 if a.block else a.n for a in found) > per_step * (now - first):
                continue
            self._since[projection.name] = now
            for attribute in found:
                bad = np.flatnonzero(~np.isfinite(attribute.stored()))
                if bad.size:
                    self._since[projection.name] = first
                    raise _problem(projection, attribute, int(bad[0]), first, now, self._context.dt)


def _variables(projection: Projection) -> list[Attribute]:
    """Return what is looked at; traces are not, as they may have one value per neuron and just decay between events."""
    traces = projection._made.traces
    return [a for a in projection._table if a.type == "float" and a.role == "variable" and a.name not in traces]


def _problem(projection: Projection, attribute: Attribute, place: int, first: int, now: int, dt: float) -> NotFinite:
    if attribute.block or attribute.n not in (projection.nb_synapses, projection.connectivity.n_post):
        whose = ""
    elif attribute.locality == "post":
        whose = f" of postsynaptic neuron {place}"
    else:
        pre, post = projection.connectivity.ends_of(np.array([place]))
        whose = f" of the synapse from {pre[0]} to {post[0]}"
    window = f"step {first}" if now - first == 1 else f"steps {first} to {now - 1}"
    return NotFinite(
        f"projection '{projection.name}': '{attribute.name}'{whose} became NaN or infinite in {window} "
        f"(t = {first * dt:g} to {now * dt:g} ms).",
        'the state is as it was then; nan_check="step" finds the exact step, nan_check=False switches this off',
    )
