"""Values given as text: ``pop.v = "-70.0 + 10.0*rand()"``, ``weights="0.5*exp(-abs(i - j)/10)"``.

The text is compiled as an equation of a small model whose names are the attributes of the group, and its IR is run
by the interpreter: no C is made for an assignment.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ranvier.compiler import (
    KernelIR,
    Source,
    SynapseBinding,
    ir,
    lower_model,
    model,
    parse,
    resolve_neuron,
    resolve_synapse,
    tree,
)

from .attributes import Attribute
from .context import Context
from .problems import ValueProblem
from .reference_ops import Environment, Slot, execute
from .rng import Draws

_WORD = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True)
class Text:
    """An expression to be assigned to an attribute.

    Parameters
    ----------
    target : str
        Name of the attribute.
    text : str
    owner : str
        Named in errors.
    functions : str
        Definitions of user functions that the text may call.
    """

    target: str
    text: str
    owner: str
    functions: str = ""

    def sources(self, role: str) -> tuple[Source, ...]:
        """Return the texts of the small model."""
        line = Source(role, f"{self.target} = {self.text}")
        return (line, Source("functions", self.functions)) if self.functions.strip() else (line,)


def constant(expr: tree.Expr | None) -> float | None:
    """Return the value of an expression of literals, None when it needs more than that."""
    match expr:
        case tree.Num(value, _, _):
            return float(value)
        case tree.Bool(value, _):
            return float(value)
        case tree.Unary(op, operand, _) if op in "+-":
            inner = constant(operand)
            return None if inner is None else -inner if op == "-" else inner
        case tree.Binary(op, left, right, _):
            x, y = constant(left), constant(right)
            return None if x is None or y is None else _arithmetic(op, x, y)
    return None


def _arithmetic(op: str, x: float, y: float) -> float | None:
    match op:
        case "+":
            return x + y
        case "-":
            return x - y
        case "*":
            return x * y
        case "/" if y != 0:
            return x / y
    return None


def _used(text: Text, attributes: Iterable[Attribute]) -> list[Attribute]:
    words = set(_WORD.findall(text.text)) | set(_WORD.findall(text.functions))
    return [a for a in attributes if a.name in words]


def _given(attributes: Iterable[Attribute], target: str) -> tuple[tuple[str, Any, Any, Any], ...]:
    return tuple((a.name, a.dimension, a.type, a.locality) for a in attributes if a.name != target)


def _keys(kernel: KernelIR, draws: Draws) -> NDArray[np.uint64]:
    return np.array([draws.key(d.occurrence) for d in kernel.draws], np.uint64)


def neuron_values(
    text: Text, attributes: Iterable[Attribute], ranks: NDArray[np.int64], size: int, context: Context, draws: Draws
) -> NDArray[Any]:
    """Return the value of a text for some neurons of a population.

    Parameters
    ----------
    text : Text
    attributes : iterable of Attribute
        Of the population.
    ranks : ndarray of int64
        The neurons.
    size : int
        Of the population, ``N`` in the text.
    context : Context
    draws : Draws
        For the same ranks.
    """
    used = _used(text, attributes)
    syntax = parse("neuron", text.owner, (*text.sources("equations"), Source("spike", "False")))
    resolved = resolve_neuron(syntax, given=_given(used, text.target))
    kernel = lower_model(resolved, context.options)
    result = np.zeros(ranks.size, context.dtype(_type(kernel, text.target)))
    slots = {a.name: Slot(a.data, a.type, ranks, a.block) for a in used if a.name != text.target}
    own = next((a for a in used if a.name == text.target), None)
    if own is not None:
        result[:] = own.data[:1] if own.block else own.data[ranks]
    return _run(kernel, "update", text, slots, result, {}, context, draws, size)


def synapse_values(
    text: Text,
    attributes: Mapping[str, Mapping[str, Attribute]],
    binding: SynapseBinding,
    indices: Mapping[str, NDArray[np.int64]],
    context: Context,
    draws: Draws,
    size: int,
) -> NDArray[Any]:
    """Return the value of a text for some synapses of a projection.

    Parameters
    ----------
    text : Text
    attributes : mapping
        Of the synapse (``""``), and of the ``"pre"`` and ``"post"`` population.
    binding : SynapseBinding
    indices : mapping
        Storage positions (``""``), ``"pre"`` and ``"post"`` ranks of the synapses.
    context : Context
    draws : Draws
        For the same synapses.
    size : int
        Of the postsynaptic population.
    """
    used = _used(text, attributes[""].values())
    syntax = parse("synapse", text.owner, text.sources("pre_spike"))
    resolved = resolve_synapse(syntax, binding, given=_given(used, text.target))
    kernel = lower_model(resolved, context.options)
    program = next(p.name for p in kernel.programs if p.name.startswith("pre:"))
    count = indices["pre"].size
    result = np.zeros(count, context.dtype(_type(kernel, text.target)))
    slots = {a.name: Slot(a.data, a.type, indices[""], a.block) for a in used if a.name != text.target}
    for side in ("pre", "post"):
        for name, attribute in attributes[side].items():
            slots[f"{side}.{name}"] = Slot(attribute.data, attribute.type, indices[side], attribute.block)
    own = next((a for a in used if a.name == text.target), None)
    if own is not None:
        result[:] = own.data[:1] if own.block else own.data[indices[""]]
    return _run(kernel, program, text, slots, result, {"@i": indices["pre"], "@j": indices["post"]}, context, draws, size)


def _type(kernel: KernelIR, target: str) -> model.Type:
    return kernel.entry(target).type


def _run(
    kernel: KernelIR,
    program: str,
    text: Text,
    slots: dict[str, Slot],
    result: NDArray[Any],
    scalars: Mapping[str, NDArray[Any]],
    context: Context,
    draws: Draws,
    size: int,
) -> NDArray[Any]:
    from . import _mathlib

    slots[text.target] = Slot(result, kernel.entry(text.target).type)
    types = context.dtype("int")
    for entry in kernel.layout:
        if entry.name not in slots:
            slots[entry.name] = Slot(np.zeros(max(result.size, 1), context.dtype(entry.type)), entry.type)
    for name, values in {"@N": np.full(1, size), **scalars}.items():
        slots[name] = Slot(values.astype(types), "int")
    environment = Environment(
        slots, result.size, context.precision, _mathlib, context.now, context.dt, _keys(kernel, draws),
        draws.c0, draws.c1,
    )  # fmt: skip
    found = [p for name in ("prepare", program) if (p := kernel.program(name)) is not None]
    if not any(isinstance(s, ir.Store) and s.name == text.target for p in found for s in p.statements):
        raise ValueProblem(f"{text.owner}: '{text.text}' gives '{text.target}' no value.")
    for each in found:
        execute(each, environment)
    return result
