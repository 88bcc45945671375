"""What users can ask of a model: a description, and conditions over its variables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from .algebra import text
from .model import Model, Symbol
from .options import CompileOptions
from .pipeline import Compiled, compile_model
from .registered import Registered
from .resolve import resolve_neuron
from .source import Source
from .syntax import parse

_ROLES = (
    ("parameter", "parameters"),
    ("variable", "variables"),
    ("input", "inputs"),
    ("subexpression", "subexpressions"),
)


def describe(model: Model, options: CompileOptions) -> str:
    """Return the names of a model with type, locality and unit, and the method of each equation with the reason."""
    from .integrate import integrate

    lines = [
        f"{model.kind} '{model.name}' ({'with' if model.unit_checked else 'without'} units, {options.precision} precision)"
    ]
    for role, title in _ROLES:
        symbols = [s for s in model.symbols if s.role == role]
        if symbols:
            lines.append(f"{title}:")
            lines += [f"  {_symbol(s)}" for s in symbols]
    methods = integrate(model).methods
    if methods:
        lines.append("methods:")
        lines += [f"  {variable}: {method} ({reason})" for variable, method, reason in methods]
    if model.spike is not None:
        lines.append(f"spike condition: {text(model.spike)}")
    if model.refractory.kind != "none":
        freezes = "everything but inputs" if model.refractory.freezes == "A" else "what is marked (unless refractory)"
        lines.append(f"refractory: {model.refractory.kind}, freezes {freezes}")
    return "\n".join(lines) + "\n"


def _symbol(s: Symbol) -> str:
    locality = {"local": "one per element", "shared": "shared", "post": "one per postsynaptic neuron"}[s.locality]
    words = [s.type, locality]
    if s.dimension is not None:
        words.append(f"unit {unit_text(s.dimension)}")
    bounds = [f"{word} {text(e)}" for word, e in (("min", s.min), ("max", s.max)) if e is not None]
    body = f" = {text(s.value)}" if s.value is not None else f", starts at {text(s.init)}" if s.init is not None else ""
    return f"{s.name}{body} ({', '.join(words + bounds)})"


_BASE = ("metre", "kilogram", "second", "amp", "kelvin", "mole", "candela")


def unit_text(dimension: tuple[float, ...]) -> str:
    """Return a dimension as a product of SI base units."""
    words = [f"{u}" if p == 1 else f"{u}^{p:g}" for u, p in zip(_BASE, dimension, strict=True) if p]
    return " ".join(words) or "1"


def compile_condition(
    model: Model, source: Source, options: CompileOptions, functions: Iterable[Registered] = ()
) -> Compiled:
    """Compile a boolean expression over the names of a neuron model (a stop condition).

    The kernel has one program, ``condition``, that writes the mask entry.
    """
    given = tuple(
        (s.name, s.dimension, s.type, s.locality) for s in model.symbols if s.role in ("parameter", "variable", "input")
    )
    tree = parse("neuron", model.name, (Source("spike", source.text, source.label),))
    small = resolve_neuron(tree, given=given, functions=functions)
    return compile_model(replace(small, kind="condition"), options)
