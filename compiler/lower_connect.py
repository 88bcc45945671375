"""Connection texts to IR: one program ``connect`` that computes the result of one pair of neurons."""

from __future__ import annotations

from .emit import Levels, Root, emit
from .ir import Entry, KernelIR
from .lower_synapse import CALL, SynapseLowering
from .model import Model
from .rules import UpdateRules


class _Connect(SynapseLowering):
    def run(self) -> KernelIR:
        """Return the IR: the value of the last line is stored, those before it are steps on the way."""
        (code,) = self.model.pre
        scope = self.scope()
        for s in code.statements:
            scope = scope.child({s.target: self.bounded(s.target, self.assigned(s, scope), scope)})
        result = code.statements[-1].target
        program = emit("connect", [Root("store", result, scope.values[result])], self.pair_levels())
        extra = [Entry(name, "param", "int", (), False, True) for name in ("@n_pre", "@n_post")]
        layout = self.layout([program], extra)
        return KernelIR("connect", layout, (program,), (), self.draws.infos, self.model.pre_is_post)

    def pair_levels(self) -> Levels:
        """Shared values are read once per call, those of the presynaptic neuron once per row."""
        shared = {s.name for s in self.model.symbols if s.role == "parameter" and s.locality == "shared"}
        row = {s.name for s in self.model.symbols if s.role == "attribute" and s.name.startswith("pre.")}
        return Levels(shared | set(CALL), {"@i", *row})


def lower_connect(model: Model, rules: UpdateRules) -> KernelIR:
    """Return the IR of a connection text."""
    return _Connect(model, rules).run()
