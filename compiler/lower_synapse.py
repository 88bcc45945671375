"""Synapse models to IR.

``pre:<pathway> post:<pathway>``
    What an event does at one synapse of a neuron that spiked.
``sum:<n>:<operation>:<target>``
    The term of one synapse in what a postsynaptic neuron receives in every step; the target ``post.g_exc`` is added
    to, ``=post.x`` is set (a summed variable).
``step:<n>:<locality>``
    Statements of every step: for one synapse (``local``), one postsynaptic neuron (``post``), or once (``shared``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from .algebra import names
from .cascade import advance
from .emit import Levels, Root, emit
from .expressions import Scope
from .ir import Entry, Expr, KernelIR, Program, Ref, parts, walk
from .lowering import Lowering
from .model import READ_OUT, AssignStatement, Model, Symbol, Type
from .rules import OdeBlock, UpdateRules
from .schemes import SCHEMES, linear_step
from .tree import Expr as Syntax

#: Integers of the projection, and of the neurons at the ends of a synapse, that users read by name.
_COUNTS = {"N_pre": "@n_pre", "N_post": "@n_post", "N_incoming": "post.@incoming", "N_outgoing": "pre.@outgoing"}
#: Read once per call when equal for all synapses.
CALL = ("t", "dt", "@step", "@N", "@n_pre", "@n_post", "@delay", "@multapse", "@learning")
#: The weight: what `disable_learning` holds in event code.
_WEIGHT = "w"


class SynapseLowering(Lowering):
    def __init__(self, model: Model, rules: UpdateRules) -> None:
        super().__init__(model)
        self.rules = rules
        self.subtotals: dict[str, None] = {}
        self.sums = self.summable()
        self.keeps_time = bool(rules.event_driven) or "lastupdate" in self.symbols

    def summable(self) -> frozenset[str]:
        """Targets whose writes may be summed (decision on the order of sums): only ``+=`` and ``-=``, never read by
        the code of this synapse, without bounds of their own, one number per neuron that is no integer.
        """
        writes: dict[str, bool] = {}
        reads: set[str] = set()
        for code in (*self.model.pre, *self.model.post):
            for s in code.statements:
                reads |= names(s.value)
                if s.target.startswith("post."):
                    writes[s.target] = writes.get(s.target, True) and s.op in ("+=", "-=") and not s.unless_post
        for symbol in self.model.symbols:
            if symbol.role == "subexpression" and symbol.value is not None:
                reads |= names(symbol.value)
        free = {self.symbols[n] for n, plain in writes.items() if plain and n not in reads}
        return frozenset(
            s.name for s in free if (s.type, s.locality) == ("float", "local") and s.min is None and s.max is None
        )

    def run(self) -> KernelIR:
        programs = [self.program("pre", c.pathway, c.statements) for c in self.model.pre]
        programs += [self.program("post", c.pathway, c.statements) for c in self.model.post]
        programs += self.terms()
        programs += self.steps()
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
        ]
        layout = self.layout(programs, extra)
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

    def program(self, side: str, pathway: str, statements: tuple[AssignStatement, ...]) -> Program:
        b = self.b
        start = self.scope()
        scope = self.caught_up(start)
        roots: list[Root] = []
        for s in statements:
            if s.target in self.sums:
                self.subtotals[s.target] = None
                value = b.to_float(scope.lower(s.value))
                if s.unless_refractory:
                    value = b.select(self.active(s.target.partition(".")[0]), value, b.number(0.0))
                roots.append(Root("add" if s.op == "+=" else "subtract", f"+{s.target}", value))
                continue
            value = self.bounded(s.target, self.assigned(s, scope), scope)
            if s.unless_post:
                apart = b.compare("!=", b.ref("pre.@last", "int"), b.ref("post.@last", "int"))
                value = b.select(apart, value, scope.name(s.target))
            if s.unless_refractory:
                value = b.select(self.active(s.target.partition(".")[0]), value, scope.name(s.target))
            scope = scope.child({s.target: self.learned(s.target, value, scope)})
        roots += self.stores(start, scope)
        if self.keeps_time:
            roots.append(Root("store", "@lastupdate", b.ref("@step", "int")))
        return emit(f"{side}:{pathway}", roots, self.levels(side, roots))

    def caught_up(self, start: Scope) -> Scope:
        """Return the scope in which event-driven variables have been advanced to this moment."""
        b = self.b
        if not self.rules.event_driven:
            return start
        now, last = b.ref("@step", "int"), b.ref("@lastupdate", "int")
        elapsed = b.mul(b.to_float(b.sub(now, last)), start.name("dt"))
        return start.child(
            {r.var: self.bounded(r.var, linear_step(r, start, elapsed), start) for r in self.rules.event_driven}
        )

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

    def levels(self, side: str, roots: list[Root]) -> Levels:
        """Params and scalars are read once per call; attributes of the spiking neuron once per row, unless the code
        may write them through the other end.
        """
        params = {s.name for s in self.model.symbols if s.role == "parameter" and s.locality != "post"}
        written = {r.name for r in roots if r.kind == "store"}
        row: set[str] = {"@i" if side == "pre" else "@j"}
        if not any(n.startswith(("pre.", "post.")) for n in written):
            row |= {s.name for s in self.model.symbols if s.role == "attribute" and s.name.startswith(f"{side}.")}
            row |= {f"{side}.@last", f"{side}.@until", "post.@incoming" if side == "post" else "pre.@outgoing"}
        return Levels(params | set(CALL), row)

    # -- every step ----------------------------------------------------------------------------------

    def terms(self) -> list[Program]:
        """Return the programs of psp and of summed variables; delayed values of the presynaptic neurons are read."""
        wanted: list[tuple[str, str, Syntax]] = []
        if self.model.psp is not None:
            wanted.append((self.model.operation, "post.g_target", self.model.psp))
        wanted += [("sum", f"={s.target}", s.value) for s in self.model.summed]
        programs = []
        for n, (operation, target, value) in enumerate(wanted):
            scope = self.scope()
            late = {s.name: self.b.ref(f"<{s.name}", s.type) for s in self.model.symbols if _can_be_late(s)}
            root = Root("add", f"~{n}", self.b.to_float(scope.child(late).lower(value)))
            programs.append(emit(f"sum:{n}:{operation}:{target}", [root], self.levels("post", [])))
        return programs

    def steps(self) -> list[Program]:
        """Return the statements of every step in order, cut where the locality changes."""
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
            start = scope = self.scope()
            if READ_OUT in self.symbols:
                start = scope = self.caught_up(start)
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
