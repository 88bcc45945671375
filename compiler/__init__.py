"""The compiler: text in, shared object out. Pure; knows nothing of networks or numpy.

Names are loaded when they are first used: a warm start needs the parser and the cache, not sympy and jinja2.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .connect import Generator as Generator
    from .connect import Line as Line
    from .connect import generator as generator
    from .connect import resolve_connect as resolve_connect
    from .dimensions import value_dimension as value_dimension
    from .ends import INDEX as INDEX
    from .ends import seen_as_end as seen_as_end
    from .errors import BuildError as BuildError
    from .errors import InternalError as InternalError
    from .errors import ModelError as ModelError
    from .errors import RanvierError as RanvierError
    from .errors import RanvierWarning as RanvierWarning
    from .errors import ValueProblem as ValueProblem
    from .ir import Entry as Entry
    from .ir import KernelIR as KernelIR
    from .ir import Program as Program
    from .ir import uses as uses
    from .latex import latex_lines as latex_lines
    from .latex import latex_model as latex_model
    from .latex import latex_name as latex_name
    from .methods import METHODS as METHODS
    from .model import Model as Model
    from .model import Symbol as Symbol
    from .names import is_reserved as is_reserved
    from .options import CompileOptions as CompileOptions
    from .origin import fingerprint as fingerprint
    from .origin import provenance as provenance
    from .pipeline import Compiled as Compiled
    from .pipeline import compile_many as compile_many
    from .pipeline import compile_model as compile_model
    from .pipeline import lower_model as lower_model
    from .readouts import is_event_driven as is_event_driven
    from .readouts import is_read_out as is_read_out
    from .readouts import readout as readout
    from .registered import Registered as Registered
    from .report import AttributeInfo as AttributeInfo
    from .report import coherent_unit as coherent_unit
    from .report import describe as describe
    from .report import table as table
    from .resolve import SynapseBinding as SynapseBinding
    from .resolve import resolve_neuron as resolve_neuron
    from .resolve import resolve_synapse as resolve_synapse
    from .source import Source as Source
    from .source import Span as Span
    from .syntax import parse as parse
    from .syntax import parse_expression as parse_expression
    from .traces import Side as Side
    from .traces import find_traces as find_traces
    from .tree import SyntaxTree as SyntaxTree
    from .units import parse_quantity as parse_quantity

_HOMES = {
    "connect": ("Generator", "Line", "generator", "resolve_connect"),
    "dimensions": ("value_dimension",),
    "ends": ("INDEX", "seen_as_end"),
    "errors": ("BuildError", "InternalError", "ModelError", "RanvierError", "RanvierWarning", "ValueProblem"),
    "ir": ("Entry", "KernelIR", "Program", "uses"),
    "latex": ("latex_lines", "latex_model", "latex_name"),
    "methods": ("METHODS",),
    "model": ("Model", "Symbol"),
    "names": ("is_reserved",),
    "options": ("CompileOptions",),
    "origin": ("fingerprint", "provenance"),
    "pipeline": ("Compiled", "compile_many", "compile_model", "lower_model"),
    "readouts": ("is_event_driven", "is_read_out", "readout"),
    "registered": ("Registered",),
    "report": ("AttributeInfo", "coherent_unit", "describe", "table"),
    "resolve": ("SynapseBinding", "resolve_neuron", "resolve_synapse"),
    "source": ("Source", "Span"),
    "syntax": ("parse", "parse_expression"),
    "traces": ("Side", "find_traces"),
    "tree": ("SyntaxTree",),
    "units": ("parse_quantity",),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME_OF])
