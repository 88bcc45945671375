"""Synapse models to IR.

``pre:<pathway> post:<pathway>``
    What an event does at one synapse of a neuron that spiked.
``lifted:pre:<pathway> ...``, ``trace:pre:<pathway> ...``, ``now:pre now:post``
    The same where traces (`traces`) have one value per neuron: what the event does at one synapse, given the traces of
    the other side as they are now; what it does to the traces of its own side, once per neuron and after that; the
    traces of a side as they are now.
``sum:<n>:<operation>:<target>``
    The term of one synapse in what a neuron receives in every step; the target ``post.g_exc`` is added to, ``=post.x``
    and ``=pre.x`` (summed variables) are set. What is summed for presynaptic neurons has no delay.
``step:<n>:<locality>``
    Statements of every step: for one synapse (``local``), one postsynaptic neuron (``post``), or once (``shared``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from .cascade import advance
from .emit import Levels, Root, emit
from .errors import InternalError
from .expressions import Scope
from .ir import ArrayRole, Entry, Expr, KernelIR, Program, Ref, parts, walk
from .lowering import Lowering
from .model import AssignStatement, EventCode, Model, Symbol, Type
from .rules import OdeBlock, UpdateRules
from .schemes import SCHEMES, linear_step
from .sums import summable, summing_side
from .traces import Side, find_traces
from .tree import Expr as Syntax

#: Integers of the projection, and of the neurons at the ends of a synapse, that users read by name.
_COUNTS = {"N_pre": "@n_pre", "N_post": "@n_post", "N_incoming": "post.@incoming", "N_outgoing": "pre.@outgoing"}
#: Read once per call when equal for all synapses.
CALL = ("t", "dt", "@step", "@N", "@n_pre", "@n_post", "@delay", "@multapse", "@learning")
#: Role of a trace, by the side that changes it.
ROLES: dict[Side, ArrayRole] = {"pre": "pretrace", "post": "posttrace"}
#: The weight: what `disable_learning` holds in event code.
_WEIGHT = "w"


class SynapseLowering(Lowering):
    def __init__(self, model: Model, rules: UpdateRules) -> None:
        super().__init__(model)
        self.rules = rules
        self.subtotals: dict[str, None] = {}
        self.sums = summable(model)
        self.traces = find_traces(model)
        self.equal: tuple[str, ...] = ()
        self.keeps_time = (bool(rules.event_driven) and not self.traces) or "lastupdate" in self.symbols

    def run(self) -> KernelIR:
        programs = [self.program("pre", c.pathway, c.statements) for c in self.model.pre]
        programs += [self.program("post", c.pathway, c.statements) for c in self.model.post]
        programs += self.terms()
        programs += self.steps()
        programs += self.lifted()
        late = dict(_late(programs))
        delayed = [Entry("@delay", "param", "int"), Entry("@rows", "rows", "int")]
        extra = [Entry(f"+{n}", "subtotal", "float", (), True) for n in self.subtotals]
        extra += [Entry(f"~{n}", "total", "float", (), True) for n in range(len(programs))]
        extra += [
            Entry("@lastupdate", "lastupdate", "int", (), True),
            *(Entry(name, "param", "int") for name in ("@n_pre", "@n_post")),
            Entry("@learning", "param", "bool"),
            Entry("pre.@last", "pre", "int"),
            Entry("post.@last", "post", "int"),
            Entry("pre.@until", "pre", "int"),
            Entry("post.@until", "post", "int"),
            Entry("pre.@outgoing", "pre", "int"),
            Entry("post.@incoming", "post", "int"),
            *(() if late else delayed[:1]),
            *(Entry(since(x), ROLES[s], "int", self.equal) for x, s in self.traces.items()),
            *(Entry(as_now(x), "prenow" if s == "pre" else "postnow", "float") for x, s in self.traces.items()),
        ]
        layout = self.layout(programs, extra)
        if self.model.reads_out:  # one of the traces alone may be read
            present = {e.name for e in layout}
            layout = tuple(replace(e, deps=tuple(d for d in e.deps if d in present)) for e in layout)
        if self.draws.infos:
            layout += (Entry("@multapse", "param", "int"),)
        if late:
            layout += (*delayed, *(Entry(name, "late", type_) for name, type_ in sorted(late.items())))
        return KernelIR("synapse", layout, tuple(programs), (), self.draws.infos, self.model.pre_is_post)

    def layout(self, programs: list[Program], extra: list[Entry]) -> tuple[Entry, ...]:
        """Return the entries; what has one value per postsynaptic neuron, or is taken over a population, is marked."""
        semi = {s.name for s in self.model.symbols if s.locality == "post" and s.role in ("parameter", "variable")}
        entries = super().layout(programs, extra)
        reduced = {s.name for s in self.model.symbols if s.role == "attribute" and is_reduction(s.name)}
        shared = {s.name for s in self.model.symbols if s.role == "attribute" and s.locality == "shared"}
        entries = tuple(replace(e, shared=True) if e.name in shared else e for e in entries)
        roles: dict[str, ArrayRole] = {x: ROLES[s] for x, s in self.traces.items()}
        entries = tuple(replace(e, role=roles.get(e.name, e.role)) for e in entries)
        return tuple(
            replace(e, role="semi") if e.name in semi else replace(e, role="reduced") if e.name in reduced else e
            for e in entries
        )

    def scope(self) -> Scope:
        """Return the scope at the start of a program, with what only synapses know."""
        b, start = self.b, super().scope()
        values: dict[str, Expr] = {}
        for name, ref in _COUNTS.items():
            if name in self.symbols and self.is_builtin(name):
                values[name] = b.ref(ref, "int")
        for name, ref in (("delay", "@delay"), ("lastupdate", "@lastupdate")):
            if name in self.symbols and self.is_builtin(name):
                values[name] = b.mul(b.to_float(b.ref(ref, "int")), start.name("dt"))
        for end in ("pre", "post"):
            if (name := f"not_refractory_{end}") in self.symbols and self.is_builtin(name):
                values[name] = self.active(end)
        return start.child(values)

    # -- events --------------------------------------------------------------------------------------

    def program(self, side: Side, pathway: str, statements: tuple[AssignStatement, ...]) -> Program:
        roots = self.effects(side, statements, lifted=False)
        return emit(f"{side}:{pathway}", roots, self.levels(side, roots))

    def lifted(self) -> list[Program]:
        """Return the programs for traces with one value per neuron."""
        programs = []
        codes: list[tuple[Side, EventCode]] = [("pre", c) for c in self.model.pre]
        codes += [("post", c) for c in self.model.post]
        whole = [(side, c, self.effects(side, c.statements, lifted=True)) for side, c in codes if self.traces]
        start = self.scope()
        now = {x: Root("store", as_now(x), self.decayed(x, start)) for x in self.traces}
        named = {since(x) for x in self.traces} | set(self.traces)
        computed = [*now.values(), *(r for *_, roots in whole for r in roots if r.name in named)]
        read = {e.name for r in computed for e in walk(r.expr) if isinstance(e, Ref)}
        self.equal = tuple(sorted(s.name for s in self.model.symbols if s.role == "parameter" and s.name in read))
        for side, code, roots in whole:
            own = {n for x, s in self.traces.items() if s == side for n in (x, since(x))}
            levels = self.levels(side, roots, own)
            kept = [r for r in roots if r.name in own]
            if any(levels.of(r.expr) == "element" for r in kept):
                raise InternalError(f"{self.model.name}: a trace differs between the synapses of a neuron")
            programs.append(emit(f"lifted:{side}:{code.pathway}", [r for r in roots if r not in kept], levels))
            programs.append(emit(f"trace:{side}:{code.pathway}", kept, levels))
        for end, other in (("post", "pre"), ("pre", "post")):
            roots = [now[x] for x, s in self.traces.items() if s == end]
            if roots and codes:
                programs.append(emit(f"now:{end}", roots, self.levels(other, roots)))
        return programs

    def effects(self, side: Side, statements: tuple[AssignStatement, ...], lifted: bool) -> list[Root]:
        """Return what the code of a pathway does at one synapse; traces of the other side are read `lifted` or not."""
        b = self.b
        start = self.scope()
        driven = {r.var: self.decayed(r.var, start) for r in self.rules.event_driven}
        if lifted:
            driven |= {x: b.ref(as_now(x), "float") for x, s in self.traces.items() if s != side}
        scope = start.child(driven)
        roots: list[Root] = []
        for s in statements:
            if s.target in self.sums:
                self.subtotals[s.target] = None
                value = b.to_float(scope.lower(s.value))  # a neuron that is refractory ignores the sum
                roots.append(Root("add" if s.op == "+=" else "subtract", f"+{s.target}", value))
                continue
            value = self.bounded(s.target, self.assigned(s, scope), scope)
            if s.unless_post:
                apart = b.compare("!=", b.ref("pre.@last", "int"), b.ref("post.@last", "int"))
                value = b.select(apart, value, scope.name(s.target))
            if s.unless_refractory:
                value = b.select(self.active(s.target.partition(".")[0]), value, scope.name(s.target))
            scope = scope.child({s.target: self.learned(s.target, value, scope)})
        unchanged = start.child({x: driven[x] for x in self.traces})
        roots += self.stores(unchanged, scope)
        written = [r.name for r in roots if r.name in self.traces]
        roots += [Root("store", since(x), b.ref("@step", "int")) for x in written]
        if self.keeps_time:
            roots.append(Root("store", "@lastupdate", b.ref("@step", "int")))
        return roots

    def decayed(self, name: str, start: Scope) -> Expr:
        """Return an event-driven variable as it is now."""
        b = self.b
        (rule,) = (r for r in self.rules.event_driven if r.var == name)
        last = b.ref(since(name) if name in self.traces else "@lastupdate", "int")
        elapsed = b.mul(b.to_float(b.sub(b.ref("@step", "int"), last)), start.name("dt"))
        return self.bounded(name, linear_step(rule, start, elapsed), start)

    def caught_up(self, start: Scope) -> Scope:
        """Return the scope in which event-driven variables have been advanced to this moment."""
        return start.child({r.var: self.decayed(r.var, start) for r in self.rules.event_driven})

    def active(self, end: str) -> Expr:
        """Return whether the neuron at one end is not refractory; it is from the step of its spike on."""
        b, step = self.b, self.b.ref("@step", "int")
        over = b.compare(">=", step, b.ref(f"{end}.@until", "int"))
        return b.logic("and", over, b.compare("!=", step, b.ref(f"{end}.@last", "int")))

    def learned(self, name: str, value: Expr, scope: Scope) -> Expr:
        """Keep the weight where learning is switched off."""
        symbol = self.symbols[name]
        if name != _WEIGHT or symbol.role != "variable" or not (self.model.pre or self.model.post):
            return value
        return self.b.select(self.b.ref("@learning", "bool"), value, scope.name(name))

    def stores(self, start: Scope, scope: Scope) -> list[Root]:
        """Return the effects on variables that have changed."""
        return [
            Root("store", s.name, scope.values[s.name])
            for s in self.model.symbols
            if s.role in ("variable", "attribute") and scope.values[s.name] is not start.values[s.name]
        ]

    def levels(self, side: str, roots: list[Root], own: Collection[str] | None = None) -> Levels:
        """Params and scalars are read once per call; attributes of the spiking neuron once per row, unless the code
        may write them through the other end. Given its `own` lifted traces, these, too; parameters are read once per
        synapse then, but for those of traces.
        """
        params = {s.name for s in self.model.symbols if s.role == "parameter" and s.locality != "post"}
        call = set(CALL)
        if own is not None:
            params = {s for s in params if s in self.equal or self.symbols[s].locality == "shared"}
            call -= {"@delay", "@multapse"}
        written = {r.name for r in roots if r.kind == "store"}
        row: set[str] = {"@i" if side == "pre" else "@j", *(own or ())}
        if not any(n.startswith(("pre.", "post.")) for n in written):
            row |= {s.name for s in self.model.symbols if s.role == "attribute" and s.name.startswith(f"{side}.")}
            row |= {f"{side}.@last", f"{side}.@until", "post.@incoming" if side == "post" else "pre.@outgoing"}
        return Levels(params | call, row)

    # -- every step ----------------------------------------------------------------------------------

    def terms(self) -> list[Program]:
        """Return the programs of psp and of summed variables; delayed values of the presynaptic neurons are read."""
        wanted: list[tuple[str, str, Syntax]] = []
        if self.model.psp is not None:
            wanted.append((self.model.operation, "post.g_target", self.model.psp))
        wanted += [("sum", f"={s.target}", s.value) for s in self.model.summed]
        programs = []
        for n, (operation, target, value) in enumerate(wanted):
            side = summing_side(target)
            scope = self.late(self.scope()) if side == "post" else self.scope()
            root = Root("add", f"~{n}", self.b.to_float(scope.lower(value)))
            programs.append(emit(f"sum:{n}:{operation}:{target}", [root], self.levels(side, [])))
        return programs

    def late(self, start: Scope) -> Scope:
        """Return the scope in which variables of presynaptic neurons are as they were a delay before."""
        return start.child({s.name: self.b.ref(f"<{s.name}", s.type) for s in self.model.symbols if _can_be_late(s)})

    def steps(self) -> list[Program]:
        """Return the statements of every step in order, cut where the locality changes.

        What transmits in every step and has no events (rate-coded) learns from what arrives, a delay later.
        """
        delayed = self.model.psp is not None and not (self.model.pre or self.model.post)
        groups: list[tuple[str, list[OdeBlock | AssignStatement]]] = []
        for step in self.rules.steps:
            name = step.target if isinstance(step, AssignStatement) else step.rules[0].var
            locality = self.symbols[name].locality
            if groups and groups[-1][0] == locality:
                groups[-1][1].append(step)
            else:
                groups.append((locality, [step]))
        programs = []
        for n, (where, group) in enumerate(groups):
            start = scope = self.caught_up(self.scope()) if self.model.reads_out else self.scope()
            if delayed and where == "local":
                start = scope = self.late(start)
            for step in group:
                new = self.advanced(step, scope)
                scope = scope.child({x: self.learned(x, self.bounded(x, v, scope), scope) for x, v in new.items()})
            roots = self.stores(start, scope)
            levels = self.levels("pre", roots) if where == "local" else None
            programs.append(emit(f"step:{n}:{where}", roots, levels))
        return programs

    def advanced(self, step: OdeBlock | AssignStatement, scope: Scope) -> dict[str, Expr]:
        """Return the new values that a step gives to its variables."""
        if isinstance(step, AssignStatement):
            return {step.target: self.assigned(step, scope)}
        new: dict[str, Expr] = {}
        for method, scheme in SCHEMES.items():
            rules = [r for r in step.rules if r.method == method]
            if rules:
                new.update(scheme(rules, scope))
        for system in step.systems:
            new.update(advance(system, scope))
        return {r.var: new[r.var] for r in step.rules}


def since(trace: str) -> str:
    """Return the name of the step of a trace's last change."""
    return f"@since:{trace}"


def as_now(trace: str) -> str:
    """Return the name of a trace's value at this step."""
    return f"@now:{trace}"


def is_reduction(name: str) -> bool:
    """Tell whether a name stands for a function over all neurons of one end: ``pre.@mean_r``."""
    return name.startswith(("pre.@", "post.@")) and "_" in name


def _can_be_late(s: Symbol) -> bool:
    """Tell whether a delay applies to a name in continuous transmission: variables of presynaptic neurons."""
    return s.role == "attribute" and s.name.startswith("pre.") and s.locality == "local" and s.writable


def _late(programs: list[Program]) -> Iterator[tuple[str, Type]]:
    for statement in (s for p in programs for s in p.statements):
        for e in (e for whole in parts(statement) for e in walk(whole)):
            if isinstance(e, Ref) and e.name.startswith("<"):
                yield e.name, e.type


def lower_synapse(model: Model, rules: UpdateRules) -> KernelIR:
    """Return the IR of a synapse model bound to its populations."""
    return SynapseLowering(model, rules).run()
