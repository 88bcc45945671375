"""Where neurons are: coordinates in the geometry, or positions that the user gave; what texts may name of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ranvier.compiler import Line, Symbol, SynapseBinding

from ..arrays import aligned_copy, padded
from ..context import Context
from ..problems import ValueProblem
from .attributes import Attribute

if TYPE_CHECKING:
    from ..synapses.group import End

AXES = ("x", "y", "z")
_WORD = re.compile(r"[A-Za-z_]\w*")


def grid(shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Return the coordinates of all neurons of a geometry, one row each."""
    return np.stack(np.unravel_index(np.arange(int(np.prod(shape))), shape), axis=1).astype(np.float64)


def normalized(shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Return coordinates that run from 0 to 1 in every dimension."""
    longest = np.array([max(extent - 1, 1) for extent in shape], np.float64)
    return grid(shape) / longest


def checked(values: Any, size: int, owner: str) -> NDArray[np.float64]:
    """Return positions given by a user: one row of 1 to 3 numbers for each neuron."""
    try:
        array = np.array(values, np.float64)
    except (TypeError, ValueError):
        raise ValueProblem(f"{owner}: positions must be an array of numbers.") from None
    array = array.reshape(-1, 1) if array.ndim == 1 else array
    if array.ndim != 2 or array.shape[0] != size or not 1 <= array.shape[1] <= len(AXES):
        raise ValueProblem(f"{owner}: positions have shape ({size}, 1 to 3), not {np.shape(values)}.")
    if not np.isfinite(array).all():
        raise ValueProblem(f"{owner}: positions must be finite.")
    return array


Groups = Mapping[str, Mapping[str, Attribute]]


def with_positions(
    text: str, binding: SynapseBinding, groups: Groups, ends: Mapping[str, End], context: Context
) -> tuple[SynapseBinding, dict[str, dict[str, Attribute]], tuple[Line, ...]]:
    """Add what a text names of positions: ``x_pre``, ``pre.position_y``, and the line that computes ``dist``.

    Parameters
    ----------
    text : str
    binding : SynapseBinding
    groups : mapping
        Attributes of the ``"pre"`` and ``"post"`` population.
    ends : mapping
        The populations.
    context : Context
    """
    words = set(_WORD.findall(text))
    for end in ends.values():
        end._hear(text)
    found = {side: dict(groups[side]) for side in groups}
    symbols: dict[str, list[Symbol]] = {"pre": [], "post": []}
    dist = "dist" in words and not any("dist" in groups[side] for side in ("pre", "post"))
    shared = range(min(ends[side]._positions().shape[1] for side in ("pre", "post")))
    for side in ("pre", "post"):
        where = ends[side]._positions()
        for k, axis in zip(range(where.shape[1]), AXES, strict=False):
            wanted = {axis, f"position_{axis}"} & (words | {w.removesuffix(f"_{side}") for w in words})
            if dist and k in shared:
                wanted.add(f"position_{axis}")
            for name in sorted(wanted - groups[side].keys()):
                column = np.zeros(padded(where.shape[0]))
                column[: where.shape[0]] = where[:, k]
                data = aligned_copy(column, context.dtype("float"))
                found[side][name] = Attribute(name, "parameter", "float", "local", None, data, where.shape[0], False)
                symbols[side].append(Symbol(name, "parameter"))
    extended = replace(binding, pre=(*binding.pre, *symbols["pre"]), post=(*binding.post, *symbols["post"]))
    if not dist:
        return extended, found, ()
    if not shared:
        raise ValueProblem(f"{text!r}: synapses have no positions, so there is no 'dist'.")
    squares = " + ".join(f"(pre.position_{a} - post.position_{a})**2" for a in AXES[: len(shared)])
    return extended, found, (Line("dist", f"sqrt({squares})", "float"),)
