"""What the language allows and this version does not run yet: every such refusal is made here.

A feature that is implemented loses its line. Nothing that a text asks for is ever ignored silently.
"""

from __future__ import annotations

from .errors import Diagnostic
from .source import Span

CODE = "E404"

_FEATURES = {
    "summed": ("a summed variable in a neuron", "sum in the synapse: 'X_post = ... (summed)'"),
    "reduction": ("a function over a whole population", "compute it in the neuron and read its variable"),
    "point current": ("a cable model", ""),
    "proba": ("'proba'", ""),
    "w": ("'w' as a flag", ""),
    "d": ("'d' as a flag", ""),
    "builtin": ("this built-in name", ""),
    "subexpression_attribute": ("reading this subexpression of another group", "mark it '(stored)' in the neuron"),
    "input_and_sum": ("'sum' of a target whose 'g_' variable has an equation", "use the variable"),
}


def unavailable(feature: str, span: Span, what: str = "") -> Diagnostic:
    """Return the diagnostic that refuses `feature`; `what` names the thing as the user wrote it."""
    title, help = _FEATURES[feature]
    subject = f"{title} ('{what}')" if what else title
    return Diagnostic(CODE, f"{subject} is not available yet", span, help)
