"""Values given to synapses: numbers, arrays, texts and distributions become what is stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from .._bridge import aligned_empty
from ..arrays import BLOCK, aligned_zeros, padded
from ..connect.shared_weights import SharedConnectivity
from ..groups.attributes import Attribute, Elements, values_for
from ..groups.distributions import is_distribution
from ..groups.expressions import Text, names_in, synapse_values
from ..groups.positions import with_positions
from ..problems import ValueProblem
from ..quantities import is_expression
from ..rng import Draws
from .ends import Stored

if TYPE_CHECKING:
    from .table import Synapses

#: Synapses by storage position.
Places: TypeAlias = "NDArray[np.int64] | slice"
#: Values of so many synapses are made at a time.
AT_ONCE = 2**16


class Assignments:
    """Writes what users give to the attributes of all synapses, or of some.

    Parameters
    ----------
    of : Synapses
    """

    def __init__(self, of: Synapses) -> None:
        self._of = of

    @property
    def _label(self) -> str:
        return self._of._ends.label

    def write(
        self, attribute: Attribute, value: Any, where: NDArray[np.int64] | None, computed: Mapping[str, Attribute]
    ) -> None:
        """Write values of all synapses, or of those at some storage positions; all checks come first."""
        what = f"{self._label}: {attribute.name}"
        if attribute.shared:
            if where is not None:
                raise ValueProblem(
                    f"{what} has one value for the whole projection.", help="write it through the projection"
                )
            single = self.values(attribute, value, np.zeros(1, np.int64), what, computed)
            self._of.before_write(attribute.name)
            attribute.fill(np.asarray(single).reshape(-1)[0])
            return
        if where is not None and isinstance(self._of.connectivity, SharedConnectivity):
            raise ValueProblem(f"{what} is shared by the connections.", help="write the filter: projection.weights")
        fresh = attribute.block and where is None
        room = aligned_empty(padded(attribute.n), attribute.dtype) if fresh else None
        result = self.values(attribute, value, where, what, computed, room)
        self._of.before_write(attribute.name)
        if where is None and np.ndim(result) == 0:
            if attribute.role == "parameter" and not attribute.block:
                attribute.data, attribute.block = aligned_zeros(BLOCK, attribute.data.dtype), True
                self._of._context.touch()
            attribute.fill(result)  # type: ignore[arg-type]
            return
        if attribute.block:
            self._of._context.touch()
            if room is None:
                attribute.expand()
            else:
                attribute.data, attribute.block = room, False
        attribute.put(np.asarray(result), where)

    def values(
        self,
        attribute: Attribute,
        value: Any,
        where: NDArray[np.int64] | None,
        what: str,
        computed: Mapping[str, Attribute],
        room: NDArray[Any] | None = None,
    ) -> NDArray[Any] | float:
        """Return what is to be stored, in storage order (or in the order of `where`); many values may be in `room`."""
        if isinstance(value, Stored):
            return value.values
        elements = self._elements(attribute, where, computed, room)
        result = values_for(attribute, value, elements, what)
        given = not is_distribution(value) and not (isinstance(value, str) and is_expression(value, elements.names))
        if isinstance(self._of.connectivity, SharedConnectivity):
            return self._of.connectivity.placed(result)  # type: ignore[no-any-return]
        if where is not None or not given or np.ndim(result) == 0 or attribute.locality == "post":
            return result
        return self._of.connectivity.placed(np.asarray(result))

    def _elements(
        self,
        attribute: Attribute,
        where: NDArray[np.int64] | None,
        computed: Mapping[str, Attribute],
        room: NDArray[Any] | None,
    ) -> Elements:
        if attribute.locality == "post":
            return self._post_elements(attribute.name)
        built = self._of.connectivity
        if isinstance(built, SharedConnectivity):
            return self._filter_elements(attribute.name, built)
        stream = self._stream(attribute.name)
        count = built.size if where is None else where.size

        multapse = built.multapse() if built.creation is not None else None

        def some(make: Callable[[Places, str], NDArray[Any]], places: Places) -> NDArray[Any]:
            """Let synapses of one pair draw from streams of their own, by multapse number."""
            values = make(places, stream)
            numbers = multapse[places] if multapse is not None else np.zeros(0, np.int64)
            for m in range(1, int(numbers.max(initial=0)) + 1):
                at = np.flatnonzero(numbers == m)
                values[at] = make(at + places.start if isinstance(places, slice) else places[at], f"{stream}:{m}")
            return values

        def each(make: Callable[[Places, str], NDArray[Any]]) -> NDArray[Any]:
            """Make all values at once, or by and by, for the memory of what they are made of."""
            if where is not None:
                return some(make, where)
            values = some(make, slice(0, min(count, AT_ONCE)))
            if count > AT_ONCE:
                fits = room is not None and room.dtype == values.dtype
                first, values = values, (room[:count] if room is not None and fits else np.empty(count, values.dtype))
                values[:AT_ONCE] = first
            for start in range(AT_ONCE, count, AT_ONCE):
                stop = min(start + AT_ONCE, count)
                values[start:stop] = some(make, slice(start, stop))
            return values

        return Elements(
            ((count,),),
            lambda distribution: each(lambda at, s: distribution.sample(self._draws(s, at))),
            lambda text: each(lambda at, s: self._evaluate(attribute, text, at, s, computed)),
            self._of.table.known(),
        )

    def _filter_elements(self, name: str, built: SharedConnectivity) -> Elements:
        """Return what an assignment to the elements of a filter is about."""
        ranks = np.arange(built.free)
        draws = self._of._context.draws(self._stream(name), ranks, np.zeros(built.free, np.int64))

        def refuse(text: str) -> NDArray[Any]:
            raise ValueProblem(f"{self._label}: {name}: a text gives values of connections, which share theirs.")

        return Elements(((built.free,), built.shape), lambda distribution: distribution.sample(draws), refuse)

    def _post_elements(self, name: str) -> Elements:
        """Return what an assignment to one value per postsynaptic neuron is about."""
        n = self._of._ends.post.size
        ranks = np.arange(n)
        draws = self._of._context.draws(self._stream(name), np.zeros(n, np.int64), ranks)

        def refuse(text: str) -> NDArray[Any]:
            raise ValueProblem(f"{self._label}: {name}: a text gives values of synapses, not of neurons.")

        return Elements(((n,),), lambda distribution: distribution.sample(draws), refuse)

    def _stream(self, name: str) -> str:
        """Return the stream of what is drawn for an attribute by this assignment."""
        return f"{self._of._ends.name}:set:{name}:{self._of.calls}"

    def _draws(self, stream: str, places: Places) -> Draws:
        return self._of._context.draws(stream, *self._of.connectivity.ends_of(places))

    def _evaluate(
        self,
        attribute: Attribute,
        text: str,
        places: Places,
        stream: str,
        computed: Mapping[str, Attribute],
    ) -> NDArray[Any]:
        missing = sorted(names_in(text) & self._of.table.subexpressions() - computed.keys())
        if missing:
            raise ValueProblem(
                f"{self._label}: {attribute.name} = {text!r} names the subexpression '{missing[0]}', which has "
                "values only when the synapses are there.",
                help=f'assign it to the projection after connecting: proj.{attribute.name} = "{text}"',
            )
        built, ends = self._of.connectivity, self._of._ends
        functions = self._of._synapse.definitions
        source, target = built.ends_of(places)
        own = np.arange(places.start, places.stop) if isinstance(places, slice) else places
        indices = {"": own, "pre": source.astype(np.int64), "post": target.astype(np.int64)}
        groups = {
            "": {**{a.name: a for a in self._of.table}, **computed},
            "pre": {a.name: a for a in ends.pre._table},
            "post": {a.name: a for a in ends.post._table},
        }
        draws = self._of._context.draws(stream, source, target)
        populations = {"pre": ends.pre, "post": ends.post}
        binding, groups, before = with_positions(text, ends.binding, groups, populations, self._of._context)
        return synapse_values(
            replace(Text.of(attribute, text, ends.name, functions, ends.label), before=before),
            groups,
            binding,
            indices,
            self._of._context,
            draws,
        )
