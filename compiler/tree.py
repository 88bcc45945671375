"""Syntax tree of model texts: what the parser returns, with a `Span` on every node.

Two texts with equal trees (spans and comments aside) mean the same model. The nodes are frozen
values; `canonical` prints them without spans, deterministically, for cache keys and tests.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal, TypeAlias

from .source import Source, Span


@dataclass(frozen=True, slots=True)
class Num:
    """A number. `integer` is True for a literal without point or exponent."""

    value: float
    integer: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Bool:
    value: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Name:
    """A name. After `resolve`, `id` is a key of `Model.symbols` (``"v"``, ``"pre.r"``, ``"post.v"``)."""

    id: str
    span: Span


@dataclass(frozen=True, slots=True)
class Attr:
    """``pre.x`` or ``post.x``; only before `resolve`."""

    group: Literal["pre", "post"]
    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class Call:
    """``func(args)``; `group` is ``"pre"``/``"post"`` for ``pre.sum(exc)``, else ``""``."""

    func: str
    args: tuple[Expr, ...]
    span: Span
    group: str = ""


@dataclass(frozen=True, slots=True)
class Unary:
    """`op` is ``"-"``, ``"+"`` or ``"not"``."""

    op: str
    operand: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Binary:
    """`op` is one of ``+ - * / // % **``, a comparison ``< <= > >= == !=``, ``"and"`` or ``"or"``.

    ``^`` is read as ``**``, ``is`` as ``==``, ``is not`` as ``!=``; ``a < b < c`` as ``a < b and b < c``.
    """

    op: str
    left: Expr
    right: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class IfElse:
    """``if condition: then else: otherwise``, also ``then if condition else otherwise`` and ``ite(...)``."""

    condition: Expr
    then: Expr
    otherwise: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Deriv:
    """``dname/dt``; only in the left-hand side of an `Ode`."""

    name: str
    span: Span


Expr: TypeAlias = Num | Bool | Name | Attr | Call | Unary | Binary | IfElse | Deriv


@dataclass(frozen=True, slots=True)
class Flag:
    """One flag of an annotation: ``exponential`` or ``init=-65`` (then with a `value`)."""

    word: str
    value: Expr | None
    span: Span


@dataclass(frozen=True, slots=True)
class Annotation:
    """What follows the colon. `unit` is None in ANNarchy style, an expression in Brian2 style
    (``Num(1)`` for dimensionless, ``Name("boolean")``, ``Name("integer")``).
    """

    unit: Expr | None
    flags: tuple[Flag, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class FuncDef:
    name: str
    params: tuple[str, ...]
    body: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Ode:
    """``lhs = rhs`` where `lhs` holds exactly one `Deriv` (of `var`)."""

    var: str
    lhs: Expr
    rhs: Expr
    annotation: Annotation | None
    span: Span


@dataclass(frozen=True, slots=True)
class Assign:
    """``target op value`` with op ``= += -= *= /=``; the target is a `Name` or (``post.x = ..``) an `Attr`."""

    target: Name | Attr
    op: str
    value: Expr
    annotation: Annotation | None
    span: Span


@dataclass(frozen=True, slots=True)
class Decl:
    """``name : annotation``."""

    name: str
    annotation: Annotation
    span: Span


Statement: TypeAlias = FuncDef | Ode | Assign | Decl


@dataclass(frozen=True, slots=True)
class Part:
    """The parsed form of one `Source`: statements, or one expression (spike condition, refractory, psp)."""

    source: Source
    statements: tuple[Statement, ...]
    expression: Expr | None = None


@dataclass(frozen=True, slots=True)
class SyntaxTree:
    """A whole model as parsed; `parts[k]` is what spans with ``part == k`` point into."""

    kind: Literal["neuron", "synapse"]
    name: str
    parts: tuple[Part, ...]

    def dump(self) -> str:
        """Return the tree as text, one statement a line (used by goldens and ``--stage equations``)."""
        lines = []
        for part in self.parts:
            label = f"[{part.source.label}]" if part.source.label else ""
            lines.append(f"{part.source.role}{label}:")
            lines += [f"  {canonical(s)}" for s in part.statements]
            if part.expression is not None:
                lines.append(f"  {canonical(part.expression)}")
        return "\n".join(lines) + "\n"


def canonical(node: object) -> str:
    """Return a deterministic text of a node without its spans: equal texts, equal meaning."""
    if isinstance(node, tuple):
        return "(" + " ".join(canonical(item) for item in node) + ")"
    if hasattr(node, "__dataclass_fields__"):
        values = [
            canonical(getattr(node, f.name))
            for f in fields(node)  # type: ignore[arg-type]
            if f.name not in ("span", "source")
        ]
        return f"{type(node).__name__}[{' '.join(values)}]"
    if isinstance(node, float):
        return node.hex()
    return repr(node)
