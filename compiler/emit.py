"""From value graphs to programs: hoist what is fixed during a run, name what is used twice.

Input are *roots*: the final value of everything a program writes, as interned expressions that share their
common parts. Output are straight-line statements. Maximal sub-expressions that depend on params and dt alone
become ``derived`` entries of the layout, filled by the ``prepare`` program.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from .ir import Accumulate, Draw, Entry, Expr, Let, Op, Program, Reduce, Ref, Statement, Store, children, walk
from .values import Builder

#: A single expression is cut into temporaries when it nests deeper than this.
MAX_DEPTH = 12


@dataclass(frozen=True, slots=True)
class Root:
    """One effect of a program. `kind`: ``store``, ``add`` or ``subtract`` (to a subtotal), or a reduction."""

    kind: Literal["store", "add", "subtract", "sum", "min", "max"]
    name: str
    expr: Expr


class Hoister:
    """Collects the derived entries of a model while its programs are emitted."""

    def __init__(self, builder: Builder, params: Iterable[str]) -> None:
        self._b = builder
        self._params = frozenset(params)
        self._names: dict[int, str] = {}
        self._memo: dict[int, Expr] = {}
        self.entries: list[Entry] = []
        self.roots: list[Root] = []

    def dependencies(self, expr: Expr) -> tuple[str, ...]:
        """Return the params an expression depends on, sorted."""
        return tuple(sorted({e.name for e in walk(expr) if isinstance(e, Ref) and e.name in self._params}))

    def hoist(self, expr: Expr) -> Expr:
        """Return `expr` with its maximal invariant parts replaced by references to derived entries."""
        if not isinstance(expr, (Op, Draw)):
            return expr
        known = self._memo.get(id(expr))
        if known is None:
            known = self._memo[id(expr)] = self._derive(expr) if self._b.invariant(expr) else self._rebuild(expr)
        return known

    def _rebuild(self, expr: Op | Draw) -> Expr:
        args = tuple(self.hoist(a) for a in expr.args)
        if isinstance(expr, Draw):
            return self._b.draw(expr.kind, expr.occurrence, args)
        return self._b.op(expr.op, expr.type, *args)

    def _derive(self, expr: Expr) -> Expr:
        name = f"@d{len(self.entries)}"
        self.entries.append(Entry(name, "derived", expr.type, self.dependencies(expr)))
        self.roots.append(Root("store", name, expr))
        return self._b.ref(name, expr.type)


def emit(name: str, roots: list[Root], levels: Levels | None = None) -> Program:
    """Return the program that computes all roots and then performs their effects, in order."""
    uses: dict[int, int] = {}
    order: list[Expr] = []
    depth: dict[int, int] = {}

    def visit(expr: Expr) -> None:
        uses[id(expr)] = uses.get(id(expr), 0) + 1
        if uses[id(expr)] > 1:
            return
        for child in children(expr):
            visit(child)
        order.append(expr)

    for root in roots:
        visit(root.expr)
    stored = {id(r.expr) for r in roots if len(roots) > 1}
    statements: list[Statement] = []
    printed: dict[int, Expr] = {}
    for expr in order:
        if not isinstance(expr, (Op, Draw)):
            printed[id(expr)] = expr
            depth[id(expr)] = 0
            continue
        args = tuple(printed[id(a)] for a in expr.args)
        whole = (
            Draw(expr.kind, expr.occurrence, args, expr.type)
            if isinstance(expr, Draw)
            else Op(expr.op, args, expr.type)
        )
        below = 1 + max((depth[id(a)] for a in expr.args), default=0)
        own_level = levels is not None and levels.of(expr) != "element" and not isinstance(expr, Draw)
        if uses[id(expr)] > 1 or isinstance(expr, Draw) or below > MAX_DEPTH or id(expr) in stored or own_level:
            let = f"%{sum(isinstance(s, Let) for s in statements)}"
            statements.append(Let(let, whole, levels.of(expr) if levels else "element"))
            printed[id(expr)] = Ref(let, expr.type)
            depth[id(expr)] = 0
        else:
            printed[id(expr)] = whole
            depth[id(expr)] = below
    for root in roots:
        value = printed[id(root.expr)]
        if root.kind == "store":
            statements.append(Store(root.name, value))
        elif root.kind in ("sum", "min", "max"):
            statements.append(Reduce(root.name, root.kind, value))
        else:
            statements.append(Accumulate(root.name, 1 if root.kind == "add" else -1, value))
    return Program(name, tuple(statements))


class Levels:
    """How often a value of event code must be computed: once per call, per row, or per synapse."""

    def __init__(self, call_refs: Iterable[str], row_refs: Iterable[str]) -> None:
        self._call = frozenset(call_refs)
        self._row = frozenset(row_refs)
        self._memo: dict[int, Literal["call", "row", "element"]] = {}

    def of(self, expr: Expr) -> Literal["call", "row", "element"]:
        known = self._memo.get(id(expr))
        if known is None:
            known = self._memo[id(expr)] = self._compute(expr)
        return known

    def _compute(self, expr: Expr) -> Literal["call", "row", "element"]:
        if isinstance(expr, Ref):
            return "call" if expr.name in self._call else "row" if expr.name in self._row else "element"
        if isinstance(expr, Draw):
            return "element"
        below = [self.of(c) for c in children(expr)]
        return "element" if "element" in below else "row" if "row" in below else "call"
