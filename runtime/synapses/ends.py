"""What the synapses of a projection lie between, and what users say of delays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ranvier.compiler import Model, SynapseBinding, model

from ..context import Context
from ..groups.distributions import is_distribution
from ..problems import UnknownName, ValueProblem
from ..quantities import TIME, is_expression, number
from .group import End, SynapseGroup


@dataclass(frozen=True, slots=True)
class Ends:
    """What the synapses of a projection lie between, and what they are called in errors."""

    name: str
    pre: End
    post: End
    binding: SynapseBinding
    same_step: bool

    @property
    def label(self) -> str:
        """How errors call the projection."""
        return f"projection '{self.name}'"

    def binding_of_code(self) -> SynapseBinding:
        """Return the binding of texts that are evaluated as code of an event, whether or not neurons spike."""
        return replace(self.binding, pre_spiking=True)

    @property
    def least_delay(self) -> int:
        """Shortest delay, in steps."""
        return 0 if self.same_step else 1


    def check_delays(self, steps: NDArray[np.int64] | int) -> None:
        """Refuse delays where the presynaptic end are synapses, whose values of the past are not kept."""
        if "pre" in self.binding.synapses and np.max(steps, initial=0) > self.least_delay:
            raise ValueProblem(
                f"{self.label}: what comes from the synapses of '{self.pre.name}' arrives in the next step.",
                help="leave out the delays",
            )


def binding_of(pre: End, post: End, target: str, more: tuple[str, ...], has_events: bool) -> SynapseBinding:
    """Return what the compiler needs to know of the two sides."""
    if post._model is not None and target not in post.targets and model.REST in post.targets:
        target = model.REST
    return SynapseBinding(
        pre._symbols,
        post._symbols,
        pre.name,
        post.name,
        pre is post,
        target,
        pre.spiking or has_events,
        frozenset() if pre._model is None else pre._model.held,
        frozenset() if post._model is None else post._model.held,
        more,
        frozenset(
            end
            for end, population in (("pre", pre), ("post", post))
            if population._model is not None and population._model.refractory.kind != "none"
        ),
        frozenset(end for end, group in (("pre", pre), ("post", post)) if isinstance(group, SynapseGroup)),
    )


@dataclass(frozen=True, slots=True)
class Stored:
    """Values in storage order (of the connectivity they came with), not in the order that users see."""

    values: NDArray[np.float64]


def is_many(delays: Any) -> bool:
    """Tell whether delays may differ between synapses."""
    text = isinstance(delays, str) and is_expression(delays)
    return isinstance(delays, Stored) or np.ndim(delays) > 0 or is_distribution(delays) or text


def split_delays(model: Model, delays: Any, post_delays: Any, label: str) -> tuple[Any, dict[str, Any]]:
    """Return the delays of the storage (those of the first pathway) and those of pathways with their own."""
    pre, post = [c.pathway for c in model.pre], [c.pathway for c in model.post]
    delays, post_delays = _by_side(delays, post_delays, pre, post, label)
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


def _by_side(delays: Any, post_delays: Any, pre: list[str], post: list[str], label: str) -> tuple[Any, Any]:
    """Return both arguments with the delays of postsynaptic pathways in the second, wherever they were given."""
    if not isinstance(delays, Mapping):
        return delays, post_delays
    moved = {name: value for name, value in delays.items() if name in post and name not in pre}
    if not moved:
        return delays, post_delays
    given = post_delays if isinstance(post_delays, Mapping) else {}
    twice = moved.keys() & given.keys() if given or (np.ndim(post_delays) == 0 and post_delays == 0) else moved.keys()
    if twice:
        raise ValueProblem(f"{label}: delays of '{min(twice)}' are given twice, in delays and in post_delays.")
    return {name: value for name, value in delays.items() if name not in moved}, {**given, **moved}


def one_delay(value: Any, context: Context, ends: Ends, least: int | None = None) -> int:
    """Return one delay in steps."""
    what = f"{ends.label}: delays"
    ms = number(value, what, TIME)
    if not np.isfinite(ms) or ms < 0:
        raise ValueProblem(f"{what} must be finite and not negative, got {ms}.")
    return max(ends.least_delay if least is None else least, context.rounding(float(ms), ends.label, "delays"))
