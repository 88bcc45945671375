"""What the language allows and this version does not run yet: every such refusal is made here.

A feature that is implemented loses its line. Nothing that a text asks for is ever ignored silently.
"""

from __future__ import annotations

from .errors import Diagnostic
from .source import Span

CODE = "E404"

_FEATURES = {
    "psp": ("continuous transmission (psp)", "spiking synapses use pre_spike"),
    "summed": ("a summed variable", "use 'g_target += ...' in pre_spike"),
    "reduction": ("a function over a whole population", ""),
    "sum_all": ("'sum()' over all targets", "name the target: 'sum(exc)'"),
    "event": ("a custom event", "only 'spike' and 'reset' so far"),
    "axon_spike": ("an axonal spike", ""),
    "pre_axon_spike": ("code at axonal spikes", ""),
    "pruning": ("structural plasticity (pruning)", ""),
    "creating": ("structural plasticity (creating)", ""),
    "pathways": ("more than one pathway", "use one projection per pathway"),
    "clock_driven": ("a synaptic equation that is updated in every step", "mark it 'event-driven', or use pre_spike"),
    "post_equation": ("a postsynaptic equation in a synapse", "write it in the postsynaptic neuron"),
    "shared_equation": ("an equation of a shared variable", "leave out the flag, or compute it outside"),
    "post_locality": ("one value per postsynaptic neuron", "make it a parameter of the postsynaptic neuron"),
    "linked": ("a linked variable", "use 'pop.link' later, or a parameter"),
    "point current": ("a cable model", ""),
    "constant over dt": ("'constant over dt'", "use '(stored)'"),
    "unless_post": ("'unless_post'", ""),
    "proba": ("'proba'", ""),
    "w": ("'w' as a flag", ""),
    "builtin": ("this built-in name", ""),
    "subexpression_attribute": ("reading a subexpression of another group", "mark it '(stored)' in the neuron"),
    "input_and_sum": ("'sum' of a target whose 'g_' variable has an equation", "use the variable"),
}


def unavailable(feature: str, span: Span, what: str = "") -> Diagnostic:
    """Return the diagnostic that refuses `feature`; `what` names the thing as the user wrote it."""
    title, help = _FEATURES[feature]
    subject = f"{title} ('{what}')" if what else title
    return Diagnostic(CODE, f"{subject} is not available yet", span, help)
