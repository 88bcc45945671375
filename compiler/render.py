"""IR to C text: fills the views that the templates print.

All decisions are taken here and in `render_neuron` and `render_synapse` (which array is a scalar, where a value is
read, which draws are made in blocks); the templates only loop and print. The result is deterministic: equal IR and
options, equal text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from . import mathsource, naming
from .ir import KernelIR, Program
from .options import CompileOptions
from .printing import KernelFile, header, template
from .registered import Registered
from .render_neuron import population, reset, step
from .render_step import fold_view
from .render_synapse import dense, elements, events, pairs, traces
from .sums import summing_side
from .views import FunctionView

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


def render(ir: KernelIR, options: CompileOptions, title: str = "kernel") -> RenderedC:
    """Return the C file of a model."""
    file = KernelFile(ir, options)
    bodies = [_program(file, p) for p in ir.programs]
    helpers = [template("scan").render()] if any(e.name == "@mask" for e in ir.layout) else []
    if any(p.name.startswith("reduce:") for p in ir.programs):
        helpers.append(template("fold").render(view=fold_view(ir)))
    if any(p.name.startswith("sum:") for p in ir.programs):
        helpers.append(header("rv_sum.h"))
    prelude = template("prelude").render(
        view={
            "title": title,
            "real": file.real,
            "integer": file.integer,
            "abi": _abi(),
            "math": mathsource.chunks(sorted(file.functions | _called(ir)), options.precision),
            "functions": [_function(f) for f in ir.functions],
        }
    )
    text = "\n".join([prelude, *helpers, *bodies])
    return RenderedC("\n".join(line.rstrip() for line in text.splitlines()) + "\n", tuple(file.symbols))


def _program(file: KernelFile, program: Program) -> str:
    """Return the C text of one program."""
    kind = program.name.partition(":")[0]
    if kind in ("pre", "post"):
        return events(file, program, kind, f"rv_{kind}{file.number(kind)}")
    if kind == "lifted":
        side = program.name.split(":")[1]
        return events(file, program, side, f"rv_{side}{file.number(f'lifted {side}')}", lifted=True)
    if kind == "trace":
        side = program.name.split(":")[1]
        return traces(file, program, side, f"rv_trace_{side}{file.number(f'trace {side}')}", listed=True)
    if kind == "now":
        side = program.name.split(":")[1]
        whole = traces(file, program, side, f"rv_now_{side}", listed=False)
        return whole + traces(file, program, side, f"rv_some_{side}", listed=True)
    if kind == "sum":
        name = f"rv_sum{file.number(kind)}"
        side = summing_side(program.name.split(":", 3)[3])
        return events(file, program, side, name) + (dense(file, program, name) if side == "post" else "")
    if kind == "connect":
        return pairs(file, program)
    if kind == "step":
        name = f"rv_step{file.number(kind)}"
        local = program.name.endswith(":local")
        if not local:
            return elements(file, program, name)
        return events(file, program, "pre", name) + dense(file, program, name)
    if kind == "reset":
        return reset(file, program, "rv_reset")
    if kind == "event":
        return reset(file, program, f"rv_event{file.number('event')}")
    if kind in ("reduce", "shared"):
        return step(file, program, kind)
    names = {"update": ("rv_update_uniform", "rv_update_general")}.get(kind, (f"rv_{kind}",))
    return population(file, program, names)


def _function(function: Registered) -> FunctionView:
    params = ", ".join(f"const double {p}" for p in function.params) or "void"
    body = (function.c or "").strip()
    return FunctionView(naming.function(function.op), params, body if _RETURN.search(body) else f"return {body};")


def _called(ir: KernelIR) -> set[str]:
    """Return the library functions that registered functions call by their C names."""
    words = {word for f in ir.functions for word in _LIBRARY_NAME.findall(f.c or "")}
    return words & set(mathsource.names())


def _abi() -> str:
    """Return the interface header without its include (the prelude has it)."""
    text = header("rv_abi.h")
    return "\n".join(line for line in text.splitlines() if not line.startswith("#include"))
