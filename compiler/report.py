"""What users can ask of a model: a description, and conditions over its variables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from .algebra import text
from .model import AssignStatement, Dimension, Model, Symbol
from .options import CompileOptions
from .tree import Expr
from .unitwords import unit_text

_ROLES = (
    ("parameter", "parameters"),
    ("variable", "variables"),
    ("input", "inputs"),
    ("subexpression", "subexpressions"),
    ("attribute", "of the neurons"),
)


def describe(model: Model, options: CompileOptions, values: Mapping[str, str] | None = None) -> str:
    """Return the names of a model with type, locality and unit, and the method of each equation with the reason.

    `values` are shown for names whose values were given from Python.
    """
    from .integrate import integrate

    units = "with" if model.unit_checked else "without"
    lines = [f"{model.kind} '{model.name}' ({units} units, {options.precision} precision)"]
    said = _Texts(model)
    for role, title in _ROLES:
        symbols = [s for s in model.symbols if s.role == role]
        if symbols:
            lines.append(f"{title}:")
            lines += [f"  {_symbol(s, said.value(s, values), said)}" for s in symbols]
    functions = [f"{f.name}({', '.join(f.params)}){'' if f.c else ', without C'}" for f in model.functions]
    if functions:
        lines.append(f"registered functions: {'; '.join(functions)}")
    methods = integrate(model).methods
    if methods:
        lines.append("methods:")
        lines += [f"  {variable}: {method} ({reason})" for variable, method, reason in methods]
    if model.spike is not None:
        lines.append(f"spike condition: {said(model.spike)}")
    if model.reset:
        lines.append(f"at a spike: {said.code(model.reset)}")
    for side, codes in (("presynaptic", model.pre), ("postsynaptic", model.post)):
        lines += [f"at a {side} {c.event} ({c.pathway}): {said.code(c.statements)}" for c in codes]
    for event in model.events:
        lines.append(f"event {event.name}: {said(event.condition)}")
        lines += [f"at the event {event.name}: {said.code(event.statements)}"] * bool(event.statements)
    if model.psp is not None:
        lines.append(f"psp: {model.operation} of {said(model.psp)}")
    lines += [f"summed: {s.target} = sum of {said(s.value)}" for s in model.summed]
    if model.refractory.kind != "none":
        freezes = "everything but inputs" if model.refractory.freezes == "A" else "what is marked (unless refractory)"
        lines.append(f"refractory: {_refractory(model, said, values)}, freezes {freezes}")
    return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True)
class AttributeInfo:
    """What there is to know of one name of a model.

    Attributes
    ----------
    name : str
    kind : str
        ``parameter``, ``variable``, ``input`` or ``subexpression``.
    type : str
        ``float``, ``int`` or ``bool``.
    locality : str
        ``local``, ``shared`` or ``post``.
    unit : str
        In which values are kept, ``"mV"``; "" when none is known.
    value : str
        Default of a parameter, initial value of a variable, text of a subexpression; "" when there is none.
    """

    name: str
    kind: str
    type: str
    locality: str
    unit: str
    value: str


def table(model: Model, values: Mapping[str, str] | None = None) -> tuple[AttributeInfo, ...]:
    """Return the parameters, variables, inputs and subexpressions of a model; `values` are those given from Python."""
    kinds, said = ("parameter", "variable", "input", "subexpression"), _Texts(model)
    return tuple(
        AttributeInfo(s.name, s.role, s.type, s.locality, coherent_unit(s.dimension), said.value(s, values) or "")
        for s in model.symbols
        if s.role in kinds
    )


@dataclass(frozen=True, slots=True)
class _Texts:
    """Expressions of a model as texts: with units, as the user wrote them."""

    model: Model

    def __call__(self, e: Expr) -> str:
        parts, span = self.model.tree.parts, e.span
        if not self.model.unit_checked or not 0 <= span.part < len(parts) or span.stop <= span.start:
            return text(e)
        source = parts[span.part].source
        written = source.text[span.start : span.stop]
        return text(e) if source.role == "functions" or "#" in written else " ".join(written.split())

    def code(self, statements: tuple[AssignStatement, ...]) -> str:
        return "; ".join(f"{s.target} {s.op} {self(s.value)}" for s in statements)

    def value(self, s: Symbol, values: Mapping[str, str] | None) -> str | None:
        given = (values or {}).get(s.name)
        return given if given is not None else next((self(e) for e in (s.value, s.init) if e is not None), None)


def _refractory(model: Model, said: _Texts, values: Mapping[str, str] | None) -> str:
    """Return how long neurons are refractory, or until when."""
    kind, value = model.refractory.kind, model.refractory.value
    shown = (values or {}).get("refractory") or ("" if value is None else said(value))
    if kind == "condition":
        return f"while {shown}"
    return f"{float(shown):g} ms" if re.fullmatch(r"[-+.\deE]+", shown) else shown or kind


def _symbol(s: Symbol, value: str | None, said: _Texts) -> str:
    locality = {"local": "one per element", "shared": "shared", "post": "one per postsynaptic neuron"}[s.locality]
    words = [s.type, locality]
    if s.dimension is not None:
        words.append(f"in {coherent_unit(s.dimension)}" if any(s.dimension) else "no unit")
    words += ["linked"] * s.linked
    bounds = [f"{word} {said(e)}" for word, e in (("min", s.min), ("max", s.max)) if e is not None]
    body = "" if value is None else f", starts at {value}" if s.role == "variable" else f" = {value}"
    return f"{s.name}{body} ({', '.join(words + bounds)})"


#: Names of units in `unit_text` -> what is 1 in the coherent system.
_COHERENT = {
    "second": "ms", "metre": "um", "kelvin": "K", "mole": "amol", "volt": "mV", "amp": "pA", "siemens": "nS",
    "farad": "pF", "ohm": "GOhm", "molar": "mM", "coulomb": "fC", "watt": "fW", "joule": "aJ", "newton": "pN",
    "kilogram": "ng", "weber": "uWb",
}  # fmt: skip


def coherent_unit(dimension: Dimension | None) -> str:
    """Return the unit in which values of a dimension are kept: ``"mV"``, ``"mV/ms"``; "" when there is none."""
    if dimension is None or not any(dimension):
        return ""
    text = unit_text(dimension)
    return "kHz" if text == "1/second" else re.sub("[a-z]+", lambda m: _COHERENT.get(m[0], m[0]), text)
