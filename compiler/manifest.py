"""What the cache keeps of a compiled model, so that a warm start needs neither sympy nor jinja2."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from .ir import DrawInfo, Entry, KernelIR, LinearBlock, Program, Uses, uses


@dataclass(frozen=True, slots=True)
class Manifest:
    """Result of the stages before the C compiler.

    `kernel` has the layout, blocks and draws; its programs have names and uses but no statements. `methods` holds
    (variable, method, reason) of each equation; `c_text` is the whole C file, so that another C compiler (or a
    library lost from the cache) needs no code generation.
    """

    kernel: KernelIR
    methods: tuple[tuple[str, str, str], ...]
    c_text: str

    def to_json(self) -> dict[str, Any]:
        """Return the manifest as plain lists, dicts, strings and numbers."""
        return {
            "kernel": asdict(skeleton(self.kernel)),
            "methods": [list(m) for m in self.methods],
            "c_text": self.c_text,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Manifest:
        """Return the manifest that `to_json` wrote."""
        k = data["kernel"]
        kernel = KernelIR(
            kind=k["kind"],
            layout=tuple(Entry(**{**e, "deps": tuple(e["deps"])}) for e in k["layout"]),
            programs=tuple(Program(p["name"], (), _uses(p["uses"])) for p in k["programs"]),
            blocks=tuple(LinearBlock(b["size"], tuple(b["a"]), tuple(b["p"]), tuple(b["q"])) for b in k["blocks"]),
            draws=tuple(DrawInfo(d["occurrence"], d["kind"], d["stream"]) for d in k["draws"]),
            same_ends=k["same_ends"],
        )
        methods = tuple((str(v), str(m), str(r)) for v, m, r in data["methods"])
        return cls(kernel, methods, data["c_text"])


def skeleton(kernel: KernelIR) -> KernelIR:
    """Return a kernel without the statements of its programs."""
    programs = tuple(Program(p.name, (), uses(p) or Uses((), ())) for p in kernel.programs)
    return KernelIR(kernel.kind, kernel.layout, programs, kernel.blocks, kernel.draws, kernel.same_ends)


def _uses(data: Mapping[str, Any]) -> Uses:
    return Uses(tuple(data["reads"]), tuple(data["writes"]))
