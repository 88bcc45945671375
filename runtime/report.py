"""The tables of a network, as Nordlie, Gewaltig and Plesser (2009, PLoS Comput. Biol. 5, e1000456) propose them.

The report is a list of `Section` values; printing them as Markdown or LaTeX is all that depends on the format. It holds
no times, addresses or versions: equal networks give equal texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ranvier.compiler import AttributeInfo, coherent_unit, latex_lines

from .definitions.types import Neuron, Synapse
from .groups.attributes import Attribute
from .groups.population import Population
from .objects import Objects
from .problems import ValueProblem
from .recording.recordable import group_of
from .synapses.projection import Projection
from .words import in_words

FORMATS = ("markdown", "latex")


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a header; cells are plain text."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with lines of mathematics, then a table."""

    title: str
    level: int
    equations: tuple[str, ...] = ()
    table: Table | None = None


def network_report(objects: Objects, dt: float, precision: str, format: str) -> str:
    """Return the report of a network as text."""
    return printed(sections(objects, dt, precision), format)


def model_report(model: Neuron | Synapse, format: str) -> str:
    """Return the report of one model as text: its equations, and the table of its names."""
    return printed([_model(model, 1)], format)


def sections(objects: Objects, dt: float, precision: str) -> list[Section]:
    """Return all sections of a network's report."""
    populations, projections = list(objects.populations), list(objects.projections)
    neurons = _unique(p.neuron_type for p in populations if p.neuron_type is not None)
    synapses = _unique(p.synapse_type for p in projections)
    found = [
        _summary(populations, projections, objects, dt, precision),
        Section("Populations", 1, table=_populations(populations)),
        Section("Connectivity", 1, table=_connectivity(projections)),
    ]
    for title, models in (("Neuron models", neurons), ("Synapse models", synapses)):
        found += [Section(title, 1)] * bool(models) + [_model(m, 2) for m in models]
    groups: list[Population | Projection] = [*populations, *(p for p in projections if p.connected)]
    values = [s for s in map(_values, groups) if s.table is not None and s.table.rows]
    found += [Section("Parameters and initial values", 1)] * bool(values) + values
    if objects.monitors:
        found.append(Section("Measurements", 1, table=_measurements(objects)))
    return found


def _unique(models: Iterable[Any]) -> list[Any]:
    return list({id(m): m for m in models}.values())


def _summary(
    populations: list[Population], projections: list[Projection], objects: Objects, dt: float, precision: str
) -> Section:
    inputs = [p.name for p in populations if p.neuron_type is None or not p.targets]
    plastic = [p.name for p in projections if p.connected and _is_plastic(p)]
    rows = (
        ("Populations", f"{len(populations)} with {sum(p.size for p in populations)} elements"),
        ("Connectivity", f"{len(projections)} with {sum(p.nb_synapses for p in projections if p.connected)} synapses"),
        ("Neuron models", ", ".join(n.name for n in _unique(p.neuron_type for p in populations if p.neuron_type))),
        ("Synapse models", ", ".join(s.name for s in _unique(p.synapse_type for p in projections)) or "none"),
        ("Plasticity", ", ".join(plastic) or "none"),
        ("Input", ", ".join(inputs) or "none"),
        ("Measurements", ", ".join(f"{', '.join(m.variables)} of {_target(m.object)}" for m in objects.monitors)
         or "none"),
        ("Time step", f"{dt:g} ms, {precision} precision"),
    )  # fmt: skip
    return Section("Model summary", 1, table=Table(("", ""), rows))


def _is_plastic(projection: Projection) -> bool:
    return any(s.name == "w" and s.role == "variable" for s in projection._model.symbols)


def _target(group: Any) -> str:
    return str(group_of(group).name)


def _populations(populations: list[Population]) -> Table:
    rows = tuple(
        (p.name, "spikes given in advance" if p.neuron_type is None else p.neuron_type.name, _size(p), _inputs(p))
        for p in populations
    )
    return Table(("Name", "Model", "Size", "Inputs"), rows)


def _size(population: Population) -> str:
    shape = population.geometry
    return str(population.size) if len(shape) == 1 else f"{population.size} ({' x '.join(map(str, shape))})"


def _inputs(population: Population) -> str:
    return ", ".join(population.targets) or "none"


def _connectivity(projections: list[Projection]) -> Table:
    rows = []
    for p in projections:
        rule, weights, delays = p.recipe
        weights, delays = weights.replace("default", "1"), delays.replace("default", "one step")
        count = str(p.nb_synapses) if p.connected else "0"
        ends = (_end(p.pre), _end(p.post))
        rows.append((p.name, *ends, ", ".join(p.targets) or "none", p.synapse_type.name, rule, count, weights, delays))
    header = ("Name", "Source", "Target", "Input", "Synapse", "Rule", "Synapses", "Weights", "Delays (ms)")
    return Table(header, tuple(rows))


def _end(group: Any) -> str:
    population = group.population
    if group is population:
        return str(population.name)
    ranks = [int(r) for r in group.ranks]
    if ranks and ranks == list(range(ranks[0], ranks[-1] + 1)):
        return f"{population.name}[{ranks[0]}:{ranks[-1] + 1}]"
    return f"{len(ranks)} of {population.name}"


def _model(model: Neuron | Synapse, level: int) -> Section:
    rows = tuple((a.name, a.kind, a.locality, a.unit or "-", _first(a)) for a in model.table())
    title = f"{model.name}: {model.description.rstrip('.')}" if model.description else model.name
    return Section(title, level, tuple(latex_lines(model.tree)), Table(_MODEL_HEADER, rows) if rows else None)


def _first(info: AttributeInfo) -> str:
    return info.value or ("0" if info.kind == "variable" else "-")


_MODEL_HEADER = ("Name", "Kind", "Locality", "Unit", "Default or first value")


def _values(group: Population | Projection) -> Section:
    rows = tuple((a.name, _value(a), _unit(a)) for a in group._table if a.role != "input")
    return Section(group.name, 2, table=Table(("Name", "Value", "Unit"), rows))


def _unit(attribute: Attribute) -> str:
    if attribute.scale != 1.0:  # only rates are kept in another unit than the coherent one
        return "Hz"
    return coherent_unit(attribute.dimension) or "-"


def _value(attribute: Attribute) -> str:
    """Return one value, or the range of several."""
    values = attribute.values()
    if values.size == 0:
        return "-"
    low, high = float(np.min(values)), float(np.max(values))
    return f"{low:.6g}" if low == high else f"{low:.6g} to {high:.6g} (mean {float(np.mean(values)):.6g})"


def _measurements(objects: Objects) -> Table:
    rows = tuple((m.name, _target(m.object), ", ".join(m.variables), in_words(m.period)) for m in objects.monitors)
    return Table(("Name", "Of", "Variables", "Period (ms)"), rows)


# -- printing ---------------------------------------------------------------------------------------------------------


def printed(found: list[Section], format: str) -> str:
    """Return sections as Markdown or LaTeX."""
    if format not in FORMATS:
        raise ValueProblem(f"A report is made as 'markdown' or 'latex', not as {format!r}.")
    show = _markdown if format == "markdown" else _latex
    return "\n".join(show(section) for section in found)


def _markdown(section: Section) -> str:
    lines = [f"{'#' * (section.level + 1)} {section.title}", ""]
    if section.equations:
        lines += ["$$", "\\begin{aligned}", " \\\\\n".join(section.equations), "\\end{aligned}", "$$", ""]
    if section.table is not None:
        rows = [section.table.header, ("---",) * len(section.table.header), *section.table.rows]
        lines += ["| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in row) + " |" for row in rows]
        lines.append("")
    return "\n".join(lines)


_SPECIAL = re.compile(r"([\\{}&%$#_^~])")
_ESCAPED = {"\\": r"\textbackslash{}", "^": r"\^{}", "~": r"\~{}"}


def _escaped(text: str) -> str:
    return _SPECIAL.sub(lambda m: _ESCAPED.get(m[0], "\\" + m[0]), " ".join(text.split()))


def _latex(section: Section) -> str:
    heading = "section" if section.level == 1 else "subsection"
    lines = [f"\\{heading}*{{{_escaped(section.title)}}}"]
    if section.equations:
        lines += ["\\begin{align*}", " \\\\\n".join(section.equations), "\\end{align*}"]
    if section.table is not None:
        header, rows = section.table.header, section.table.rows
        lines += [f"\\begin{{tabular}}{{{'l' * len(header)}}}", "\\hline"]
        for row in ([header] if any(header) else []) + list(rows):
            lines.append(" & ".join(map(_escaped, row)) + r" \\")
        lines += ["\\hline", "\\end{tabular}"]
    return "\n".join(lines) + "\n"
