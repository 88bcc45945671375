"""From value graphs to programs: hoist what is fixed during a run, name what is used twice.

Input are *roots*: the final value of everything a program writes, as interned expressions that share their
common parts. Output are straight-line statements. Maximal sub-expressions that depend on params and dt alone
become ``derived`` entries of the layout, filled by the ``prepare`` program.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from .errors import InternalError
from .ir import (
    Accumulate,
    Carried,
    Draw,
    Entry,
    Expr,
    Let,
    Op,
    Program,
    Reduce,
    Ref,
    Repeat,
    Statement,
    Store,
    children,
    walk,
)
from .values import Builder, Loop, Result

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
        self._loops: dict[Loop, Loop] = {}
        self.entries: list[Entry] = []
        self.roots: list[Root] = []

    def dependencies(self, expr: Expr) -> tuple[str, ...]:
        """Return the params an expression depends on, sorted."""
        return tuple(sorted({e.name for e in walk(expr) if isinstance(e, Ref) and e.name in self._params}))

    def hoist(self, expr: Expr) -> Expr:
        """Return `expr` with its maximal invariant parts replaced by references to derived entries."""
        if isinstance(expr, Result):
            return self._b.intern(Result(expr.name, expr.type, self._loop(expr.loop)))
        if not isinstance(expr, (Op, Draw)):
            return expr
        known = self._memo.get(id(expr))
        if known is None:
            known = self._memo[id(expr)] = self._derive(expr) if self._b.invariant(expr) else self._rebuild(expr)
        return known

    def _loop(self, loop: Loop) -> Loop:
        if loop not in self._loops:
            initial, after = (tuple(map(self.hoist, part)) for part in (loop.initial, loop.next))
            self._loops[loop] = Loop(loop.limit, loop.inside, initial, after, self.hoist(loop.until))
        return self._loops[loop]

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
    writer = _Writer(levels)
    statements: list[Statement] = []
    named = {id(r.expr) for r in roots if len(roots) > 1}
    writer.write([r.expr for r in roots], named, statements)
    for root in roots:
        value = writer.printed[id(root.expr)]
        if root.kind == "store":
            statements.append(Store(root.name, value))
        elif root.kind in ("sum", "min", "max"):
            statements.append(Reduce(root.name, root.kind, value))
        else:
            statements.append(Accumulate(root.name, 1 if root.kind == "add" else -1, value))
    return Program(name, tuple(statements))


class _Writer:
    """Turns shared expressions into temporaries; `printed` holds what stands for each."""

    def __init__(self, levels: Levels | None) -> None:
        self.levels = levels
        self.printed: dict[int, Expr] = {}
        self._depth: dict[int, int] = {}
        self._lets = 0
        self._keep: list[Expr] = []  # what has been seen stays alive, as its id stands for it

    def write(self, roots: Iterable[Expr], named: set[int], statements: list[Statement]) -> None:
        """Append the statements that compute expressions; those in `named` get a temporary in any case."""
        uses: dict[int, int] = {}
        order: list[Expr | Loop] = []
        loops: set[Loop] = set()

        def visit(expr: Expr) -> None:
            uses[id(expr)] = uses.get(id(expr), 0) + 1
            if uses[id(expr)] > 1 or id(expr) in self.printed:
                return
            if isinstance(expr, Result):
                if expr.loop not in loops:
                    loops.add(expr.loop)
                    for outer in (*expr.loop.initial, *free(expr.loop)):
                        visit(outer)
                    order.append(expr.loop)
            for child in children(expr):
                visit(child)
            order.append(expr)

        for root in roots:
            visit(root)
        for loop in loops:  # what each round needs is computed before
            named |= {id(e) for e in free(loop)}
        for node in order:
            if isinstance(node, Loop):
                statements.append(self._repeat(node))
            else:
                self._one(node, uses[id(node)] > 1 or id(node) in named, statements)

    def _one(self, expr: Expr, named: bool, statements: list[Statement]) -> None:
        self._keep.append(expr)
        if not isinstance(expr, (Op, Draw)):
            self.printed[id(expr)] = Ref(expr.name, expr.type) if isinstance(expr, Result) else expr
            self._depth[id(expr)] = 0
            return
        args = tuple(self.printed[id(a)] for a in expr.args)
        whole = (
            Draw(expr.kind, expr.occurrence, args, expr.type)
            if isinstance(expr, Draw)
            else Op(expr.op, args, expr.type)
        )
        below = 1 + max((self._depth[id(a)] for a in expr.args), default=0)
        own_level = self.levels is not None and self.levels.of(expr) != "element" and not isinstance(expr, Draw)
        if named or isinstance(expr, Draw) or below > MAX_DEPTH or own_level:
            let = f"%{self._lets}"
            self._lets += 1
            statements.append(Let(let, whole, self.levels.of(expr) if self.levels else "element"))
            self.printed[id(expr)] = Ref(let, expr.type)
            self._depth[id(expr)] = 0
        else:
            self.printed[id(expr)] = whole
            self._depth[id(expr)] = below

    def _repeat(self, loop: Loop) -> Repeat:
        self._keep += loop.expressions
        body: list[Statement] = []
        self.write((*loop.next, loop.until), set(), body)
        lets = tuple(s for s in body if isinstance(s, Let))
        if len(lets) < len(body):
            raise InternalError("an iteration inside an iteration")
        carried = zip(loop.inside, loop.initial, loop.next, strict=True)
        return Repeat(
            loop.limit,
            tuple(
                Carried(c.name, f"%r{c.name[2:]}", self.printed[id(first)], self.printed[id(after)])
                for c, first, after in carried
                if isinstance(c, Ref)
            ),
            lets,
            self.printed[id(loop.until)],
        )


def free(loop: Loop) -> list[Expr]:
    """Return the largest parts of a round that do not depend on what is carried into it, each once, in order."""
    inside = {id(c) for c in loop.inside}
    memo: dict[int, bool] = {}
    found: dict[int, Expr] = {}

    def carried(expr: Expr) -> bool:
        if id(expr) not in memo:
            memo[id(expr)] = id(expr) in inside or any([carried(c) for c in children(expr)])
        return memo[id(expr)]

    def visit(expr: Expr) -> None:
        if not carried(expr):
            found.setdefault(id(expr), expr)
        elif id(expr) not in seen:
            seen.add(id(expr))
            for child in children(expr):
                visit(child)

    seen: set[int] = set()
    for expr in (*loop.next, loop.until):
        visit(expr)
    return list(found.values())


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
