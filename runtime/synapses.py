"""`Synapses`: the values and delays of all synapses of one projection, in the order the kernels read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ranvier.compiler import Model, SynapseBinding

from .arrays import BLOCK, aligned_copy, aligned_zeros, padded
from .attributes import Attribute, Elements, Table, values_for
from .connectivity import Connectivity
from .constants import named_constants
from .context import Context
from .definitions import Synapse
from .distributions import is_distribution
from .expressions import Text, constant, synapse_values
from .positions import with_positions
from .problems import UnknownName, ValueProblem
from .quantities import TIME, is_expression, number
from .rng import Draws
from .schedule import steps_of

if TYPE_CHECKING:
    from .population import Population


@dataclass(frozen=True, slots=True)
class Ends:
    """What the synapses of a projection lie between, and what they are called in errors."""

    name: str
    pre: Population
    post: Population
    binding: SynapseBinding
    same_step: bool

    @property
    def label(self) -> str:
        """How errors call the projection."""
        return f"projection '{self.name}'"

    @property
    def least_delay(self) -> int:
        """Shortest delay, in steps."""
        return 0 if self.same_step else 1


@dataclass(frozen=True, slots=True)
class Stored:
    """Values in storage order (of the connectivity they came with), not in the order that users see."""

    values: NDArray[np.float64]


class Synapses:
    """Created by a connector; everything of a projection that is state.

    Parameters
    ----------
    context : Context
    ends : Ends
    synapse : Synapse
    model : Model
        The synapse bound to the ends.
    connectivity : Connectivity
    """

    def __init__(
        self, context: Context, ends: Ends, synapse: Synapse, model: Model, connectivity: Connectivity
    ) -> None:
        self._context = context
        self._ends = ends
        self._synapse = synapse
        self._model = model
        self.connectivity = connectivity
        self.table = Table(context, ends.label, model.symbols, connectivity.size, _uniform, ends.post.size)
        self.pathway_delays: dict[str, NDArray[np.int64] | int] = {}
        driven = any(getattr(s, "event_driven", False) for s in model.statements)
        driven |= any(s.name == "lastupdate" and s.role == "builtin" for s in model.symbols)
        self.lastupdate: NDArray[Any] = aligned_zeros(padded(connectivity.size) if driven else 0, context.dtype("int"))
        self.lastupdate[:] = context.now
        self.calls = 0
        self.before_write: Callable[[str], None] = lambda _: None
        self._fill()

    def set_weights(self, value: Any) -> None:
        """Give the synapses their first weights."""
        if "w" not in self.table:
            raise ValueProblem(f"{self._ends.label}: its synapse does not use 'w', so weights would have no effect.")
        self.assign(self.table["w"], value)

    def _fill(self) -> None:
        """Give every attribute its first value; weights are 1 until given."""
        text = self._synapse.text
        first = {**self.constants(), **dict(text.namespace_values), **dict(text.values)}
        for role in ("parameter", "variable"):
            for symbol in self._model.symbols:
                if symbol.role != role or hasattr(first.get(symbol.name), "table_rank"):
                    continue
                attribute = self.table[symbol.name]
                expr = symbol.value if role == "parameter" and symbol.value is not None else symbol.init
                if symbol.name in first:
                    self.assign(attribute, first[symbol.name])
                elif (value := constant(expr)) is not None:
                    attribute.fill(attribute.data.dtype.type(value))
                elif expr is not None:
                    self.assign(attribute, self._synapse.excerpt(expr.span))
                elif symbol.name == "w":
                    attribute.fill(1.0)

    def constants(self) -> dict[str, float]:
        """Return the values of the network's constants that the model names."""
        text = self._synapse.text
        given = (name for name, *_ in text.given)
        return named_constants(
            text.constants, self._model.symbols, given, self._context.constants, self._ends.label
        )

    def set_pathway_delay(self, pathway: str, value: Any) -> None:
        """Give a pathway (``pre:<name>``, ``post:<name>``) delays of its own (ms)."""
        least = self._ends.least_delay if pathway.startswith("pre:") else 0
        steps = self._steps_of(value, f"{self._ends.label}: delay of {pathway.partition(':')[2]}", least)
        self.pathway_delays[pathway] = steps

    def longest(self, side: str) -> int:
        """Return the longest delay of the pathways of one side that have their own, in steps."""
        own = [np.max(d, initial=0) for name, d in self.pathway_delays.items() if name.startswith(side)]
        return int(max(own, default=0))

    def _steps_of(self, value: Any, what: str, least: int) -> NDArray[np.int64] | int:
        """Return delays in steps: one for all, or one for each synapse in storage order."""
        if not is_many(value):
            return one_delay(value, self._context, self._ends, least)
        size = self.connectivity.size
        column = Attribute("delays", "parameter", "float", "local", TIME, np.zeros(0), size, False)
        ms = np.broadcast_to(np.asarray(self._values(column, value, None, what), np.float64), size)
        if not np.all(np.isfinite(ms)) or np.any(ms < 0):
            raise ValueProblem(f"{what} must be finite and not negative.")
        return np.maximum(steps_of(ms, self._context.dt), least)

    def set_delays(self, value: Any) -> None:
        """Give every synapse its delay (ms) and order the storage by it."""
        old, ends = self.connectivity, self._ends
        what = f"{ends.label}: delay"
        if not old.size:
            return
        steps = self._steps_of(value, what, ends.least_delay)
        same = not isinstance(steps, int) and bool(np.all(steps == steps[0]))
        fresh, order = old.with_delays(int(steps[0]) if same and not isinstance(steps, int) else steps)
        self.before_write("delay")
        for pathway, steps in self.pathway_delays.items():
            if not isinstance(steps, int):
                self.pathway_delays[pathway] = steps[order]
        for attribute in self.table:
            if attribute.per_synapse:
                attribute.data[: attribute.n] = attribute.data[: attribute.n][order]
        if self.lastupdate.size:
            self.lastupdate[: old.size] = self.lastupdate[: old.size][order]
        self.connectivity = fresh
        self._context.touch()

    def assign(self, attribute: Attribute, value: Any, where: NDArray[np.int64] | None = None) -> None:
        """Write values of all synapses, or of those at some storage positions; all checks come first."""
        what = f"{self._ends.label}: {attribute.name}"
        if attribute.shared:
            if where is not None:
                raise ValueProblem(
                    f"{what} has one value for the whole projection.", help="write it through the projection"
                )
            single = self._values(attribute, value, np.zeros(1, np.int64), what)
            self.before_write(attribute.name)
            attribute.fill(np.asarray(single).reshape(-1)[0])
            return
        result = self._values(attribute, value, where, what)
        self.before_write(attribute.name)
        if where is None and np.ndim(result) == 0:
            if attribute.role == "parameter" and not attribute.block:
                attribute.data, attribute.block = aligned_zeros(BLOCK, attribute.data.dtype), True
                self._context.touch()
            attribute.fill(result)  # type: ignore[arg-type]
            return
        if attribute.block:
            data = aligned_copy(np.full(padded(attribute.n), attribute.data[0]), attribute.data.dtype)
            attribute.data, attribute.block = data, False
            self._context.touch()
        attribute.put(np.asarray(result), where)

    def _values(
        self, attribute: Attribute, value: Any, where: NDArray[np.int64] | None, what: str
    ) -> NDArray[Any] | float:
        """Return what is to be stored, in storage order (or in the order of `where`)."""
        if isinstance(value, Stored):
            return value.values
        elements = self._elements(attribute, where)
        result = values_for(attribute, value, elements, what)
        given = not is_distribution(value) and not (isinstance(value, str) and is_expression(value))
        if where is not None or not given or np.ndim(result) == 0 or attribute.locality == "post":
            return result
        stored = np.empty_like(np.asarray(result))
        stored[self.connectivity.public] = result
        return stored

    def _elements(self, attribute: Attribute, where: NDArray[np.int64] | None) -> Elements:
        if attribute.locality == "post":
            return self._post_elements(attribute.name)
        built = self.connectivity
        stream = f"{self._ends.name}:set:{attribute.name}:{self.calls}"
        count = built.size if where is None else where.size

        def each(make: Callable[[NDArray[np.int64], str], NDArray[Any]]) -> NDArray[Any]:
            """Let synapses of one pair draw from streams of their own, by multapse number."""
            positions = np.arange(built.size, dtype=np.int64) if where is None else where
            values = make(positions, stream)
            numbers = built.multapse()[positions] if built.creation is not None else np.zeros(0, np.int64)
            for m in range(1, int(numbers.max(initial=0)) + 1):
                values[numbers == m] = make(positions[numbers == m], f"{stream}:{m}")
            return values

        return Elements(
            ((count,),),
            lambda distribution: each(lambda at, s: distribution.sample(self._draws(s, at))),
            lambda text: each(lambda at, s: self._evaluate(attribute, text, at, s)),
        )

    def _post_elements(self, name: str) -> Elements:
        """Return what an assignment to one value per postsynaptic neuron is about."""
        n = self._ends.post.size
        ranks = np.arange(n)
        draws = self._context.draws(f"{self._ends.name}:set:{name}:{self.calls}", np.zeros(n, np.int64), ranks)

        def refuse(text: str) -> NDArray[Any]:
            raise ValueProblem(f"{self._ends.label}: {name}: a text gives values of synapses, not of neurons.")

        return Elements(((n,),), lambda distribution: distribution.sample(draws), refuse)

    def _draws(self, stream: str, positions: NDArray[np.int64]) -> Draws:
        built = self.connectivity
        return self._context.draws(stream, built.source[positions], built.target[positions])

    def _evaluate(self, attribute: Attribute, text: str, positions: NDArray[np.int64], stream: str) -> NDArray[Any]:
        built, ends = self.connectivity, self._ends
        functions = self._synapse.definitions
        indices = {
            "": positions,
            "pre": built.source[positions].astype(np.int64),
            "post": built.target[positions].astype(np.int64),
        }
        groups = {
            "": {a.name: a for a in self.table},
            "pre": {a.name: a for a in ends.pre._table},
            "post": {a.name: a for a in ends.post._table},
        }
        draws = self._draws(stream, positions)
        populations = {"pre": ends.pre, "post": ends.post}
        binding, groups, before = with_positions(text, ends.binding, groups, populations, self._context)
        return synapse_values(
            replace(Text.of(attribute, text, ends.name, functions, ends.label), before=before),
            groups,
            binding,
            indices,
            self._context,
            draws,
        )


def _uniform(symbol: Any) -> bool:
    """Tell whether one block of equal values will do for an attribute for now: what no kernel writes."""
    return bool(symbol.role == "parameter")


def is_many(delays: Any) -> bool:
    """Tell whether delays may differ between synapses."""
    text = isinstance(delays, str) and is_expression(delays)
    return isinstance(delays, Stored) or np.ndim(delays) > 0 or is_distribution(delays) or text


def split_delays(model: Model, delays: Any, post_delays: Any, label: str) -> tuple[Any, dict[str, Any]]:
    """Return the delays of the storage (those of the first pathway) and those of pathways with their own."""
    pre, post = [c.pathway for c in model.pre], [c.pathway for c in model.post]
    others: dict[str, Any] = {}
    for given, names, side in ((delays, pre, "pre"), (post_delays, post, "post")):
        if isinstance(given, Mapping):
            for name in given:
                if name not in names:
                    raise UnknownName(f"{side}synaptic pathway of {label}", str(name), names)
            others.update({f"{side}:{name}": given.get(name, 0) for name in names})
        elif side == "post" and not (np.ndim(given) == 0 and given == 0):
            others.update({f"post:{name}": given for name in names})
    if not isinstance(delays, Mapping):
        return delays, others
    first = others.pop(f"pre:{pre[0]}") if pre else None
    return first, others


def sends_continuously(model: Model) -> bool:
    """Tell whether a synapse has psp or summed variables."""
    return model.psp is not None or bool(model.summed)


def one_delay(value: Any, context: Context, ends: Ends, least: int | None = None) -> int:
    """Return one delay in steps."""
    what = f"{ends.label}: delays"
    ms = number(value, what, TIME)
    if not np.isfinite(ms) or ms < 0:
        raise ValueProblem(f"{what} must be finite and not negative, got {ms}.")
    return max(ends.least_delay if least is None else least, context.rounding(float(ms), ends.label, "delays"))
