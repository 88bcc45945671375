"""Parameters that nothing reads: a name misspelled, or a flag that has no effect."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable

from ranvier.compiler import RanvierWarning

from ..groups.population import Population
from ..objects import Objects
from ..problems import nearest

_WORD = re.compile(r"[A-Za-z_]\w*")
#: Names that tools other than equations read: positions, and settings of methods.
_READ_ELSEWHERE = frozenset({"x", "y", "z", "w", "delay", "refractory", "rtol", "atol"})


def warn_unread(objects: Objects, told: set[str]) -> None:
    """Issue a RanvierWarning, W202, for each parameter of a population that nothing has read when it first runs.

    Equations and code of the neuron and of all synapses count, texts assigned to attributes, connection texts,
    monitors, links, and reads from Python. What a comment names counts as read.

    Parameters
    ----------
    objects : Objects
    told : set of str
        Names of populations that were looked at before; the new ones are added.
    """
    new = [p for p in objects.populations if f"unread {p.name}" not in told and p.neuron_type is not None]
    if not new:
        return
    told.update(f"unread {p.name}" for p in new)
    around = _words_around(objects)
    for population in new:
        own = _words_of(population)
        declared = _declared(population)
        read = own | around | population._heard
        for name in sorted(declared - read - _READ_ELSEWHERE):
            if {f"{name}_pre", f"{name}_post"} & around:
                continue
            hint = nearest(name, sorted(own - declared - {name}))
            hint = f"; {hint}" if hint.startswith("did you mean") else ""
            message = (
                f"[W202] population '{population.name}': nothing reads the parameter '{name}' of its neuron "
                f"'{population.neuron_type.name if population.neuron_type else ''}', so its value has no effect{hint}"
            )
            warnings.warn(message, RanvierWarning, stacklevel=5)


def _words_of(population: Population) -> set[str]:
    """Return the words in the texts of a neuron, but for what the lines of parameters declare."""
    assert population.neuron_type is not None
    found: set[str] = set()
    for source in population.neuron_type.text.sources:
        text = source.text
        if source.role == "parameters":
            text = "\n".join(line.partition("=")[2] for line in re.split(r"[\n;]", text))
        found.update(_WORD.findall(text))
    return found


def _declared(population: Population) -> set[str]:
    """Return the parameters that stand in `parameters=`."""
    assert population.neuron_type is not None
    text = population.neuron_type.text
    names = {name for name, *_ in text.given}
    for source in text.sources:
        if source.role == "parameters":
            for line in re.split(r"[\n;]", source.text):
                word = _WORD.match(line.strip())
                if word and re.match(r"\s*[=:]", line.strip()[word.end() :]):
                    names.add(word.group())
    return names & set(population._table.names())


def _words_around(objects: Objects) -> set[str]:
    """Return the words of everything around the populations that may read them."""
    texts: list[str] = []
    for projection in objects.projections:
        texts += [source.text for source in projection.synapse_type.text.sources]
    for population in objects.populations:
        texts += [code.text for code in population._codes]
    found = {word for text in texts for word in _WORD.findall(text)}
    found |= {name for monitor in objects.monitors for name in monitor.variables}
    return found | _linked(objects.populations)


def _linked(populations: Iterable[Population]) -> set[str]:
    return {link.name for population in populations for link in population._links.values()}
