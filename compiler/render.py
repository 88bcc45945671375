"""IR to C text: fills the views that the templates print.

All decisions are taken here (which array is a scalar, where a value is read, which draws are made in blocks); the
templates only loop and print. The result is deterministic: equal IR and options, equal text.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from importlib import resources
from typing import TYPE_CHECKING

from . import mathsource, naming
from .cexpr import Printer
from .ir import Accumulate, Draw, Entry, KernelIR, Let, Program, Reduce, Ref, Repeat, Store, parts, walk
from .options import CompileOptions
from .registered import Registered
from .render_dense import dense_level, dense_place, let_levels
from .render_step import fold_view, reduce_view, shared_view

if TYPE_CHECKING:
    import jinja2

#: Roles of entries that the index mask applies to: equal for all elements, or one value each.
MASKED = frozenset({"param", "derived", "matrix", "propagator"})
#: The same in code over synapses.
_MASKED_EVENTS = frozenset({"param", "derived", "pre", "post", "semi"})
#: Roles of entries with one value per postsynaptic neuron.
_BY_POST = frozenset({"post", "semi", "subtotal", "total"})
CACHE_LINE = 64
_LIBRARY_NAME = re.compile(r"\brv_\w+")
_RETURN = re.compile(r"\breturn\b")


@dataclass(frozen=True, slots=True)
class RenderedC:
    """C text of one kernel file."""

    text: str
    symbols: tuple[str, ...]

    def dump(self) -> str:
        """Return the text."""
        return self.text


@dataclass(frozen=True, slots=True)
class ArrayView:
    """One array as the templates see it. `load`: where its value is read into `local` (empty: never);
    `at`: the index expression; `offset`: what a block loop adds to the pointer.
    """

    index: int
    type: str
    local: str
    pointer: str
    const: str = "const "
    load: str = ""
    at: str = ""
    mask: str = ""
    offset: str = ""
    restrict: str = "restrict"


@dataclass(frozen=True, slots=True)
class DrawView:
    """A draw that is made for 64 neurons at once, before the loop over them; `setup[k]` are the lines before all
    blocks in form k, `call[k]` is the statement for one block.
    """

    buffer: str
    setup: tuple[tuple[str, ...], tuple[str, ...]]
    call: tuple[str, str]


@dataclass(frozen=True, slots=True)
class FunctionView:
    """A registered function: `body` are the user's statements."""

    name: str
    params: str
    body: str


@dataclass(frozen=True, slots=True)
class CarriedView:
    """A value that an iteration carries from round to round."""

    type: str
    local: str
    result: str
    initial: str
    next: str


@dataclass(frozen=True, slots=True)
class Form:
    """One entry point of a population program."""

    name: str
    index: int
    scalars: tuple[ArrayView, ...]
    arrays: tuple[ArrayView, ...]
    blocked: bool


@dataclass(frozen=True, slots=True)
class EventForm:
    """One entry point of event code; `line` is the number of indices in a cache line."""

    name: str
    uniform: bool
    index_type: str
    line: int
    ordered: bool


def render(ir: KernelIR, options: CompileOptions, title: str = "kernel") -> RenderedC:
    """Return the C file of a model."""
    renderer = _Renderer(ir, options)
    bodies = [renderer.program(p) for p in ir.programs]
    helpers = [_template("scan").render()] if any(e.name == "@mask" for e in ir.layout) else []
    if any(p.name.startswith("reduce:") for p in ir.programs):
        helpers.append(_template("fold").render(view=fold_view(ir)))
    if any(p.name.startswith("sum:") for p in ir.programs):
        helpers.append(_header("rv_sum.h"))
    prelude = _template("prelude").render(
        view={
            "title": title,
            "real": renderer.real,
            "integer": renderer.integer,
            "abi": _abi(),
            "math": mathsource.chunks(sorted(renderer.functions | _called(ir)), options.precision),
            "functions": [_function(f) for f in ir.functions],
        }
    )
    text = "\n".join([prelude, *helpers, *bodies])
    return RenderedC("\n".join(line.rstrip() for line in text.splitlines()) + "\n", tuple(renderer.symbols))


class _Renderer:
    def __init__(self, ir: KernelIR, options: CompileOptions) -> None:
        self.ir = ir
        self.options = options
        single = options.precision == "single"
        self.real = "float" if single else "double"
        self.integer = "int32_t" if single else "int64_t"
        self.index = {e.name: k for k, e in enumerate(ir.layout)}
        self.functions: set[str] = set()
        self.symbols: list[str] = ["rv_abi"]
        self._numbers: dict[str, int] = {}

    def program(self, program: Program) -> str:
        """Return the C text of one program."""
        kind = program.name.partition(":")[0]
        if kind in ("pre", "post"):
            return self.events(program, kind, f"rv_{kind}{self.number(kind)}")
        if kind == "sum":
            name = f"rv_sum{self.number(kind)}"
            return self.events(program, "post", name) + self.dense(program, name)
        if kind == "connect":
            return self.pairs(program)
        if kind == "step":
            name = f"rv_step{self.number(kind)}"
            local = program.name.endswith(":local")
            if not local:
                return self.elements(program, name)
            return self.events(program, "pre", name) + self.dense(program, name)
        if kind == "reset":
            return self.reset(program, "rv_reset")
        if kind == "event":
            return self.reset(program, f"rv_event{self.number('event')}")
        if kind in ("reduce", "shared"):
            return self.step(program, kind)
        names = {"update": ("rv_update_uniform", "rv_update_general")}.get(kind, (f"rv_{kind}",))
        return self.population(program, names)

    # -- shared --------------------------------------------------------------------------------------

    def ctype(self, entry: Entry) -> str:
        if entry.role == "table":
            return "double"
        return "rv_f" if entry.type == "float" else "rv_i"

    def used(self, program: Program) -> tuple[list[Entry], set[str], set[str]]:
        """Return the entries a program touches, in layout order, and the names it reads and writes."""
        reads = {e.name for s in program.statements for x in parts(s) for e in walk(x) if isinstance(e, Ref)}
        writes = {s.name for s in program.statements if isinstance(s, (Store, Accumulate))}
        inputs = {e.name for e in self.ir.layout if e.role == "input"} if program.name == "update" else set()
        entries = [e for e in self.ir.layout if e.name in reads | writes | inputs]
        return entries, reads, writes | inputs

    def lets(self, program: Program, printer: Printer, skip: Iterable[int] = ()) -> list[tuple[str, str]]:
        """Return (level, line) of the temporaries."""
        hidden = set(skip)
        lines: list[tuple[str, str]] = []
        for s in program.statements:
            if isinstance(s, Repeat):
                lines += [("element", line) for line in self.iteration(s, printer)]
            elif isinstance(s, Let) and not (isinstance(s.expr, Draw) and s.expr.occurrence in hidden):
                ctype = "rv_f" if s.expr.type == "float" else "rv_i"
                lines.append((s.level, f"const {ctype} {naming.local(s.name)} = {printer.text(s.expr)};"))
            elif isinstance(s, Let):
                lines.append((s.level, f"const rv_f {naming.local(s.name)} = (rv_f){printer.text(s.expr)};"))
        return lines

    def iteration(self, s: Repeat, printer: Printer) -> list[str]:
        """Return the lines of an iteration."""
        carried = [
            CarriedView(
                "rv_f" if c.initial.type == "float" else "rv_i",
                naming.local(c.name),
                naming.local(c.result),
                printer.text(c.initial),
                printer.text(c.next),
            )
            for c in s.carried
        ]
        body = [line for _, line in self.lets(Program("body", s.body), printer)]
        view = {"limit": s.limit, "carried": carried, "body": body, "until": printer.text(s.until)}
        return _template("repeat").render(view=view).splitlines()

    def effects(self, program: Program, printer: Printer, at: dict[str, str]) -> list[str]:
        """Return the lines that write arrays; `at` gives the index of each entry."""
        lines = []
        for s in program.statements:
            if isinstance(s, (Let, Reduce, Repeat)):
                continue
            op = "=" if isinstance(s, Store) else "+=" if s.sign > 0 else "-="
            lines.append(f"{naming.pointer(s.name)}[{at[s.name]}] {op} {printer.text(s.expr)};")
        return lines

    # -- programs over neurons -----------------------------------------------------------------------

    def population(self, program: Program, names: tuple[str, ...]) -> str:
        entries, reads, writes = self.used(program)
        draws = self.block_draws(program)
        printer = Printer(self.options, ("(uint32_t)own_i", "0"), {d.occurrence for d in draws})
        body = [line for _, line in self.lets(program, printer, (d.occurrence for d in draws))]
        at = {e.name: "q" for e in entries}
        effects = self.effects(program, printer, at)
        effects += [
            f"{naming.pointer(e.name)}[q] = 0;" for e in entries if e.role == "input" and program.name == "update"
        ]
        self.functions |= printer.functions | self.block_functions(draws)
        forms = []
        for k, name in enumerate(names):
            # only `update` has a form in which every masked entry is a scalar; all other programs are general
            scalar = len(names) == 2 and k == 0
            general = not scalar
            arrays = [
                self.population_array(e, reads, writes, general) for e in entries if not (scalar and is_masked(e))
            ]
            scalars = [self.population_array(e, reads, writes, False) for e in entries if scalar and is_masked(e)]
            forms.append(Form(name, k, tuple(scalars), tuple(arrays), general or bool(draws)))
            self.symbols.append(name)
        return _template("population").render(
            view={
                "forms": forms,
                "body": body,
                "effects": effects,
                "draws": [self.draw_view(d) for d in draws],
                "scan": self.index.get("@mask") if program.name == "update" and "@mask" in writes else None,
            }
        )

    def step(self, program: Program, kind: str) -> str:
        """Return the C text of a program that computes values of the step."""
        entries, reads, writes = self.used(program)
        printer = Printer(self.options, ("(uint32_t)own_i", "0") if kind == "reduce" else ("0", "0"))
        body = [line for _, line in self.lets(program, printer)]
        arrays = [self.population_array(e, reads, writes, True) for e in entries]
        name = f"rv_{program.name.replace(':', '')}"
        if kind == "reduce":
            view = reduce_view(program, name, arrays, body, printer, self.index)
        else:
            view = shared_view(program, arrays, body, printer, self.ctype, self.ir)
        self.functions |= printer.functions
        self.symbols.append(name)
        return _template(kind).render(view=view)

    def population_array(self, e: Entry, reads: set[str], writes: set[str], general: bool) -> ArrayView:
        masked = is_masked(e)
        return ArrayView(
            index=self.index[e.name],
            type=self.ctype(e),
            local=naming.local(e.name),
            pointer=naming.pointer(e.name),
            const="" if e.name in writes else "const ",
            load="element" if e.name in reads and e.role != "table" else "",
            offset=""
            if e.role == "table"
            else f" + (first & mask[{self.index[e.name]}])"
            if masked and general
            else " + first",
        )

    def block_functions(self, draws: list[Draw]) -> set[str]:
        """Return the library functions that block draws call."""
        suffix = "f" if self.options.precision == "single" else ""
        return {f"rv_poisson_fixed{suffix}", f"rv_poisson_block{suffix}"} if draws else set()

    def block_draws(self, program: Program) -> list[Draw]:
        """Return the draws worth making for 64 neurons at once: Poisson numbers whose mean is fixed during a run."""
        if program.name != "update":
            return []
        fixed = {e.name for e in self.ir.layout if e.role in MASKED}
        found = []
        for s in program.statements:
            d = s.expr if isinstance(s, Let) else None
            if (
                isinstance(d, Draw)
                and d.kind == "poisson"
                and isinstance(d.args[0], Ref)
                and d.args[0].name in fixed
            ):
                found.append(d)
        return found

    def draw_view(self, d: Draw) -> DrawView:
        mean = d.args[0]
        assert isinstance(mean, Ref)
        k = self.index[mean.name]
        buffer = naming.buffer(d.occurrence)
        where = f"{buffer}, args->key[{d.occurrence}], (uint32_t)first, args->step"
        table, fixed = f"{buffer}_table", f"{buffer}_mean"
        setup = (
            f"const rv_f {fixed} = *(const rv_f *)a[{k}];",
            f"double {table}[RV_POISSON_TABLE];",
            f"const int64_t {table}_size = rv_poisson_table((double){fixed}, {table});",
        )
        suffix = "f" if self.options.precision == "single" else ""
        uniform = f"rv_poisson_fixed{suffix}({where}, {fixed}, {table}, {table}_size)"
        general = f"rv_poisson_block{suffix}({where}, (const rv_f *)a[{k}] + (first & mask[{k}]))"
        return DrawView(buffer, (setup, ()), (uniform, general))

    def reset(self, program: Program, name: str) -> str:
        entries, reads, writes = self.used(program)
        printer = Printer(self.options, ("(uint32_t)own_i", "0"))
        arrays = []
        for e in entries:
            masked = is_masked(e)
            arrays.append(
                ArrayView(
                    index=self.index[e.name],
                    type=self.ctype(e),
                    local=naming.local(e.name),
                    pointer=naming.pointer(e.name),
                    const="" if e.name in writes else "const ",
                    load="element" if e.name in reads and e.role != "table" else "",
                    mask=naming.mask(e.name) if masked else "",
                )
            )
        body = [line for _, line in self.lets(program, printer)]
        at = {e.name: f"own_i & {naming.mask(e.name)}" if is_masked(e) else "own_i" for e in entries}
        effects = self.effects(program, printer, at)
        shared = [naming.pointer(e.name) for e in entries if e.shared and e.name in writes]
        self.functions |= printer.functions
        self.symbols.append(name)
        view = {"name": name, "arrays": arrays, "body": body, "effects": effects, "shared": shared}
        return _template("reset").render(view=view)

    # -- event code ----------------------------------------------------------------------------------

    def number(self, kind: str) -> int:
        """Return how many programs of a kind came before."""
        self._numbers[kind] = self._numbers.get(kind, -1) + 1
        return self._numbers[kind]

    def place(self, e: Entry) -> str:
        """Return where code over synapses finds the value of an entry."""
        match e.role:
            case "late":
                return f"{naming.pointer('@rows')}[{naming.local('@delay')}] + own_i"
            case "reduced":
                return "0"
            case "state" if e.shared:
                return "0"
        rank = "own_i" if e.role == "pre" else "own_j" if e.role in _BY_POST else "s"
        return f"{rank} & {naming.mask(e.name)}" if e.role in _MASKED_EVENTS else rank

    def synaptic_array(self, e: Entry, reads: set[str], writes: set[str], side: str) -> ArrayView:
        """Return an array of code over synapses."""
        ends_written = any(n.startswith(("pre.", "post.")) for n in writes)
        load = ""
        if e.name in reads and e.role not in ("table", "rows"):
            on_row = e.role == side and not ends_written
            load = "call" if e.role in ("param", "derived", "reduced") else "row" if on_row else "element"
        return ArrayView(
            index=self.index[e.name],
            type=self.ctype(e),
            local=naming.local(e.name),
            pointer=naming.pointer(e.name),
            const="" if e.name in writes else "const ",
            load=load,
            at=self.place(e),
            mask=naming.mask(e.name) if e.role in _MASKED_EVENTS else "",
            restrict="" if self.ir.same_ends and ends_written and e.role in ("pre", "post") else "restrict",
        )

    def elements(self, program: Program, name: str) -> str:
        """Return the text of statements with one value per postsynaptic neuron, or one for the projection."""
        entries, reads, writes = self.used(program)
        printer = Printer(self.options, ("0", "(uint32_t)own_j"))
        arrays = [self.synaptic_array(e, reads, writes, "") for e in entries]
        body = [line for _, line in self.lets(program, printer)]
        effects = self.effects(program, printer, {e.name: self.place(e) for e in entries})
        self.functions |= printer.functions
        self.symbols.append(name)
        return _template("elements").render(view={"name": name, "arrays": arrays, "body": body, "effects": effects})

    def pairs(self, program: Program) -> str:
        """Return the text of what is decided about pairs of neurons."""
        entries, reads, writes = self.used(program)
        printer = Printer(self.options, ("(uint32_t)own_i", "(uint32_t)own_j"))
        arrays = []
        for e in entries:
            array = self.synaptic_array(e, reads, writes, "pre")
            one_per_pair = e.role == "param" and not e.shared
            arrays.append(replace(array, load="element", at="s", mask="") if one_per_pair else array)
        lets = self.lets(program, printer)
        self.symbols.append("rv_connect")
        view = {"name": "rv_connect", "arrays": arrays}
        view |= {level: [line for at, line in lets if at == level] for level in ("call", "row", "element")}
        view["effects"] = self.effects(program, printer, {e.name: self.place(e) for e in entries})
        self.functions |= printer.functions
        return _template("connect").render(view=view)

    def dense(self, program: Program, name: str) -> str:
        """Return the form without index arrays; models with events are never stored so."""
        if any(p.name.startswith(("pre:", "post:")) for p in self.ir.programs):
            return ""
        entries, reads, writes = self.used(program)
        late = any(e.role == "late" for e in entries)
        if late:
            entries = [e for e in self.ir.layout if e in entries or e.name in ("@delay", "@rows")]
            reads = reads | {"@delay"}
        printer = Printer(self.options, ("(uint32_t)own_i", "(uint32_t)own_j"))
        arrays = [
            replace(
                self.synaptic_array(e, reads, writes, ""),
                load=dense_level(e, writes) if e.name in reads and e.role not in ("table", "rows") else "",
                at=dense_place(e),
                mask=naming.mask(e.name) if e.role == "semi" else "",
            )
            for e in entries
        ]
        level = let_levels(program, entries, writes)
        lines: dict[str, list[str]] = {"call": [], "row": [], "element": []}
        for s in program.statements:
            own = level.get(s.name, "element") if isinstance(s, Let) else "element"
            lines[own] += [line for _, line in self.lets(Program(program.name, (s,)), printer)]
        if late:
            lines["call"].insert(0, f"const int64_t late_row = {naming.pointer('@rows')}[{naming.local('@delay')}];")
        before, effects, after = [], self.effects(program, printer, {e.name: dense_place(e) for e in entries}), []
        term = result = ""
        if program.name.startswith("sum:"):
            before, effects, after = self.summing(program, printer)
            if program.name.split(":")[2] in ("sum", "mean"):
                (one,) = (s for s in program.statements if isinstance(s, Accumulate))
                term, result = printer.text(one.expr), after[0]
        self.functions |= printer.functions
        self.symbols.append(f"{name}_d")
        view = {"name": f"{name}_d", "arrays": arrays, **lines, "term": term, "result": result}
        return _template("dense").render(view={**view, "before": before, "effects": effects, "after": after})

    def summing(self, program: Program, printer: Printer) -> tuple[list[str], list[str], list[str]]:
        """Return the lines before, for each and after the synapses of a neuron that combine their terms."""
        operation = program.name.split(":")[2]
        (term,) = (s for s in program.statements if isinstance(s, Accumulate))
        value, result = printer.text(term.expr), f"{naming.pointer(term.name)}[own_j]"
        if operation in ("min", "max"):
            worst = "__builtin_inf()" if operation == "min" else "-__builtin_inf()"
            return [f"rv_f best = (rv_f){worst};"], [f"best = rv_f{operation}(best, {value});"], [f"{result} = best;"]
        count = " / (rv_f)(last - first)" if operation == "mean" else ""
        before = ["rv_sum total;", "rv_sum_start(&total);"]
        return before, [f"rv_sum_add(&total, own_i, {value});"], [f"{result} = rv_sum_end(&total){count};"]

    def events(self, program: Program, side: str, name: str) -> str:
        entries, reads, writes = self.used(program)
        if any(e.role == "late" for e in entries):
            reads |= {"@delay", "@rows"}
            entries = [e for e in self.ir.layout if e in entries or e.name in ("@delay", "@rows")]
        drawing = any(isinstance(e, Draw) for s in program.statements for x in parts(s) for e in walk(x))
        if drawing:
            reads.add("@multapse")
            entries = [e for e in self.ir.layout if e in entries or e.name == "@multapse"]
        mixed = naming.local("@multapse") if drawing else ""
        printer = Printer(self.options, ("(uint32_t)own_i", "(uint32_t)own_j"), mixed=mixed)
        row, other = ("own_i", "own_j") if side == "pre" else ("own_j", "own_i")
        arrays = [self.synaptic_array(e, reads, writes, side) for e in entries]
        lets = self.lets(program, printer)
        before, effects, after = (
            self.summing(program, printer)
            if program.name.startswith("sum:")
            else ([], self.effects(program, printer, {e.name: self.place(e) for e in entries}), [])
        )
        self.functions |= printer.functions
        # a second pathway may have delays of its own: its order of the synapses is not that of the storage
        orders = (True,) if side == "post" else (False, True) if re.match(r"rv_pre[1-9]", name) else (False,)
        forms = [
            EventForm(
                f"{name}_{letter}{'o' if ordered and side == 'pre' else ''}{width}",
                letter == "u",
                f"uint{width}_t",
                CACHE_LINE * 8 // width,
                ordered,
            )
            for letter in "ug"
            for ordered in orders
            for width in (16, 32)
        ]
        self.symbols += [f.name for f in forms]
        return _template("events").render(
            view={
                "forms": forms,
                "arrays": arrays,
                "call": [line for level, line in lets if level == "call"],
                "row": [line for level, line in lets if level == "row"],
                "element": [line for level, line in lets if level == "element"],
                "before": before,
                "effects": effects,
                "after": after,
                "side": side,
                "row_rank": row,
                "other_rank": other,
            }
        )


def _function(function: Registered) -> FunctionView:
    params = ", ".join(f"const double {p}" for p in function.params) or "void"
    body = (function.c or "").strip()
    return FunctionView(naming.function(function.op), params, body if _RETURN.search(body) else f"return {body};")


def _called(ir: KernelIR) -> set[str]:
    """Return the library functions that registered functions call by their C names."""
    words = {word for f in ir.functions for word in _LIBRARY_NAME.findall(f.c or "")}
    return words & set(mathsource.names())


def is_masked(e: Entry) -> bool:
    """Tell whether an entry of a population may be one block of equal values."""
    return e.role in MASKED or e.shared


def _abi() -> str:
    """Return the interface header without its include (the prelude has it)."""
    text = _header("rv_abi.h")
    return "\n".join(line for line in text.splitlines() if not line.startswith("#include"))


def _header(name: str) -> str:
    return resources.files("ranvier.templates").joinpath(name).read_text()


@functools.cache
def _environment() -> jinja2.Environment:
    import jinja2

    def load(name: str) -> str:
        return resources.files("ranvier.templates").joinpath(name).read_text()

    return jinja2.Environment(
        loader=jinja2.FunctionLoader(load), undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def _template(name: str) -> jinja2.Template:
    return _environment().get_template(f"{name}.c.j2")
