"""Values of the step: what is the same for all neurons is computed once, before the pass over them.

Functions over the population come first (``reduce:0``; those that use others, ``reduce:1``...): they see the values
at the start of the neuron statements. Then the program ``shared`` computes the new values of shared variables, and
every value that the pass over the neurons needs of what is shared: as it is at the place of the statement.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from .algebra import walk as walk_syntax
from .emit import Root
from .expressions import DISTRIBUTIONS, Scope
from .ir import Draw, Entry, Expr, Op, Ref
from .lowering import Lowering
from .model import AssignStatement
from .tree import Call, Name
from .tree import Expr as Syntax
from .values import Loop, Result

#: Functions over a population -> (what is reduced, how, result from the reduced value and the number of neurons).
_PARTS: dict[str, tuple[str, str]] = {
    "sum": ("sum", "itself"), "mean": ("sum", "itself"), "norm1": ("sum", "absolute"), "norm2": ("sum", "square"),
    "min": ("min", "itself"), "max": ("max", "itself"),
}  # fmt: skip
_SCALARS = frozenset({"t", "dt", "@step", "@N"})


class StepValues:
    """Collects the values of the step while the programs of a model are lowered."""

    def __init__(self, stage: Lowering) -> None:
        self.stage = stage
        self.b = stage.b
        self.entries: list[Entry] = []
        self.roots: list[Root] = []
        self.levels: list[list[Root]] = []
        self.variables = {s.name for s in stage.model.symbols if s.locality == "shared" and s.role == "variable"}
        shared = {s.name for s in stage.model.symbols if s.locality == "shared" and s.role == "parameter"}
        self.fixed = shared | _SCALARS
        self.draws = _shared_draws(stage)
        self._staged: dict[int, str] = {}
        self._reduced: dict[tuple[str, int], Expr] = {}
        self._reductions = {s.name: s for s in stage.model.symbols if s.role == "reduction"}

    # -- functions over the population ---------------------------------------------------------------

    def reductions(self, start: Scope) -> dict[str, Expr]:
        """Return the value of each function over the population, all arguments taken in the scope `start`."""
        values: dict[str, Expr] = {}
        for level, name in sorted((self._level(name), name) for name in self._reductions):
            call = self._reductions[name].value
            assert isinstance(call, Call)
            scope = start.child(values)
            values[name] = self._reduce(level, call.func, self.b.to_float(scope.lower(call.args[0])))
        return values

    def _level(self, name: str) -> int:
        """Return how many functions over the population are nested in one."""
        value = self._reductions[name].value
        return 0 if value is None else self._depth(value)

    def _depth(self, expr: Syntax) -> int:
        depth = 0
        for node in walk_syntax(expr):
            if isinstance(node, Name) and node.id in self._reductions:
                depth = max(depth, 1 + self._level(node.id))
            elif isinstance(node, Name) and node.id in self.stage.symbols:
                symbol = self.stage.symbols[node.id]
                if symbol.role == "subexpression" and symbol.value is not None:
                    depth = max(depth, self._depth(symbol.value))
        return depth

    def _reduce(self, level: int, func: str, x: Expr) -> Expr:
        b = self.b
        op, form = _PARTS[func]
        x = b.op("fabs", "float", x) if form == "absolute" else b.mul(x, x) if form == "square" else x
        total = self._reduced.get((op, id(x)))
        if total is None:
            name = f"@r{len(self._reduced)}"
            total = self._reduced[op, id(x)] = b.ref(name, "float")
            self.entries.append(Entry(name, "step", "float", (), True, True))
            self.levels += [[] for _ in range(level + 1 - len(self.levels))]
            self.levels[level].append(Root(op, name, x))  # type: ignore[arg-type]
        if func == "mean":
            return b.op("div", "float", total, b.to_float(b.ref("@N", "int")))
        return b.op("sqrt", "float", total) if func == "norm2" else total

    def used_levels(self, names: set[str]) -> list[list[Root]]:
        """Return the levels of reduced values without those that nothing uses, `names` being used directly."""
        kept: list[list[Root]] = []
        for level in reversed(self.levels):
            used = [root for root in level if root.name in names]
            names = names | {e.name for root in used for e in _leaves(root.expr) if isinstance(e, Ref)}
            kept += [used] if used else []
        return kept[::-1]

    # -- shared values -------------------------------------------------------------------------------

    def before(self, written: set[str]) -> Callable[[Expr], Expr]:
        """Return what takes the shared parts out of expressions of the pass over the neurons.

        `written` are the shared variables that the program `shared` has overwritten by then.
        """
        return self._hoist(self.fixed | self.variables, written)

    def after(self) -> Callable[[Expr], Expr]:
        """Return the same for code that runs later in the step, when shared variables may have other values again."""
        return self._hoist(self.fixed, set())

    def _hoist(self, leaves: set[str], written: set[str]) -> Callable[[Expr], Expr]:
        memo: dict[int, Expr] = {}
        loops: dict[Loop, Loop] = {}
        shared: dict[int, bool] = {}

        def is_shared(expr: Expr) -> bool:
            known = shared.get(id(expr))
            if known is None:
                known = shared[id(expr)] = all(self._is_leaf(e, leaves) for e in _leaves(expr))
            return known

        def loop(old: Loop) -> Loop:
            if old not in loops:
                initial, after = (tuple(map(hoist, part)) for part in (old.initial, old.next))
                loops[old] = Loop(old.limit, old.inside, initial, after, hoist(old.until))
            return loops[old]

        def hoist(expr: Expr) -> Expr:
            known = memo.get(id(expr))
            if known is None:
                if is_shared(expr) and self._worth(expr, written):
                    known = self._stage(expr)
                elif isinstance(expr, Result):
                    known = self.b.intern(Result(expr.name, expr.type, loop(expr.loop)))
                elif isinstance(expr, Draw):
                    known = self.b.draw(expr.kind, expr.occurrence, tuple(hoist(a) for a in expr.args))
                elif isinstance(expr, Op):
                    known = self.b.op(expr.op, expr.type, *(hoist(a) for a in expr.args))
                else:
                    known = expr
                memo[id(expr)] = known
            return known

        return hoist

    def _is_leaf(self, expr: Expr, leaves: set[str]) -> bool:
        match expr:
            case Ref(name, _):
                return name in leaves or name.startswith("@r")
            case Draw(_, occurrence, _, _):
                return occurrence in self.draws
        return True

    def _worth(self, expr: Expr, written: set[str]) -> bool:
        """Tell whether a shared value has to be (or is better) computed before the pass over the neurons."""
        if isinstance(expr, Ref) and not isinstance(expr, Result):
            return expr.name in written
        return any(
            isinstance(e, Draw) or (isinstance(e, Ref) and (e.name in written or e.name.startswith("@r")))
            for e in _leaves(expr)
        )

    def _stage(self, expr: Expr) -> Expr:
        name = self._staged.get(id(expr))
        if name is None:
            name = self._staged[id(expr)] = f"@s{len(self._staged)}"
            self.entries.append(Entry(name, "step", expr.type, (), True, True))
            self.roots.append(Root("store", name, expr))
        return self.b.ref(name, expr.type)


def _leaves(expr: Expr, inside: frozenset[int] = frozenset()) -> Iterator[Expr]:
    """Yield the names and random numbers of an expression, those of its iterations included (once or more)."""
    seen: set[int] = set()
    stack = [expr]
    while stack:
        node = stack.pop()
        if id(node) in seen or id(node) in inside:
            continue
        seen.add(id(node))
        if isinstance(node, Result):
            carried = inside | {id(c) for c in node.loop.inside}
            for part in node.loop.expressions:
                yield from _leaves(part, carried)
        elif isinstance(node, Op):
            stack += node.args
        else:
            yield node
            stack += node.args if isinstance(node, Draw) else ()


def _shared_draws(stage: Lowering) -> frozenset[int]:
    """Return the random calls that are one number for all neurons: those in shared statements and subexpressions."""
    shared = {s.name for s in stage.model.symbols if s.locality == "shared"}
    texts: list[Syntax] = []
    for statement in stage.model.statements:
        if isinstance(statement, AssignStatement):
            texts += [statement.value] if statement.target in shared else []
        elif statement.var in shared:
            texts += [statement.lhs, statement.rhs]
    texts += [s.value for s in stage.model.symbols if s.role == "subexpression" and s.name in shared and s.value]
    nodes = [node for text in texts for node in walk_syntax(text)]
    calls = {stage.draws.occurrence(n.span) for n in nodes if isinstance(n, Call) and n.func in DISTRIBUTIONS}
    noise = {stage.draws.noise[n.id] for n in nodes if isinstance(n, Name) and n.id in stage.draws.noise}
    return frozenset(calls | noise)
