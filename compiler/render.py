"""IR to C text: fills the views that the templates print.

All decisions are taken here (which array is a scalar, where a value is read, which draws are made in blocks); the
templates only loop and print. The result is deterministic: equal IR and options, equal text.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

from . import mathsource, naming
from .cexpr import Printer
from .ir import Accumulate, Draw, Entry, KernelIR, Let, Program, Reduce, Ref, Store, walk
from .options import CompileOptions
from .render_step import fold_view, reduce_view, shared_view
from .registered import Registered

if TYPE_CHECKING:
    import jinja2

#: Roles of entries that the index mask applies to: equal for all elements, or one value each.
MASKED = frozenset({"param", "derived", "matrix", "propagator"})
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


def render(ir: KernelIR, options: CompileOptions, title: str = "kernel") -> RenderedC:
    """Return the C file of a model."""
    renderer = _Renderer(ir, options)
    bodies = [renderer.program(p) for p in ir.programs]
    helpers = [_template("scan").render()] if any(e.name == "@mask" for e in ir.layout) else []
    if any(p.name.startswith("reduce:") for p in ir.programs):
        helpers.append(_template("fold").render(view=fold_view(ir)))
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
        self._events = {"pre": 0, "post": 0, "event": 0}

    def program(self, program: Program) -> str:
        """Return the C text of one program."""
        kind = program.name.partition(":")[0]
        if kind in ("pre", "post"):
            return self.events(program, kind)
        if kind == "reset":
            return self.reset(program, "rv_reset")
        if kind == "event":
            self._events["event"] += 1
            return self.reset(program, f"rv_event{self._events['event'] - 1}")
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
        reads = {e.name for s in program.statements for e in walk(s.expr) if isinstance(e, Ref)}
        writes = {s.name for s in program.statements if isinstance(s, (Store, Accumulate))}
        inputs = {e.name for e in self.ir.layout if e.role == "input"} if program.name == "update" else set()
        entries = [e for e in self.ir.layout if e.name in reads | writes | inputs]
        return entries, reads, writes | inputs

    def lets(self, program: Program, printer: Printer, skip: Iterable[int] = ()) -> list[tuple[str, str]]:
        """Return (level, line) of the temporaries."""
        hidden = set(skip)
        lines: list[tuple[str, str]] = []
        for s in program.statements:
            if isinstance(s, Let) and not (isinstance(s.expr, Draw) and s.expr.occurrence in hidden):
                ctype = "rv_f" if s.expr.type == "float" else "rv_i"
                lines.append((s.level, f"const {ctype} {naming.local(s.name)} = {printer.text(s.expr)};"))
            elif isinstance(s, Let):
                lines.append((s.level, f"const rv_f {naming.local(s.name)} = (rv_f){printer.text(s.expr)};"))
        return lines

    def effects(self, program: Program, printer: Printer, at: dict[str, str]) -> list[str]:
        """Return the lines that write arrays; `at` gives the index of each entry."""
        lines = []
        for s in program.statements:
            if isinstance(s, (Let, Reduce)):
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
            d = s.expr
            if (
                isinstance(s, Let)
                and isinstance(d, Draw)
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

    def events(self, program: Program, side: str) -> str:
        entries, reads, writes = self.used(program)
        printer = Printer(self.options, ("(uint32_t)own_i", "(uint32_t)own_j"))
        row, other = ("own_i", "own_j") if side == "pre" else ("own_j", "own_i")
        ends_written = any(n.startswith(("pre.", "post.")) for n in writes)
        arrays, at = [], {}
        for e in entries:
            rank = "own_i" if e.role == "pre" else "own_j" if e.role in ("post", "subtotal") else "s"
            mask = naming.mask(e.name) if e.role in ("param", "derived", "pre", "post") else ""
            at[e.name] = f"{rank} & {mask}" if mask else rank
            load = ""
            if e.name in reads and e.role != "table":
                on_row = e.role == side and not ends_written
                load = "call" if e.role in ("param", "derived") else "row" if on_row else "element"
            arrays.append(
                ArrayView(
                    index=self.index[e.name],
                    type=self.ctype(e),
                    local=naming.local(e.name),
                    pointer=naming.pointer(e.name),
                    const="" if e.name in writes else "const ",
                    load=load,
                    at=at[e.name],
                    mask=mask,
                    restrict="" if self.ir.same_ends and ends_written and e.role in ("pre", "post") else "restrict",
                )
            )
        lets = self.lets(program, printer)
        effects = self.effects(program, printer, at)
        self.functions |= printer.functions
        number = self._events[side]
        self._events[side] += 1
        forms = [
            EventForm(f"rv_{side}{number}_{letter}{width}", letter == "u", f"uint{width}_t", CACHE_LINE * 8 // width)
            for letter in "ug"
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
                "effects": effects,
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
    text = resources.files("ranvier.templates").joinpath("rv_abi.h").read_text()
    return "\n".join(line for line in text.splitlines() if not line.startswith("#include"))


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
