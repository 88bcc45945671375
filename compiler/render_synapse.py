"""Programs over synapses as C text: event code, statements of every step, sums, dense forms, pairs of neurons."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from . import naming
from .cexpr import Printer
from .ir import Accumulate, Draw, Entry, Let, Program, Ref, Repeat, parts, walk
from .printing import KernelFile, template
from .render_dense import dense_level, dense_place, let_levels
from .views import ArrayView, EventForm

#: Roles that the index mask applies to in code over synapses.
_MASKED_EVENTS = frozenset({"param", "derived", "pre", "post", "semi"})
#: Roles of entries with one value per postsynaptic neuron.
_BY_POST = frozenset({"post", "semi", "subtotal", "total"})
CACHE_LINE = 64


def elements(file: KernelFile, program: Program, name: str) -> str:
    """Return the text of statements with one value per postsynaptic neuron, or one for the projection."""
    entries, reads, writes = file.used(program)
    printer = Printer(file.options, ("0", "(uint32_t)own_j"))
    arrays = [_synaptic_array(file, e, reads, writes, "") for e in entries]
    body = [line for _, line in file.lets(program, printer)]
    effects = file.effects(program, printer, {e.name: _place(e) for e in entries})
    file.functions |= printer.functions
    file.symbols.append(name)
    return template("elements").render(view={"name": name, "arrays": arrays, "body": body, "effects": effects})


def pairs(file: KernelFile, program: Program) -> str:
    """Return the text of what is decided about pairs of neurons."""
    entries, reads, writes = file.used(program)
    printer = Printer(file.options, ("(uint32_t)own_i", "(uint32_t)own_j"))
    arrays = []
    for e in entries:
        array = _synaptic_array(file, e, reads, writes, "pre")
        one_per_pair = e.role == "param" and not e.shared
        arrays.append(replace(array, load="element", at="s", mask="") if one_per_pair else array)
    lets = file.lets(program, printer)
    file.symbols.append("rv_connect")
    view = {"name": "rv_connect", "arrays": arrays}
    view |= {level: [line for at, line in lets if at == level] for level in ("call", "row", "element")}
    view["effects"] = file.effects(program, printer, {e.name: _place(e) for e in entries})
    file.functions |= printer.functions
    return template("connect").render(view=view)


def dense(file: KernelFile, program: Program, name: str) -> str:
    """Return the form without index arrays; models with events are never stored so."""
    if any(p.name.startswith(("pre:", "post:")) for p in file.ir.programs):
        return ""
    entries, reads, writes = file.used(program)
    late = any(e.role == "late" for e in entries)
    if late:
        entries = [e for e in file.ir.layout if e in entries or e.name in ("@delay", "@rows")]
        reads = reads | {"@delay"}
    printer = Printer(file.options, ("(uint32_t)own_i", "(uint32_t)own_j"))
    arrays = [
        replace(
            _synaptic_array(file, e, reads, writes, ""),
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
        lines[own] += [line for _, line in file.lets(Program(program.name, (s,)), printer)]
    if late:
        lines["call"].insert(0, f"const int64_t late_row = {naming.pointer('@rows')}[{naming.local('@delay')}];")
    before: list[str] = []
    after: list[str] = []
    effects = file.effects(program, printer, {e.name: dense_place(e) for e in entries})
    adding: dict[str, str] = {}
    if program.name.startswith("sum:"):
        before, effects, after = _summing(file, program, printer)
        adding = _adding(program, printer)
    file.functions |= printer.functions
    file.symbols.append(f"{name}_d")
    view = {"name": f"{name}_d", "arrays": arrays, **lines, **adding}
    return template("dense_sum" if adding else "dense").render(
        view={**view, "before": before, "effects": effects, "after": after}
    )


def events(file: KernelFile, program: Program, side: str, name: str, lifted: bool = False) -> str:
    """Return the forms of a program that goes through the synapses of some neurons, row by row.

    With `lifted` traces, the parameters of these are equal for all synapses, too.
    """
    entries, reads, writes = file.used(program)
    if any(e.role == "late" for e in entries):
        reads |= {"@delay", "@rows"}
        entries = [e for e in file.ir.layout if e in entries or e.name in ("@delay", "@rows")]
    drawing = any(isinstance(e, Draw) for s in program.statements for x in parts(s) for e in walk(x))
    if drawing:
        reads.add("@multapse")
        entries = [e for e in file.ir.layout if e in entries or e.name == "@multapse"]
    mixed = naming.local("@multapse") if drawing else ""
    printer = Printer(file.options, ("(uint32_t)own_i", "(uint32_t)own_j"), mixed=mixed)
    row, other = ("own_i", "own_j") if side == "pre" else ("own_j", "own_i")
    summing = program.name.startswith("sum:")
    arrays = [_synaptic_array(file, e, reads, writes, side, lifted) for e in entries]
    lets = file.lets(program, printer)
    before, effects, after = (
        _summing(file, program, printer, row, other)
        if summing
        else ([], file.effects(program, printer, {e.name: _place(e, lifted) for e in entries}), [])
    )
    file.functions |= printer.functions
    # a second pathway may have delays of its own: its order of the synapses is not that of the storage
    orders = (True,) if side == "post" or summing else (False, True) if re.match(r"rv_pre[1-9]", name) else (False,)
    # where each synapse advances traces of its own, one form for both kinds of indices: they are the least of its work
    kept = any(e.role in ("pretrace", "posttrace") for e in file.ir.layout)
    either = kept and not lifted and program.name.startswith(("pre:", "post:"))
    forms = [
        EventForm(
            f"{name}_{letter}{'o' if ordered and side == 'pre' and not summing else ''}{width or ''}",
            letter in "ul",
            letter != "g",
            f"uint{width}_t" if width else "",
            CACHE_LINE * 8 // width if width else CACHE_LINE,
            ordered,
        )
        for letter in ("lk" if lifted else "ug")
        for ordered in orders
        for width in ((0,) if either else (16, 32))
    ]
    levels = ("call", "row", "element")
    view: dict[str, Any] = {level: [line for at, line in lets if at == level] for level in levels}
    view |= {"forms": forms, "arrays": arrays, "before": before, "effects": effects, "after": after, "side": side}
    view |= {"row_rank": row, "other_rank": other}
    file.symbols += [f.name for f in forms]
    text = template("events").render(view=view)
    if not drawing and kept == lifted and _synapses_are_independent(file, program, side):
        file.symbols.append(f"{name}_d")
        view["alike"] = _alike(file, program, side, view)
        text += template("rows").render(view={**view, "name": f"{name}_d", "each": None})
        masked = [a for a in arrays if a.load == "call" and a.mask]
        if side == "pre" and len(masked) == 1 and not kept:
            file.symbols.append(f"{name}_e")
            text += template("rows").render(
                view={**_each(view, arrays, masked[0]), "name": f"{name}_e", "uniform": f"{name}_d"}
            )
    if program.name.startswith("sum:"):
        text += _neighbours(file, program, printer, view, name)
    return text


def _neighbours(file: KernelFile, program: Program, printer: Printer, view: dict[str, Any], name: str) -> str:
    """Return the forms of sums over one synapse per neuron, where both ends follow those of the one before."""
    (one,) = (s for s in program.statements if isinstance(s, Accumulate))
    forms = [EventForm(f"{name}_n{letter}", letter == "u", letter == "u", "", 0, True) for letter in "gu"]
    file.symbols += [form.name for form in forms]
    result = f"{naming.pointer(one.name)}[{view['row_rank']}] = {printer.text(one.expr)};"
    return template("neighbours").render(view={**view, "forms": forms, "result": result})


def _each(view: dict[str, Any], arrays: list[ArrayView], each: ArrayView) -> dict[str, Any]:
    """Return the inputs of rows of neighbours whose parameter `each` differs from synapse to synapse."""
    read = [replace(a, load="element", at="s") if a is each else a for a in arrays]
    lines = view["call"] + view["row"] + view["element"]
    return {**view, "arrays": read, "call": [], "row": [], "element": lines, "each": each, "alike": []}


def _alike(file: KernelFile, program: Program, side: str, view: dict[str, Any]) -> list[str]:
    """Return the subtotals to which all synapses of a neuron add the same, nothing where they may add or do other."""
    roles = {e.name: e for e in file.ir.layout}
    written = [roles[s.name] for s in program.statements if not isinstance(s, Let)]
    ranked = any(isinstance(e, Ref) and e.name == "@j" for s in program.statements for x in parts(s) for e in walk(x))
    read = any(a.load == "element" for a in view["arrays"])
    if side != "pre" or ranked or read or view["element"] or any(e.role != "subtotal" or e.shared for e in written):
        return []
    return [naming.pointer(e.name) for e in dict.fromkeys(written)]


def _synapses_are_independent(file: KernelFile, program: Program, side: str) -> bool:
    """Tell whether no synapse of a neuron sees what another one writes, if each has an other neuron at its far end."""
    if not program.name.startswith(("pre:", "post:", "lifted:")):
        return False
    roles = {e.name: e for e in file.ir.layout}
    for s in program.statements:
        if isinstance(s, Repeat):
            return False
        if isinstance(s, Let):
            continue
        e = roles[s.name]
        own = e.role in ("state", "lastupdate") and not e.shared
        far = e.role in (("subtotal", "semi", "post") if side == "pre" else ("pre",))
        if not own and not (far and not (file.ir.same_ends and e.role in ("pre", "post"))):
            return False
        if e.role in ("pre", "post") and e.shared:
            return False
    return True


def traces(file: KernelFile, program: Program, side: str, name: str, listed: bool) -> str:
    """Return code for values with one per neuron of a side: of all neurons, or of those that are `listed`."""
    entries, reads, writes = file.used(program)
    printer = Printer(file.options, ("(uint32_t)own_i", "(uint32_t)own_j"))
    lets = file.lets(program, printer)
    effects = file.effects(program, printer, {e.name: _place(e, True) for e in entries})
    if not effects:
        return ""
    file.functions |= printer.functions
    file.symbols.append(name)
    view = {
        "name": name,
        "listed": listed,
        "rank": "own_i" if side == "pre" else "own_j",
        "arrays": [_synaptic_array(file, e, reads, writes, side, True) for e in entries],
        "call": [line for level, line in lets if level == "call"],
        "lines": [line for level, line in lets if level != "call"],
        "effects": effects,
    }
    return template("traces").render(view=view)


def _place(e: Entry, lifted: bool = False) -> str:
    """Return where code over synapses finds the value of an entry."""
    match e.role:
        case "pretrace" | "prenow" if lifted:
            return "own_i"
        case "posttrace" | "postnow" if lifted:
            return "own_j"
        case "late":
            return f"{naming.pointer('@rows')}[{naming.local('@delay')}] + own_i"
        case "reduced":
            return "0"
        case "state" if e.shared:
            return "0"
    rank = "own_i" if e.role == "pre" else "own_j" if e.role in _BY_POST else "s"
    return f"{rank} & {naming.mask(e.name)}" if e.role in _MASKED_EVENTS else rank


def _synaptic_array(
    file: KernelFile, e: Entry, reads: set[str], writes: set[str], side: str, lifted: bool = False
) -> ArrayView:
    """Return an array of code over synapses."""
    ends_written = any(n.startswith(("pre.", "post.")) for n in writes)
    load = ""
    if e.name in reads and e.role not in ("table", "rows"):
        on_row = (e.role == side and not ends_written) or (lifted and e.role == f"{side}trace")
        load = "call" if e.role in ("param", "derived", "reduced") else "row" if on_row else "element"
        if lifted and e.role == "param" and not (e.shared or e.name == "@learning" or e.name in _of_traces(file)):
            load = "value"
    return ArrayView(
        index=file.index[e.name],
        type=file.ctype(e),
        local=naming.local(e.name),
        pointer=naming.pointer(e.name),
        const="" if e.name in writes else "const ",
        load=load,
        at=_place(e, lifted),
        mask=naming.mask(e.name) if e.role in _MASKED_EVENTS else "",
        restrict="" if file.ir.same_ends and ends_written and e.role in ("pre", "post") else "restrict",
    )


def _of_traces(file: KernelFile) -> frozenset[str]:
    """Return the parameters that traces depend on: equal for all synapses where they are lifted."""
    return frozenset(d for e in file.ir.layout if e.role in ("pretrace", "posttrace") for d in e.deps)


def _summing(
    file: KernelFile, program: Program, printer: Printer, row: str = "own_j", other: str = "own_i"
) -> tuple[list[str], list[str], list[str]]:
    """Return the lines before, for each and after the synapses of a neuron that combine their terms."""
    if adding := _adding(program, printer, row):
        result = f"{adding['target']} = rv_sum_end(&total){adding['count']};"
        return ["rv_sum total;", "rv_sum_start(&total);"], [f"rv_sum_add(&total, {other}, {adding['term']});"], [result]
    operation, term = program.name.split(":")[2], _term(program)
    worst = "__builtin_inf()" if operation == "min" else "-__builtin_inf()"
    best = f"best = rv_f{operation}(best, {printer.text(term.expr)});"
    return [f"rv_f best = (rv_f){worst};"], [best], [f"{naming.pointer(term.name)}[{row}] = best;"]


def _adding(program: Program, printer: Printer, row: str = "own_j") -> dict[str, str]:
    """Return what is added up and where it goes, nothing where the synapses of a neuron are combined otherwise."""
    operation, term = program.name.split(":")[2], _term(program)
    if operation not in ("sum", "mean"):
        return {}
    count = " / (rv_f)(last - first)" if operation == "mean" else ""
    return {"term": printer.text(term.expr), "target": f"{naming.pointer(term.name)}[{row}]", "count": count}


def _term(program: Program) -> Accumulate:
    (term,) = (s for s in program.statements if isinstance(s, Accumulate))
    return term
