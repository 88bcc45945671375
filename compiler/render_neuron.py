"""Programs over neurons as C text: `update` and its like, code at spikes and events, what happens once per step."""

from __future__ import annotations

from . import naming
from .cexpr import Printer
from .first_round import DONE, first_round
from .ir import Draw, Entry, Let, Program, Store
from .printing import KernelFile, is_masked, template
from .render_draws import block_draws, block_functions, comparisons, draw_view
from .render_step import reduce_view, shared_view
from .views import ArrayView, Form


def population(file: KernelFile, program: Program, names: tuple[str, ...]) -> str:
    """Return the forms of a program that goes through all neurons; `names` are their entry points."""
    entries, reads, writes = file.used(program)
    draws = block_draws(file, program)
    compared = comparisons(file, program, draws)
    buffered = {let.expr.occurrence: let.name for let in draws if isinstance(let.expr, Draw)}
    known = {id(compared[n].node): f"{naming.decided(k)}[q]" for k, n in buffered.items() if n in compared}
    counter = ("(uint32_t)own_i", "0")
    printer = Printer(file.options, counter, buffered.keys(), known=known)
    conditions = Printer(file.options, counter)
    gone = {name for c in compared.values() for name in c.through}
    left = tuple(s for s in program.statements if not (isinstance(s, Let) and s.name in gone))
    body = [line for _, line in file.lets(Program(program.name, left), printer, buffered)]
    at = {e.name: "q" for e in entries}
    effects = file.effects(program, printer, at)
    heard = [e for e in entries if e.role == "input" and program.name == "update"]
    effects += [f"{naming.pointer(e.name)}[q] = 0;" for e in heard]
    once = None
    rounds = first_round(Program(program.name, left))
    if rounds is not None:
        lines = [line for _, line in file.lets(rounds, printer, buffered)]
        writes_once = file.effects(rounds, printer, at)
        for e in heard:
            kept = naming.local(e.name) if e.name in reads else "0"
            writes_once.append(f"{naming.pointer(e.name)}[q] = {naming.local(DONE)} ? 0 : {kept};")
        once = {"body": lines, "effects": [*writes_once, f"done[q] = {naming.local(DONE)};"]}
    forms = []
    for k, name in enumerate(names):
        # only `update` has a form in which every masked entry is a scalar; all other programs are general
        scalar = len(names) == 2 and k == 0
        general = not scalar
        arrays = [
            _population_array(file, e, reads, writes, general) for e in entries if not (scalar and is_masked(e))
        ]
        scalars = [_population_array(file, e, reads, writes, False) for e in entries if scalar and is_masked(e)]
        forms.append(Form(name, k, tuple(scalars), tuple(arrays), general or bool(draws or once)))
        file.symbols.append(name)
    inputs = [(f.scalars, f.arrays) for f in forms]
    views = [draw_view(file, let, compared.get(let.name), conditions, inputs) for let in draws]
    file.functions |= printer.functions | conditions.functions | block_functions(file, draws, compared)
    only = left[0].expr if len(left) == 1 and isinstance(left[0], Store) and left[0].name == "@mask" else None
    return template("population").render(
        view={
            "forms": forms,
            "body": body,
            "effects": effects,
            "once": once,
            "draws": views,
            "listed": id(only) in known,
            "scan": file.index.get("@mask") if program.name == "update" and "@mask" in writes else None,
        }
    )


def step(file: KernelFile, program: Program, kind: str) -> str:
    """Return the C text of a program that computes values of the step."""
    entries, reads, writes = file.used(program)
    printer = Printer(file.options, ("(uint32_t)own_i", "0") if kind == "reduce" else ("0", "0"))
    body = [line for _, line in file.lets(program, printer)]
    arrays = [_population_array(file, e, reads, writes, True) for e in entries]
    name = f"rv_{program.name.replace(':', '')}"
    if kind == "reduce":
        view = reduce_view(program, name, arrays, body, printer, file.index)
    else:
        view = shared_view(program, arrays, body, printer, file.ctype, file.ir)
    file.functions |= printer.functions
    file.symbols.append(name)
    return template(kind).render(view=view)


def reset(file: KernelFile, program: Program, name: str) -> str:
    """Return a program that goes through a list of neurons: those that spiked, or had an event."""
    entries, reads, writes = file.used(program)
    printer = Printer(file.options, ("(uint32_t)own_i", "0"))
    arrays = []
    for e in entries:
        masked = is_masked(e)
        arrays.append(
            ArrayView(
                index=file.index[e.name],
                type=file.ctype(e),
                local=naming.local(e.name),
                pointer=naming.pointer(e.name),
                const="" if e.name in writes else "const ",
                load="element" if e.name in reads and e.role != "table" else "",
                mask=naming.mask(e.name) if masked else "",
            )
        )
    body = [line for _, line in file.lets(program, printer)]
    at = {e.name: f"own_i & {naming.mask(e.name)}" if is_masked(e) else "own_i" for e in entries}
    effects = file.effects(program, printer, at)
    shared = [naming.pointer(e.name) for e in entries if e.shared and e.name in writes]
    file.functions |= printer.functions
    file.symbols.append(name)
    view = {"name": name, "arrays": arrays, "body": body, "effects": effects, "shared": shared}
    return template("reset").render(view=view)


def _population_array(file: KernelFile, e: Entry, reads: set[str], writes: set[str], general: bool) -> ArrayView:
    masked = is_masked(e)
    return ArrayView(
        index=file.index[e.name],
        type=file.ctype(e),
        local=naming.local(e.name),
        pointer=naming.pointer(e.name),
        const="" if e.name in writes else "const ",
        load="element" if e.name in reads and e.role != "table" else "",
        offset=""
        if e.role == "table"
        else f" + (first & mask[{file.index[e.name]}])"
        if masked and general
        else " + first",
    )
