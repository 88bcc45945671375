"""What a result was computed with, as text: for manifests of files."""

from __future__ import annotations

import platform

from .digest import digest
from .model import Model
from .options import CompileOptions
from .signature import signature
from .store import open_store
from .toolchain import compile_flags, cpu, find_compiler


def provenance(options: CompileOptions) -> dict[str, str]:
    """Return the C compiler, its flags and the processor; without a compiler, that there is none."""
    compiler = find_compiler(open_store())
    found = {"machine": platform.machine(), "processor": cpu().identity}
    if compiler is None:
        return {**found, "compiler": "none"}
    flags = compile_flags(compiler.kind, cpu(), options)
    return {**found, "compiler": " ".join((*compiler.command, f"({compiler.version})")), "flags": " ".join(flags)}


def fingerprint(model: Model) -> str:
    """Return a hash of what a model says, without comments, names of objects, and values of parameters."""
    return digest(signature(model), size=10)
