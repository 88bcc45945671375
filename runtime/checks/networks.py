"""`check`: a model, or a whole network, on the compiled engine and on the interpreter, compared bit for bit."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import Any

import numpy as np

from ..compiling import CompiledModels
from ..definitions.types import Neuron, Synapse
from ..groups.attributes import Attribute
from ..groups.distributions import Uniform
from ..groups.population import Population
from ..inputs.populations import PoissonPopulation
from ..network import Network
from ..planning.plan import Plan
from ..planning.planner import NAN_EVERY, make_plan, programs_of
from ..problems import RuntimeProblem, ValueProblem
from ..reference.engine import ReferenceEngine
from .engines import FirstDifference, check_plans

#: Neurons of a test network: not a multiple of a vector or a block, so that padding is exercised.
NEURONS = 130
#: Parameters that differ between elements are spread by this fraction.
SPREAD = 0.02
#: ``pre.x``, ``post.x``, ``x_pre``, ``x_post``.
MENTION = re.compile(r"\b(?:pre|post)\s*\.\s*([A-Za-z_]\w*)|\b([A-Za-z]\w*)_(?:pre|post)\b")
#: Names that the synapse defines itself.
DEFINED = re.compile(r"\bd([A-Za-z_]\w*)\s*/\s*dt\b", flags=re.MULTILINE)


def check(thing: Neuron | Synapse | Network, steps: int) -> FirstDifference | None:
    """Compare compiled kernels with the reference interpreter, after every step, with ==.

    A model is tried in a small random network, once with equal parameters and once with parameters that differ from
    element to element (these are different kernels).

    Parameters
    ----------
    thing : Neuron, Synapse or Network
        A network is advanced by the steps.
    steps : int

    Returns
    -------
    FirstDifference or None
        None when every bit of every step agreed.
    """
    if isinstance(thing, Network):
        return check_network(thing, steps)
    for spread in (0.0, SPREAD):
        difference = check_network(small_network(thing, spread), steps)
        if difference is not None:
            return difference
    return None


def small_network(model: Neuron | Synapse, spread: float) -> Network:
    """Return a network that tries a model."""
    if isinstance(model, Neuron):
        return neuron_network(model, spread)
    if isinstance(model, Synapse):
        return synapse_network(model, spread)
    raise ValueProblem(f"check takes a Neuron, a Synapse or a Network, not {type(model).__name__}.")


def check_network(net: Network, steps: int) -> FirstDifference | None:
    """Run a network on the compiled engine and a copy of it on the interpreter."""
    net.compile()
    compiled = plan_of(net, CompiledModels(net._context.options, False))
    if any(p.binding is not None and p.binding.library is None for p in compiled.populations):
        raise RuntimeProblem("There is nothing to compare: no C compiler was found.", "`ranvier doctor` explains")
    reference = deepcopy(plan_of(net, CompiledModels(net._context.options, True)))
    from .._bridge import Engine

    return check_plans(compiled, reference, Engine, ReferenceEngine, steps)


def plan_of(net: Network, models: CompiledModels) -> Plan:
    """Return a plan of the network as it is now; it shares all arrays with the network."""
    programs = programs_of(net._objects, models)
    return make_plan(net._context, net._objects, programs, NAN_EVERY, True)[0]


def neuron_network(neuron: Neuron, spread: float) -> Network:
    """Return neurons of one model with Poisson input at each of their targets."""
    net = Network(dt=0.1, seed=1)
    pop = net.create(NEURONS, neuron, name="neurons")
    scatter(pop, neuron.name, spread)
    for target in neuron.model.targets:
        noise = net.create(population=PoissonPopulation(50, rates=200.0))
        net.connect(noise, pop, target=target).fixed_number_pre(10, weights=Uniform(0.0, 1.0), delays=Uniform(0.1, 2.0))
    return net


def synapse_network(synapse: Synapse, spread: float) -> Network:
    """Return a projection with the model's synapses, between neurons that have every variable that it asks for."""
    net = Network(dt=0.1, seed=1)
    names = sorted(attributes_of(synapse) - {"v"})
    lines = ["dv/dt = (1.5 - v + 0.01*g_input)/10.0", *(f"{name} = v + {k}" for k, name in enumerate(names))]
    neuron = Neuron("", "\n".join(lines), spike="v > 1.0", reset="v = 0.0", name="partner")
    pre, post = (net.create(NEURONS, neuron, name=name) for name in ("pre", "post"))
    for pop in (pre, post):
        pop.v = Uniform(0.0, 1.0)
    projection = net.connect(pre, post, target="input", synapse=synapse, name="synapses")
    projection.fixed_number_pre(20, weights=Uniform(0.0, 1.0), delays=Uniform(0.1, 2.0))
    scatter(projection, synapse.name, spread)
    return net


def attributes_of(synapse: Synapse) -> set[str]:
    """Return the names of neuron variables that the text of a synapse mentions (some too many do no harm)."""
    text = "\n".join(source.text for source in synapse.text.sources)
    mentioned = {m[1] or m[2] for m in MENTION.finditer(text)}
    own = {m[1] for m in DEFINED.finditer(text)} | {name for name, *_ in synapse.text.given}
    return {name for name in mentioned if name not in ("t", "N", "g_target") and f"{name}_post" not in own} - own


def scatter(group: Any, label: str, spread: float) -> None:
    """Let the local float parameters of a group differ from element to element."""
    rng = np.random.default_rng(1)
    attribute: Attribute
    for attribute in list(group._table):
        if spread and attribute.role == "parameter" and attribute.type == "float" and not attribute.shared:
            count = group.size if isinstance(group, Population) else group.nb_synapses
            value = np.asarray(getattr(group, attribute.name), dtype=float)
            group.set({attribute.name: value * (1.0 + spread * rng.random(count))})
