"""Synapse models to IR: one program for each pathway, executed for one synapse of a neuron that spiked."""

from __future__ import annotations

from .algebra import names
from .emit import Levels, Root, emit
from .integrate import UpdateRules
from .ir import Entry, KernelIR, Program
from .lowering import Lowering
from .model import AssignStatement, Model
from .schemes import linear_step


class _Synapse(Lowering):
    def __init__(self, model: Model, rules: UpdateRules) -> None:
        super().__init__(model)
        self.rules = rules
        self.subtotals: dict[str, None] = {}
        self.sums = self.summable()

    def summable(self) -> frozenset[str]:
        """Targets whose writes may be summed (decision on the order of sums): only ``+=`` and ``-=``, never read by
        the code of this synapse, and without bounds of their own.
        """
        writes: dict[str, bool] = {}
        reads: set[str] = set()
        for code in (*self.model.pre, *self.model.post):
            for s in code.statements:
                reads |= names(s.value)
                if s.target.startswith("post."):
                    writes[s.target] = writes.get(s.target, True) and s.op in ("+=", "-=")
        for symbol in self.model.symbols:
            if symbol.role == "subexpression" and symbol.value is not None:
                reads |= names(symbol.value)
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
        return KernelIR(
            "synapse", self.layout(programs, extra), tuple(programs), (), self.draws.infos, self.model.pre_is_post
        )

    def program(self, side: str, pathway: str, statements: tuple[AssignStatement, ...]) -> Program:
        b = self.b
        start = scope = self.scope()
        roots: list[Root] = []
        if self.rules.event_driven:
            now, last = b.ref("@step", "int"), b.ref("@lastupdate", "int")
            elapsed = b.mul(b.to_float(b.sub(now, last)), start.name("dt"))
            scope = scope.child(
                {r.var: self.bounded(r.var, linear_step(r, start, elapsed), start) for r in self.rules.event_driven}
            )
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
        may write them through the other end.
        """
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
