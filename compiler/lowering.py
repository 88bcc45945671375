"""What lowering neurons and synapses have in common: names with values, bounds, the layout of arrays."""

from __future__ import annotations

from .algebra import walk as walk_syntax
from .emit import Hoister
from .expressions import NUMBERS, Draws, Scope, expressions_of, noise_names, random_calls
from .ir import ArrayRole, Entry, Expr, Program, Ref, parts, walk
from .model import AssignStatement, Model
from .tree import Call
from .values import Builder

#: Scalars of the step that kernels know without an array; names that no user can write begin with @.
SCALARS: dict[str, tuple[str, str]] = {
    "t": ("t", "float"), "dt": ("dt", "float"), "step": ("@step", "int"),
    "i": ("@i", "int"), "j": ("@j", "int"), "N": ("@N", "int"),
}  # fmt: skip
_ARRAY_ROLE: dict[str, ArrayRole] = {"parameter": "param", "variable": "state", "input": "input"}


class Lowering:
    """What both kinds share: names with values, draws, the layout."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.symbols = {s.name: s for s in model.symbols}
        params = [s.name for s in model.symbols if s.role == "parameter"] + ["refractory"]
        self.b = Builder([*params, "dt", "@N"])
        self.hoister = Hoister(self.b, params)
        self.draws = Draws(random_calls(model), noise_names(model))
        self.tables = {
            e.func
            for x in expressions_of(model)
            for e in walk_syntax(x)
            if isinstance(e, Call) and e.func in self.symbols
        }

    def scope(self) -> Scope:
        """Return the scope at the start of a program: every name has the value of its array."""
        b = self.b
        values: dict[str, Expr] = {name: b.number(v) for name, v in NUMBERS.items() if self.is_builtin(name)}
        for name, (ref, type_) in SCALARS.items():
            if self.is_builtin(name):
                values[name] = b.ref(ref, "int" if type_ == "int" else "float")
        for s in self.model.symbols:
            if s.role in ("parameter", "variable", "input", "attribute"):
                values[s.name] = b.ref(s.name, s.type)
        for name, occurrence in self.draws.noise.items():  # a standard normal number, which `schemes` scales
            values[name] = b.draw("normal", occurrence, ())
        dt = values["dt"]
        for name, ref in (
            ("t_last", "@last"),
            ("lastspike", "@last"),
            ("t_pre", "pre.@last"),
            ("t_post", "post.@last"),
        ):
            if name in self.symbols and self.is_builtin(name):
                values[name] = b.mul(b.to_float(b.ref(ref, "int")), dt)
        return Scope(b, self.model, self.draws, values)

    def is_builtin(self, name: str) -> bool:
        """Tell whether a name that the language defines has not been given another meaning by the model."""
        return name not in self.symbols or self.symbols[name].role == "builtin"

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
                for node in (e for x in parts(statement) for e in walk(x)):
                    if isinstance(node, Ref):
                        used[node.name] = None
                if not statement.name.startswith("%"):
                    used[statement.name] = None
                    written.add(statement.name)
        entries = []
        for s in self.model.symbols:
            if s.name not in used or s.role == "builtin":
                continue
            role: ArrayRole = "table" if s.name in self.tables else _ARRAY_ROLE.get(s.role, "state")
            if s.role == "attribute":
                role = "pre" if s.name.startswith("pre.") else "post"
            if s.role == "input" and self.model.kind == "code":
                role = "state"  # only the model itself takes its input
            shared = s.locality == "shared" and s.role != "attribute" and role != "table"
            entries.append(Entry(s.name, role, s.type, (), s.name in written, shared))
        known = {e.name for e in entries}
        for e in (*self.hoister.entries, *extra):
            if e.name in used and e.name not in known:
                changes = e.name in written and e.role not in ("derived", "matrix")
                entries.append(Entry(e.name, e.role, e.type, e.deps, changes, e.shared))
        return tuple(entries)
