"""Lowering: a `Model` and its `UpdateRules` become a `KernelIR`.

Two models, two orders of work: `lower_neuron` builds the programs ``prepare``, ``update`` and ``reset``;
`lower_synapse` one program per pathway. Both walk the statements once, keeping the current value of every variable
in a `Scope`, and hand the final values to `emit`.
"""

from __future__ import annotations

from .algebra import walk as walk_syntax
from .emit import Hoister, Levels, Root, emit
from .expressions import NUMBERS, Draws, Scope, expressions_of, random_calls
from .integrate import LinearSystem, OdeBlock, UpdateRules
from .ir import ArrayRole, Entry, Expr, KernelIR, LinearBlock, Program, Ref, walk
from .model import AssignStatement, Model
from .schemes import SCHEMES, linear_step
from .tree import Call
from .values import Builder

#: A refractory neuron under a condition waits for the condition, not for a step.
FOREVER = 2**30
#: Scalars of the step that kernels know without an array; names that no user can write begin with @.
SCALARS: dict[str, tuple[str, str]] = {
    "t": ("t", "float"), "dt": ("dt", "float"), "step": ("@step", "int"),
    "i": ("@i", "int"), "j": ("@j", "int"), "N": ("@N", "int"),
}  # fmt: skip
_ARRAY_ROLE: dict[str, ArrayRole] = {"parameter": "param", "variable": "state", "input": "input"}


class _Lowering:
    """What both kinds share: names with values, draws, the layout."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.symbols = {s.name: s for s in model.symbols}
        params = [s.name for s in model.symbols if s.role == "parameter"] + ["refractory"]
        self.b = Builder([*params, "dt", "@N"])
        self.hoister = Hoister(self.b, params)
        self.draws = Draws(random_calls(model))
        self.blocks: list[LinearBlock] = []
        self.tables = {e.func for x in expressions_of(model) for e in walk_syntax(x) if isinstance(e, Call) and e.func in self.symbols}

    def scope(self) -> Scope:
        """Return the scope at the start of a program: every name has the value of its array."""
        b = self.b
        values: dict[str, Expr] = {name: b.float(v) for name, v in NUMBERS.items() if name not in self.symbols or self.symbols[name].role == "builtin"}
        for name, (ref, type_) in SCALARS.items():
            values[name] = b.ref(ref, "int" if type_ == "int" else "float")
        for s in self.model.symbols:
            if s.role in ("parameter", "variable", "input", "attribute"):
                values[s.name] = b.ref(s.name, s.type)
        dt = values["dt"]
        for name, ref in (("t_last", "@last"), ("lastspike", "@last"), ("t_pre", "pre.@last"), ("t_post", "post.@last")):
            if name in self.symbols and self.symbols[name].role == "builtin":
                values[name] = b.mul(b.to_float(b.ref(ref, "int")), dt)
        return Scope(b, self.model, self.draws, values)

    def bounded(self, name: str, value: Expr, scope: Scope) -> Expr:
        """Apply ``min`` and ``max`` of a variable to its new value."""
        symbol = self.symbols[name]
        value = self.b.to(symbol.type, value)
        for op, bound in (("max", symbol.min), ("min", symbol.max)):
            if bound is not None:
                value = self.b.to(symbol.type, self.b.extreme(op, value, scope.lower(bound)))
        return value

    def assigned(self, s: AssignStatement, scope: Scope) -> Expr:
        """Return the value that an assignment gives to its target."""
        value = scope.lower(s.value)
        if s.op == "=":
            return value
        old = scope.name(s.target)
        operation = {"+=": self.b.add, "-=": self.b.sub, "*=": self.b.mul, "/=": self.b.div}[s.op]
        return operation(old, value)

    def layout(self, programs: list[Program], extra: list[Entry]) -> tuple[Entry, ...]:
        """Return the entries that occur in the programs: own symbols in declaration order, then the rest."""
        used: dict[str, None] = {}
        written: set[str] = set()
        for program in programs:
            for statement in program.statements:
                for e in walk(statement.expr):
                    if isinstance(e, Ref):
                        used[e.name] = None
                if not statement.name.startswith("%"):
                    used[statement.name] = None
                    written.add(statement.name)
        entries = []
        for s in self.model.symbols:
            if s.name not in used:
                continue
            role: ArrayRole = "table" if s.name in self.tables else _ARRAY_ROLE.get(s.role, "state")
            if s.role == "attribute":
                role = "pre" if s.name.startswith("pre.") else "post"
            entries.append(Entry(s.name, role, s.type, (), s.name in written))
        known = {e.name for e in entries}
        for e in (*self.hoister.entries, *extra):
            if e.name in used and e.name not in known:
                entries.append(Entry(e.name, e.role, e.type, e.deps, e.name in written and e.role not in ("derived", "matrix")))
        return tuple(entries)


# -- neurons ---------------------------------------------------------------------------------------------


class _Neuron(_Lowering):
    def __init__(self, model: Model, rules: UpdateRules) -> None:
        super().__init__(model)
        self.rules = rules
        self.active: Expr | None = None

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
            start = scope = start.child({"not_refractory": b.bool(True)})
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
            roots.append(Root("store", "@mask", b.logic("and", spike, self.active) if self.active is not None else spike))
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

    matrix_entries: list[Entry]
    matrix_roots: list[Root]

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
        states = [scope.name(v) for v in system.vars]
        drives = [b.to_float(scope.lower(term)) if term is not None else None for term in system.b]
        for i in rows:
            total: Expr | None = None
            for names, letter, values in ((p_names, "P", states), (q_names, "Q", drives)):
                for j, value in enumerate(values):
                    if value is None or not reach[i][j]:
                        continue
                    names[i * n + j] = name = f"@{letter}{tag}_{i}_{j}"
                    self.matrix_entries.append(Entry(name, "propagator", "float", tuple(sorted(deps))))
                    product = b.mul(b.ref(name, "float"), value)
                    total = product if total is None else b.add(total, product)
            assert total is not None
            new[system.vars[i]] = total
        self.blocks.append(LinearBlock(n, tuple(a_names), tuple(p_names), tuple(q_names)))
        return new

    def reset(self) -> list[Root]:
        """Return what happens at a spike: the reset statements, then the refractory period."""
        b = self.b
        start = scope = self.scope().child({"not_refractory": b.bool(True)})
        for s in self.model.reset:
            scope = scope.child({s.target: self.bounded(s.target, self.assigned(s, scope), scope)})
        roots = [
            Root("store", s.name, scope.values[s.name])
            for s in self.model.symbols
            if s.role == "variable" and scope.values[s.name] is not start.values[s.name]
        ]
        refractory = self.model.refractory
        if refractory.kind == "condition":
            roots.append(Root("store", "@until", b.int(FOREVER)))
        elif refractory.kind != "none":
            time = b.ref("refractory", "float") if refractory.kind == "number" else scope.lower(refractory.value)  # type: ignore[arg-type]
            length = rounded_steps(b, b.to_float(time), scope.name("dt"))
            if refractory.freezes == "A":
                length = b.add(length, b.int(1))
            roots.append(Root("store", "@until", b.add(b.ref("@step", "int"), length)))
        return roots


def rounded_steps(b: Builder, time: Expr, dt: Expr) -> Expr:
    """``floor(time / dt + 0.5 + 1e-6)``, the one rounding rule of times."""
    return b.to_int(b.op("floor", "float", b.add(b.op("div", "float", time, dt), b.float(0.5 + 1e-6))))


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
    stage = _Neuron(model, rules)
    stage.matrix_entries, stage.matrix_roots = [], []
    return stage.run()


# -- synapses --------------------------------------------------------------------------------------------


class _Synapse(_Lowering):
    def __init__(self, model: Model, rules: UpdateRules) -> None:
        super().__init__(model)
        self.rules = rules
        self.subtotals: dict[str, None] = {}
        self.sums = self.summable()

    def summable(self) -> frozenset[str]:
        """Targets whose writes may be summed (decision on the order of sums): only ``+=`` and ``-=``, never read by
        the code of this synapse, and without bounds of their own."""
        writes: dict[str, bool] = {}
        reads: set[str] = set()
        for code in (*self.model.pre, *self.model.post):
            for s in code.statements:
                reads |= {e.id for e in walk_syntax(s.value) if hasattr(e, "id")}
                if s.target.startswith("post."):
                    writes[s.target] = writes.get(s.target, True) and s.op in ("+=", "-=")
        for symbol in self.model.symbols:
            if symbol.role == "subexpression" and symbol.value is not None:
                reads |= {e.id for e in walk_syntax(symbol.value) if hasattr(e, "id")}
        free = {n for n, plain in writes.items() if plain and n not in reads}
        return frozenset(n for n in free if self.symbols[n].min is None and self.symbols[n].max is None)

    def run(self) -> KernelIR:
        programs = [self.program("pre", c.pathway, c.statements) for c in self.model.pre]
        programs += [self.program("post", c.pathway, c.statements) for c in self.model.post]
        extra = [Entry(f"+{n}", "subtotal", "float", (), True) for n in self.subtotals]
        extra += [
            Entry("@lastupdate", "lastupdate", "int", (), True),
            Entry("pre.@last", "pre", "int"),
            Entry("post.@last", "post", "int"),
        ]
        return KernelIR("synapse", self.layout(programs, extra), tuple(programs), (), self.draws.infos, self.model.pre_is_post)

    def program(self, side: str, pathway: str, statements: tuple[AssignStatement, ...]) -> Program:
        b = self.b
        start = scope = self.scope()
        roots: list[Root] = []
        if self.rules.event_driven:
            now, last = b.ref("@step", "int"), b.ref("@lastupdate", "int")
            elapsed = b.mul(b.to_float(b.sub(now, last)), start.name("dt"))
            scope = scope.child({r.var: self.bounded(r.var, linear_step(r, start, elapsed), start) for r in self.rules.event_driven})
        for s in statements:
            if s.target in self.sums:
                self.subtotals[s.target] = None
                value = b.to_float(scope.lower(s.value))
                roots.append(Root("add" if s.op == "+=" else "subtract", f"+{s.target}", value))
                continue
            scope = scope.child({s.target: self.bounded(s.target, self.assigned(s, scope), scope)})
        for symbol in self.model.symbols:
            if symbol.role in ("variable", "attribute") and scope.values[symbol.name] is not start.values[symbol.name]:
                roots.append(Root("store", symbol.name, scope.values[symbol.name]))
        if self.rules.event_driven:
            roots.append(Root("store", "@lastupdate", b.ref("@step", "int")))
        return emit(f"{side}:{pathway}", roots, self.levels(side, roots))

    def levels(self, side: str, roots: list[Root]) -> Levels:
        """Params and scalars are read once per call; attributes of the spiking neuron once per row, unless the code
        may write them through the other end."""
        call = {s.name for s in self.model.symbols if s.role == "parameter"} | {"t", "dt", "@step", "@N"}
        writes = {r.name for r in roots if r.kind == "store" and r.name.startswith(("pre.", "post."))}
        row: set[str] = {"@i" if side == "pre" else "@j"}
        if not writes:
            row |= {s.name for s in self.model.symbols if s.role == "attribute" and s.name.startswith(f"{side}.")}
            row.add(f"{side}.@last")
        return Levels(call, row)


def lower_synapse(model: Model, rules: UpdateRules) -> KernelIR:
    """Return the IR of a synapse model bound to its populations."""
    return _Synapse(model, rules).run()


def lower_condition(model: Model) -> KernelIR:
    """Return the IR of a condition: the program ``condition`` writes the mask."""
    stage = _Lowering(model)
    scope = stage.scope().child({"not_refractory": stage.b.bool(True)})
    assert model.spike is not None
    program = emit("condition", [Root("store", "@mask", stage.b.to_bool(scope.lower(model.spike)))])
    extra = [Entry("@mask", "mask", "bool", (), True), Entry("@last", "last", "int")]
    return KernelIR("condition", stage.layout([program], extra), (program,), (), stage.draws.infos)


def lower(model: Model, rules: UpdateRules) -> KernelIR:
    """Return the IR of a model."""
    if model.kind == "condition":
        return lower_condition(model)
    return lower_neuron(model, rules) if model.kind == "neuron" else lower_synapse(model, rules)
