"""A kernel file in the making: names, types and statements of its programs as C text, and the templates."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from importlib import resources
from typing import TYPE_CHECKING

from . import naming
from .cexpr import Printer
from .ir import Accumulate, Draw, Entry, KernelIR, Let, Program, Reduce, Ref, Repeat, Store, parts, walk
from .options import CompileOptions
from .views import CarriedView

if TYPE_CHECKING:
    import jinja2

#: Roles of entries that the index mask applies to: equal for all elements, or one value each.
MASKED = frozenset({"param", "derived", "matrix", "propagator"})


class KernelFile:
    """One C file: `functions` collects the library functions that its programs call, `symbols` its entry points."""

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
        return template("repeat").render(view=view).splitlines()

    def effects(self, program: Program, printer: Printer, at: dict[str, str]) -> list[str]:
        """Return the lines that write arrays; `at` gives the index of each entry."""
        lines = []
        for s in program.statements:
            if isinstance(s, (Let, Reduce, Repeat)):
                continue
            op = "=" if isinstance(s, Store) else "+=" if s.sign > 0 else "-="
            lines.append(f"{naming.pointer(s.name)}[{at[s.name]}] {op} {printer.text(s.expr)};")
        return lines

    def number(self, kind: str) -> int:
        """Return how many programs of a kind came before."""
        self._numbers[kind] = self._numbers.get(kind, -1) + 1
        return self._numbers[kind]


def is_masked(e: Entry) -> bool:
    """Tell whether an entry of a population may be one block of equal values."""
    return e.role in MASKED or e.shared


def header(name: str) -> str:
    """Return a header of the templates folder."""
    return resources.files("ranvier.templates").joinpath(name).read_text()


@functools.cache
def _environment() -> jinja2.Environment:
    import jinja2

    def load(name: str) -> str:
        return resources.files("ranvier.templates").joinpath(name).read_text()

    return jinja2.Environment(
        loader=jinja2.FunctionLoader(load), undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def template(name: str) -> jinja2.Template:
    """Return a template by its name without ending."""
    return _environment().get_template(f"{name}.c.j2")
