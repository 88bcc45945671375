"""Neuron models to IR: the programs ``prepare``, ``update`` and ``reset``.

`update` goes through the statements in order, keeping the current value of every variable, then tests the spike
condition; `reset` is what happens at a spike, and starts the refractory period.
"""

from __future__ import annotations

from .emit import Root, emit
from .expressions import Scope
from .integrate import LinearSystem, OdeBlock, UpdateRules
from .ir import Entry, Expr, KernelIR, LinearBlock
from .lowering import Lowering
from .model import AssignStatement, Model
from .schemes import SCHEMES
from .values import Builder

#: A refractory neuron under a condition waits for the condition, not for a step.
FOREVER = 2**30


class _Neuron(Lowering):
    def __init__(self, model: Model, rules: UpdateRules) -> None:
        super().__init__(model)
        self.rules = rules
        self.active: Expr | None = None
        self.blocks: list[LinearBlock] = []
        self.matrix_entries: list[Entry] = []
        self.matrix_roots: list[Root] = []

    def run(self) -> KernelIR:
        b = self.b
        start = scope = self.scope()
        roots: list[Root] = []
        if self.model.refractory.kind != "none":
            until = b.ref("@until", "int")
            self.active = b.compare(">=", b.ref("@step", "int"), until)
            if self.model.refractory.kind == "condition" and self.model.refractory.value is not None:
                self.active = b.logic("or", self.active, b.not_(start.lower(self.model.refractory.value)))
                released = b.logic("and", self.active, b.compare(">", until, b.ref("@step", "int")))
                roots.append(Root("store", "@until", b.select(released, b.ref("@step", "int"), until)))
            start = scope = start.child({"not_refractory": self.active})
        else:
            start = scope = start.child({"not_refractory": b.truth(True)})
        for step in self.rules.steps:
            if isinstance(step, AssignStatement):
                value = self.bounded(step.target, self.assigned(step, scope), scope)
                scope = scope.child({step.target: self.frozen(step.target, value, scope, step.unless_refractory)})
            else:
                scope = self.block(step, scope)
        for s in self.model.symbols:
            if s.role == "variable" and scope.values[s.name] is not start.values[s.name]:
                roots.append(Root("store", s.name, scope.values[s.name]))
        if self.model.spike is not None:
            spike = b.to_bool(scope.lower(self.model.spike))
            roots.append(
                Root("store", "@mask", b.logic("and", spike, self.active) if self.active is not None else spike)
            )
        update = emit("update", [Root(r.kind, r.name, self.hoister.hoist(r.expr)) for r in roots])
        programs = [update]
        reset = self.reset()
        if reset:
            programs.append(emit("reset", [Root(r.kind, r.name, self.hoister.hoist(r.expr)) for r in reset]))
        prepare = [*self.hoister.roots, *self.matrix_roots]
        if prepare:
            programs.insert(0, emit("prepare", prepare))
        extra = [
            Entry("refractory", "param", "float"),
            *self.matrix_entries,
            Entry("@mask", "mask", "bool"),
            Entry("@until", "until", "int"),
            Entry("@last", "last", "int"),
        ]
        layout = self.layout(programs, extra)
        inputs = [s for s in self.model.symbols if s.role == "input" and s.name not in {e.name for e in layout}]
        layout += tuple(Entry(s.name, "input", s.type) for s in inputs)
        return KernelIR("neuron", layout, tuple(programs), tuple(self.blocks), self.draws.infos)

    def frozen(self, name: str, new: Expr, scope: Scope, marked: bool) -> Expr:
        """Keep the old value while refractory: marked statements (kind B), or all but the inputs (kind A)."""
        if self.active is None:
            return new
        holds = not name.startswith("g_") if self.model.refractory.freezes == "A" else marked
        return self.b.select(self.active, new, scope.name(name)) if holds else new

    def block(self, block: OdeBlock, scope: Scope) -> Scope:
        """All equations of a block from the values at its start, then all writes."""
        new: dict[str, Expr] = {}
        coupled = {v: s for s in block.systems for v in s.vars}
        for method, scheme in SCHEMES.items():
            rules = [r for r in block.rules if r.method == method and not self.is_coupled(r.var, coupled)]
            if rules:
                new.update(scheme(rules, scope))
        for system in block.systems:
            new.update(self.propagate(system, scope))
        after = {}
        for r in block.rules:
            after[r.var] = self.frozen(r.var, self.bounded(r.var, new[r.var], scope), scope, r.unless_refractory)
        return scope.child(after)

    def is_coupled(self, var: str, systems: dict[str, LinearSystem]) -> bool:
        """Tell whether the equation of `var` refers to other variables of its linear system."""
        system = systems.get(var)
        if system is None:
            return False
        row = system.vars.index(var)
        return any(a is not None and j != row for j, a in enumerate(system.a[row]))

    def propagate(self, system: LinearSystem, scope: Scope) -> dict[str, Expr]:
        """Rows of a coupled system that refer to other variables: x' = P x + Q b."""
        rows = [i for i, v in enumerate(system.vars) if self.is_coupled(v, dict.fromkeys(system.vars, system))]
        if not rows:
            return {}
        b, n, tag = self.b, len(system.vars), len(self.blocks)
        reach = _reachable(system)
        a_names, deps = [""] * (n * n), set[str]()
        for i in range(n):
            for j in range(n):
                entry = system.a[i][j]
                if entry is None:
                    continue
                value = b.to_float(scope.lower(entry))
                own = self.hoister.dependencies(value)
                a_names[i * n + j] = f"@A{tag}_{i}_{j}"
                deps |= set(own)
                self.matrix_entries.append(Entry(a_names[i * n + j], "matrix", "float", own))
                self.matrix_roots.append(Root("store", a_names[i * n + j], value))
        p_names, q_names = [""] * (n * n), [""] * (n * n)
        new: dict[str, Expr] = {}
        states: list[Expr | None] = [scope.name(v) for v in system.vars]
        drives = [b.to_float(scope.lower(term)) if term is not None else None for term in system.b]
        for i in rows:
            total: Expr | None = None
            for names, letter, values in ((p_names, "P", states), (q_names, "Q", drives)):
                for j, factor in enumerate(values):
                    if factor is None or not reach[i][j]:
                        continue
                    names[i * n + j] = name = f"@{letter}{tag}_{i}_{j}"
                    self.matrix_entries.append(Entry(name, "propagator", "float", tuple(sorted(deps))))
                    product = b.mul(b.ref(name, "float"), factor)
                    total = product if total is None else b.add(total, product)
            assert total is not None
            new[system.vars[i]] = total
        self.blocks.append(LinearBlock(n, tuple(a_names), tuple(p_names), tuple(q_names)))
        return new

    def reset(self) -> list[Root]:
        """Return what happens at a spike: the reset statements, then the refractory period."""
        b = self.b
        start = scope = self.scope().child({"not_refractory": b.truth(True)})
        for s in self.model.reset:
            scope = scope.child({s.target: self.bounded(s.target, self.assigned(s, scope), scope)})
        roots = [
            Root("store", s.name, scope.values[s.name])
            for s in self.model.symbols
            if s.role == "variable" and scope.values[s.name] is not start.values[s.name]
        ]
        refractory = self.model.refractory
        if refractory.kind == "condition":
            roots.append(Root("store", "@until", b.integer(FOREVER)))
        elif refractory.kind != "none":
            time = b.ref("refractory", "float") if refractory.kind == "number" else scope.lower(refractory.value)  # type: ignore[arg-type]
            length = rounded_steps(b, b.to_float(time), scope.name("dt"))
            if refractory.freezes == "A":
                length = b.add(length, b.integer(1))
            roots.append(Root("store", "@until", b.add(b.ref("@step", "int"), length)))
        return roots


def rounded_steps(b: Builder, time: Expr, dt: Expr) -> Expr:
    """``floor(time / dt + 0.5 + 1e-6)``, the one rounding rule of times."""
    return b.to_int(b.op("floor", "float", b.add(b.op("div", "float", time, dt), b.number(0.5 + 1e-6))))


def _reachable(system: LinearSystem) -> list[list[bool]]:
    """Return where exp(A) can be nonzero: i depends on j, directly or through others."""
    n = len(system.vars)
    reach = [[i == j or system.a[i][j] is not None for j in range(n)] for i in range(n)]
    for k in range(n):
        for i in range(n):
            for j in range(n):
                reach[i][j] = reach[i][j] or (reach[i][k] and reach[k][j])
    return reach


def lower_neuron(model: Model, rules: UpdateRules) -> KernelIR:
    """Return the IR of a neuron model."""
    return _Neuron(model, rules).run()
