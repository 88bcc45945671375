"""Neuron models to IR: the programs ``prepare reduce:<n> shared update reset event:<name>``.

`update` goes through the statements in order, keeping the current value of every variable, then tests the conditions
of spikes and events; `reset` is what happens at a spike, and starts the refractory period. What is the same for all
neurons is computed before (`stepwise`). Code over the names of a neuron model, and conditions, are lowered alike.
"""

from __future__ import annotations

from .algebra import walk
from .emit import Root, emit
from .expressions import DISTRIBUTIONS, Draws, Scope, noise_names, random_calls
from .ir import Entry, Expr, KernelIR, LinearBlock, Program, references
from .lowering import Lowering
from .model import AssignStatement, Model
from .rules import LinearSystem, OdeBlock, UpdateRules
from .schemes import SCHEMES
from .stepwise import StepValues
from .tree import Call
from .values import Builder

#: A refractory neuron under a condition waits for the condition, not for a step.
FOREVER = 2**30
#: Methods that solve all their equations of a block together, round by round.
ITERATED = ("implicit", "semiimplicit", "dopri5", "rkf45")
#: Kind of model -> the program that passes over all neurons.
_MAIN = {"neuron": "update", "condition": "condition", "code": "code"}


class _Neuron(Lowering):
    def __init__(self, model: Model, rules: UpdateRules) -> None:
        super().__init__(model)
        self.rules = rules
        self.values = StepValues(self)
        if model.kind == "neuron":
            self.draws = Draws(random_calls(model), noise_names(model), self.drawn_in_the_pass())
        self.active: Expr | None = None
        self.reduced: dict[str, Expr] = {}
        self.release: list[Root] = []
        self.shared_roots: list[Root] = []
        self.blocks: list[LinearBlock] = []
        self.matrix_entries: list[Entry] = []
        self.matrix_roots: list[Root] = []

    def run(self) -> KernelIR:
        start = scope = self.start()
        for step in self.rules.steps:
            if isinstance(step, AssignStatement):
                scope = scope.child({step.target: self.stored(step, scope)})
            else:
                scope = self.block(step, scope)
        roots = [*self.release, *self.stores(start, scope)]
        if self.model.spike is not None:
            spike = self.b.to_bool(scope.lower(self.model.spike))
            value = self.b.logic("and", spike, self.active) if self.active is not None else spike
            roots.append(Root("store", "@mask", value))
        masks = [Root("store", event_mask(e.name), self.b.to_bool(scope.lower(e.condition))) for e in self.model.events]
        roots += masks
        programs = self.pass_over_neurons(_MAIN[self.model.kind], roots)
        programs += self.after_the_pass("reset", self.reset())
        for event in self.model.events:
            programs += self.after_the_pass(f"event:{event.name}", self.code(event.statements, self.not_refractory()))
        return self.finish(programs)

    def drawn_in_the_pass(self) -> frozenset[int]:
        """Return the random calls whose numbers `update` draws for all neurons at once."""
        model = self.model
        texts = [model.spike, model.refractory.value, *(e.condition for e in model.events)]
        texts += [s.value if isinstance(s, AssignStatement) else s.rhs for s in model.statements]
        texts += [s.value for s in model.symbols if s.role == "subexpression"]
        calls = [n for x in texts if x is not None for n in walk(x) if isinstance(n, Call) and n.func in DISTRIBUTIONS]
        return frozenset(self.draws.occurrence(c.span) for c in calls) - self.values.draws

    # -- programs ------------------------------------------------------------------------------------

    def start(self) -> Scope:
        """Return the scope at the start of the statements; decide which neurons are active."""
        b = self.b
        scope = self.scope().child({"not_refractory": self.not_refractory()})
        self.reduced = self.values.reductions(scope)
        scope = scope.child(self.reduced)
        refractory = self.model.refractory
        if refractory.kind == "none" or self.model.kind == "condition":
            return scope
        self.active = self.not_refractory()
        if self.model.kind == "code":
            self.active = self.not_refractory(before=1)
            return scope.child({"not_refractory": self.active})
        step, until = b.ref("@step", "int"), b.ref("@until", "int")
        if refractory.kind == "condition" and refractory.value is not None:
            self.active = b.logic("or", self.active, b.not_(scope.lower(refractory.value)))
            released = b.logic("and", self.active, b.compare(">", until, step))
            self.release.append(Root("store", "@until", b.select(released, step, until)))
        return scope.child({"not_refractory": self.active})

    def not_refractory(self, before: int = 0) -> Expr:
        """Return whether the refractory period is over, as it stands in the arrays; or whether it was a step before."""
        if self.model.refractory.kind == "none":
            return self.b.truth(True)
        step = self.b.ref("@step", "int")
        if before and not self.model.reads_out:  # code that runs before a step sees the state of the last one
            step = self.b.extreme("max", self.b.sub(step, self.b.integer(before)), self.b.integer(0))
        return self.b.compare(">=", step, self.b.ref("@until", "int"))

    def stores(self, start: Scope, end: Scope) -> list[Root]:
        """Return the effects of what changed between two scopes of one program."""
        names = [s.name for s in self.model.symbols if s.role == "variable"]
        return [Root("store", n, end.values[n]) for n in names if end.values[n] is not start.values[n]]

    def pass_over_neurons(self, name: str, roots: list[Root]) -> list[Program]:
        """Return the programs of a pass over all neurons, those that come before it included."""
        shared = [r for r in roots if r.name in self.values.variables]
        hoist = self.values.before({r.name for r in shared})
        local = [Root(r.kind, r.name, hoist(r.expr)) for r in roots if r.name not in self.values.variables]
        self.shared_roots = shared
        return [emit(name, self.hoisted(local))] if local or name != "code" else []

    def after_the_pass(self, name: str, roots: list[Root]) -> list[Program]:
        """Return the program of code that runs later in the step."""
        hoist = self.values.after()
        roots = [Root(r.kind, r.name, hoist(r.expr)) for r in roots]
        return [emit(name, self.hoisted(roots))] if roots else []

    def hoisted(self, roots: list[Root]) -> list[Root]:
        return [Root(r.kind, r.name, self.hoister.hoist(r.expr)) for r in roots]

    def finish(self, programs: list[Program]) -> KernelIR:
        """Return the IR: the given programs, and before them what they need."""
        shared = self.hoisted([*self.values.roots, *self.shared_roots])
        programs = [*([emit("shared", shared)] if shared else []), *programs]
        reduced = self.values.used_levels({n.name for p in programs for n in references(p)})
        first = [emit(f"reduce:{n}", self.hoisted(roots)) for n, roots in enumerate(reduced)]
        prepare = [*self.hoister.roots, *self.matrix_roots]
        if prepare:
            first.insert(0, emit("prepare", prepare))
        programs = [*first, *programs]
        extra = [
            Entry("refractory", "param", "float"),
            *self.matrix_entries,
            *self.values.entries,
            Entry("@mask", "mask", "bool"),
            *(Entry(event_mask(e.name), "mask", "bool") for e in self.model.events),
            Entry("@until", "until", "int"),
            Entry("@last", "last", "int"),
        ]
        layout = self.layout(programs, extra)
        if self.model.kind == "neuron":
            inputs = [s for s in self.model.symbols if s.role == "input" and s.name not in {e.name for e in layout}]
            layout += tuple(Entry(s.name, "input", s.type) for s in inputs)
        return KernelIR(self.model.kind, layout, tuple(programs), tuple(self.blocks), self.draws.infos)

    # -- statements ----------------------------------------------------------------------------------

    def stored(self, s: AssignStatement, scope: Scope) -> Expr:
        """Return the value of a variable after an assignment."""
        value = self.bounded(s.target, self.assigned(s, scope), scope)
        return value if s.constant_over_dt else self.frozen(s.target, value, scope, s.unless_refractory)

    def frozen(self, name: str, new: Expr, scope: Scope, marked: bool) -> Expr:
        """Keep the old value while refractory: marked statements (kind B), or all but the inputs (kind A)."""
        if self.active is None or name in self.values.variables:
            return new
        every = self.model.refractory.freezes == "A" and self.model.kind == "neuron"
        holds = not name.startswith("g_") if every else marked
        return self.b.select(self.active, new, scope.name(name)) if holds else new

    def block(self, block: OdeBlock, scope: Scope) -> Scope:
        """All equations of a block from the values at its start, then all writes."""
        new: dict[str, Expr] = {}
        coupled = {v: s for s in block.systems for v in s.vars}
        for method, scheme in SCHEMES.items():
            rules = [r for r in block.rules if r.method == method and not self.is_coupled(r.var, coupled)]
            if method in ITERATED:  # what neurons have in common must not depend on how the neurons converge
                shared = [r for r in rules if r.var in self.values.variables]
                rules = [r for r in rules if r.var not in self.values.variables]
                found = scheme(shared, scope) if shared else {}
                new.update(found)
                new.update(scheme(rules, scope.child(found)) if rules else {})
            elif rules:
                new.update(scheme(rules, scope))
        for system in block.systems:
            new.update(self.propagate(system, scope))
        solved = {r.var for r in block.rules}
        after = {name: value for name, value in new.items() if name not in solved}  # what a method keeps for itself
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
                    if system.vars[i] in self.values.variables:
                        self.values.fixed.add(name)
                    self.matrix_entries.append(Entry(name, "propagator", "float", tuple(sorted(deps))))
                    product = b.mul(b.ref(name, "float"), factor)
                    total = product if total is None else b.add(total, product)
            assert total is not None
            new[system.vars[i]] = total
        self.blocks.append(LinearBlock(n, tuple(a_names), tuple(p_names), tuple(q_names)))
        return new

    def code(self, statements: tuple[AssignStatement, ...], not_refractory: Expr) -> list[Root]:
        """Return the effects of statements that are executed for some neurons, later in the step."""
        start = scope = self.scope().child({**self.reduced, "not_refractory": not_refractory})
        for s in statements:
            value = self.bounded(s.target, self.assigned(s, scope), scope)
            if s.unless_refractory:
                value = self.b.select(not_refractory, value, scope.name(s.target))
            scope = scope.child({s.target: value})
        self.last_scope = scope
        return self.stores(start, scope)

    def reset(self) -> list[Root]:
        """Return what happens at a spike: the reset statements, then the refractory period."""
        b = self.b
        if self.model.kind != "neuron":
            return self.code(self.model.reset, self.not_refractory())
        roots = self.code(self.model.reset, b.truth(True))
        refractory = self.model.refractory
        if refractory.kind == "condition":
            roots.append(Root("store", "@until", b.integer(FOREVER)))
        elif refractory.kind != "none":
            scope = self.last_scope
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


def event_mask(name: str) -> str:
    """Return the layout name of the mask of an event."""
    return f"@mask:{name}"


def lower_neuron(model: Model, rules: UpdateRules) -> KernelIR:
    """Return the IR of a neuron model, of a condition over its names, or of code."""
    return _Neuron(model, rules).run()
