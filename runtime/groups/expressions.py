"""Values given as text: ``pop.v = "-70.0 + 10.0*rand()"``, ``weights="0.5*exp(-abs(i - j)/10)"``.

The text is compiled as an equation of a small model whose names are the attributes of the group, and its IR is run
by the interpreter: no C is made for an assignment.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ranvier.compiler import (
    KernelIR,
    Line,
    Model,
    Registered,
    Source,
    SynapseBinding,
    ir,
    lower_model,
    model,
    parse,
    resolve_neuron,
    resolve_synapse,
    tree,
    value_dimension,
)

from ..context import Context
from ..definitions.functions import FUNCTIONS
from ..planning.plan import Binding
from ..problems import ValueProblem
from ..quantities import refuse_other_units
from ..reference.kernel import BoundKernel
from ..reference.ops import Environment, execute
from ..rng import Draws
from .attributes import Attribute

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
    dimension : tuple of float or None
        Of the attribute.
    scale : float
        Factor of values given with units.
    what : str
        What errors call the attribute.
    before : tuple of Line
        Values of other names, computed before.
    """

    target: str
    text: str
    owner: str
    functions: str = ""
    dimension: model.Dimension | None = None
    scale: float = 1.0
    what: str = ""
    before: tuple[Line, ...] = ()

    @classmethod
    def of(cls, attribute: Attribute, text: str, owner: str, functions: str, label: str) -> Text:
        """Return the text that is assigned to an attribute of what errors call `label`."""
        what = f"{label}: {attribute.name}"
        return cls(attribute.name, text, owner, functions, attribute.dimension, attribute.scale, what)

    def sources(self, role: str) -> tuple[Source, ...]:
        """Return the texts of the small model."""
        lines = [*(f"{line.name} = {line.text}" for line in self.before), f"{self.target} = {self.text}"]
        line = Source(role, "\n".join(lines))
        found = (self.functions, FUNCTIONS.used_by([self.text], self.functions))
        functions = "\n".join(text for text in found if text.strip())
        return (line, Source("functions", functions)) if functions else (line,)

    def registered(self) -> tuple[Registered, ...]:
        """Return the functions registered from Python that the text may call."""
        return FUNCTIONS.registered_in(source.text for source in self.sources("equations"))

    def factor(self, resolved: Model) -> float:
        """Return the factor of the values, after comparing their unit with that of the attribute."""
        own = value_dimension(resolved, self.target)
        refuse_other_units(self.what or f"{self.owner}: {self.target}", self.dimension, own, self.text)
        return self.scale if resolved.unit_checked else 1.0


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


def names_in(text: str) -> set[str]:
    """Return the names that a text may use."""
    return set(_WORD.findall(text))


def words(text: Text) -> set[str]:
    """Return the names that a text and its functions may use."""
    return names_in(text.text) | names_in(text.functions)


def _used(text: Text, attributes: Iterable[Attribute]) -> list[Attribute]:
    named = words(text)
    return [a for a in attributes if a.name in named]


def _given(attributes: Iterable[Attribute], target: str) -> tuple[tuple[str, Any, Any, Any], ...]:
    return tuple((a.name, a.dimension, a.type, a.locality) for a in attributes if a.name != target)


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
    resolved = resolve_neuron(syntax, given=_given(used, text.target), functions=text.registered())
    factor = text.factor(resolved)
    ir_of = lower_model(resolved, context.options)
    arrays = {a.name: (a.data, a.block) for a in used}
    kernel, result = _bound(ir_of, text.target, arrays, size, context, draws)
    kernel.prepare()
    _execute(kernel, "update", text, kernel.range_environment(context.now, ranks))
    return _scaled(result[ranks], factor)


def synapse_values(
    text: Text,
    attributes: Mapping[str, Mapping[str, Attribute]],
    binding: SynapseBinding,
    indices: Mapping[str, NDArray[np.int64]],
    context: Context,
    draws: Draws,
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
    """
    used = _used(text, attributes[""].values())
    names = [f"{line.name} : {line.type}" for line in text.before]
    declared = Source("equations", "\n".join([*names, f"{text.target} : float"]))
    syntax = parse("synapse", text.owner, (*text.sources("pre_spike"), declared))
    spiking = replace(binding, pre_spiking=True)  # the text is code of an event
    resolved = resolve_synapse(syntax, spiking, given=_given(used, text.target), functions=text.registered())
    factor = text.factor(resolved)
    ir_of = lower_model(resolved, context.options)
    arrays = {a.name: (a.data, a.block) for a in used}
    for side in ("pre", "post"):
        arrays.update({f"{side}.{name}": (a.data, a.block) for name, a in attributes[side].items()})
    one = np.ones(64, context.dtype("int"))
    arrays.update({"@learning": (one, True), "@multapse": (0 * one, True)})
    for entry in ir_of.layout:
        if "@" in entry.name and entry.name not in arrays:
            raise ValueProblem(f"{text.owner}: {text.text!r} uses a name that only code of synapses knows.")
    positions = indices[""]
    count = int(positions.max()) + 1 if positions.size else 0
    kernel, result = _bound(ir_of, text.target, arrays, count, context, draws)
    kernel.prepare()
    program = next(p.name for p in ir_of.programs if p.name.startswith("pre:"))
    places: dict[str, NDArray[Any] | slice] = {**indices, "semi": indices["post"]}
    _execute(kernel, program, text, kernel.environment(context.now, draws.c0, draws.c1, places))
    return _scaled(result[positions], factor)


def _scaled(values: NDArray[Any], factor: float) -> NDArray[Any]:
    return values if factor == 1.0 else values * factor


def _bound(
    ir_of: KernelIR,
    target: str,
    arrays: Mapping[str, tuple[NDArray[Any], bool]],
    n: int,
    context: Context,
    draws: Draws,
) -> tuple[BoundKernel, NDArray[Any]]:
    """Bind a kernel to arrays, with a new array for its target (which starts with the old values)."""
    from .. import _mathlib

    result = np.zeros(n, context.dtype(ir_of.entry(target).type))
    if target in arrays:
        data, block = arrays[target]
        result[:] = data[:1] if block else data[:n]
    bound = [result if e.name == target else arrays[e.name][0] if e.name in arrays else None for e in ir_of.layout]
    shared = [e.name != target and e.name in arrays and arrays[e.name][1] for e in ir_of.layout]
    keys = np.array([draws.key(d.occurrence) for d in ir_of.draws], np.uint64)
    binding = Binding(ir_of, None, bound, shared, keys, n, n)
    return BoundKernel(binding, context.precision, context.dt, _mathlib), result


def _execute(kernel: BoundKernel, name: str, text: Text, environment: Environment) -> None:
    program = kernel.binding.ir.program(name)
    stored = () if program is None else tuple(s.name for s in program.statements if isinstance(s, ir.Store))
    if program is None or text.target not in stored:
        raise ValueProblem(f"{text.owner}: {text.text!r} gives '{text.target}' no value.")
    execute(program, environment)
