"""More simulations in the style of ANNarchy's published examples: fields, reward, homeostasis, structure, BOLD signals.

As `scripts.py`: each is a function of the module that stands for ANNarchy.
"""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np


def neural_field(ann: Any, seed: int) -> dict[str, Any]:
    """A bubble of activity that follows a moving blob of input among distractors (Rougier and Vitay 2006)."""
    ann.setup(dt=1.0)
    source = ann.Neuron("tau = 1.0 : population\nbaseline = 0.0", "tau*dmp/dt + mp = baseline\nr = pos(mp)")
    focus = ann.Neuron(
        "tau = 20.0 : population\nthreshold_max = 1.0 : population",
        "tau*dmp/dt + mp = sum(exc) - sum(inh)\nr = if mp > threshold_max: threshold_max else: pos(mp)",
    )
    inputs, field = ann.Population((20, 20), source), ann.Population((20, 20), focus)
    ann.Projection(inputs, field, "exc").connect_one_to_one(weights=1.0)
    lateral = ann.Projection(field, field, "inh")
    lateral.connect_dog(amp_pos=0.2, sigma_pos=0.1, amp_neg=0.1, sigma_neg=0.7)
    ann.compile()
    x, y = np.meshgrid(np.linspace(0.0, 1.0, 20), np.linspace(0.0, 1.0, 20), indexing="ij")
    found = []
    for angle in np.linspace(0.0, 2.0 * np.pi, 12):
        centre = 0.5 + 0.25 * np.array([np.cos(angle), np.sin(angle)])
        blob = np.exp(-((x - centre[0]) ** 2 + (y - centre[1]) ** 2) / 0.02)
        distractor = 0.6 * np.exp(-((x - 1.0 + centre[0]) ** 2 + (y - 1.0 + centre[1]) ** 2) / 0.02)
        inputs.baseline = blob + distractor
        ann.simulate(10.0)
        found.append(np.array(field.r)[::4, ::4])
    return {"r": found, "synapses": lateral.nb_synapses}


def basal_ganglia(ann: Any, seed: int) -> dict[str, Any]:
    """Stimuli and responses learned from reward (after Vitay and Hamker 2010); the output is read in the GPi."""
    ann.setup(dt=1.0)
    rng = np.random.default_rng(3)
    cortex = ann.Population(4, ann.Neuron(parameters="r = 0.0"))
    medium_spiny = ann.Neuron(
        "tau = 10.0 : population", "tau*dv/dt + v = sum(exc) - sum(inh)\nr = clip(v, 0.0, 1.0)"
    )
    striatum = ann.Population(10, medium_spiny)
    tonic = ann.Neuron("tau = 10.0 : population; B = 1.0", "tau*dv/dt + v = B - sum(inh); r = pos(v)")
    gpi = ann.Population(2, tonic)
    rewarded = ann.Synapse(
        "eta = 0.1 : projection\nalpha = 0.5 : projection\ndopamine = 0.0 : projection",
        "w += eta*(dopamine * pre.r * post.r - alpha*w*post.r*post.r) : min=0.0",
    )
    learned = ann.Projection(cortex, striatum, "exc", rewarded)
    learned.connect_from_matrix(rng.uniform(0.0, 0.5, (10, 4)))
    ann.Projection(striatum, striatum, "inh").connect_all_to_all(weights=0.6)
    ann.Projection(striatum[: int(striatum.size / 2)], gpi[0], "inh").connect_all_to_all(1.0)
    ann.Projection(striatum[int(striatum.size / 2) :], gpi[1], "inh").connect_all_to_all(1.0)
    monitor = ann.Monitor(gpi, "r")
    ann.compile()
    rewards = []
    for trial in range(40):
        stimulus = np.zeros(4)
        stimulus[trial % 4] = 1.0
        cortex.r, learned.dopamine = 0.0, 0.0
        ann.simulate(40.0)
        cortex.r = stimulus
        ann.simulate(50.0)
        reward = 1.0 if np.argmin(gpi.r) == trial % 4 // 2 else -1.0
        learned.dopamine = reward
        ann.simulate(10.0)
        rewards.append(reward)
    return {"rewards": rewards, "w": np.array(learned.w).ravel(), "r": monitor.get("r")[::100]}


def homeostatic_ramp(ann: Any, seed: int) -> dict[str, Any]:
    """STDP of nearest neighbours with a homeostatic rate (Carlson et al. 2013), two conductances of one weight."""
    ann.setup(dt=1.0, seed=seed)
    cell = ann.Neuron(
        parameters="""
            a = 0.02 : population
            b = 0.2 : population
            c = -65. : population
            d = 8. : population
            tau_ampa = 5. : population
            tau_nmda = 150. : population
            vrev = 0.0 : population
        """,
        equations="""
            I = g_ampa * (vrev - v) + g_nmda * nmda(v, -80.0, 60.0) * (vrev -v)
            dv/dt = (0.04 * v + 5.0) * v + 140.0 - u + I : init=-65., midpoint
            du/dt = a * (b*v - u) : init=-13., midpoint
            tau_ampa * dg_ampa/dt = -g_ampa : exponential
            tau_nmda * dg_nmda/dt = -g_nmda : exponential
        """,
        spike="v >= 30.",
        reset="v = c\nu += d",
        functions="nmda(v, t, s) = ((v-t)/(s))^2 / (1.0 + ((v-t)/(s))^2)",
    )
    rule = ann.Synapse(
        parameters="""
            tau_plus = 20. : projection
            tau_minus = 60. : projection
            A_plus = 0.0002 : projection
            A_minus = 0.000066 : projection
            w_min = 0.0 : projection
            w_max = 0.03 : projection
            alpha = 0.1 : projection
            beta = 1.0 : projection
            gamma = 50. : projection
            Rtarget = 35. : projection
            T = 5000. : projection
        """,
        equations="""
            tau_plus  * dltp/dt = -ltp : exponential
            tau_minus * dltd/dt = -ltd : exponential
            R = post.r : postsynaptic
            K = R/(T*(1.+fabs(1. - R/Rtarget) * gamma)) : postsynaptic
            stdp = if t_post >= t_pre: ltp else: - ltd
            w += (alpha * w * (1- R/Rtarget) + beta * stdp ) * K : min=w_min, max=w_max
        """,
        pre_spike="g_target += w\nltp = A_plus",
        post_spike="ltd = A_minus",
    )
    inputs = ann.PoissonPopulation(100, rates=np.linspace(0.2, 20.0, 100))
    pop = ann.Population(1, cell)
    pop.compute_firing_rate(5000.0)
    proj = ann.Projection(inputs, pop, ["ampa", "nmda"], synapse=rule)
    proj.connect_all_to_all(weights=ann.Uniform(0.01, 0.03))
    ann.compile()
    ann.simulate(50_000.0)
    monitor = ann.Monitor(pop, "spike")
    ann.simulate(20_000.0)
    w = np.array(proj.w).ravel()
    return {"rate": len(monitor.get("spike")[0]) / 20.0, "slow": w[:50].mean(), "fast": w[50:].mean()}


def structural_plasticity(ann: Any, seed: int) -> dict[str, Any]:
    """Synapses appear between neurons that are active together and go where they are not: how many, and where."""
    ann.setup(dt=1.0, seed=seed, structural_plasticity=True)
    leaky = ann.Neuron("tau = 10.0 : population\nbaseline = 0.0", "tau*dr/dt + r = baseline + sum(exc) : min=0.0")
    coming_and_going = ann.Synapse(
        parameters="T = 600 : int, projection",
        equations="""
            age = if pre.r * post.r > 1.0 :
                    0
                  else :
                    age + 1 : init = 0, int
        """,
        pruning="age > T : proba = 0.2",
        creating="pre.r * post.r > 1.0 : proba = 0.1, w = 0.01",
    )
    pop = ann.Population(40, leaky)
    proj = ann.Projection(pop, pop, "exc", coming_and_going)
    proj.connect_fixed_probability(weights=0.01, probability=0.1)
    ann.compile()
    proj.start_creating(period=50.0)
    proj.start_pruning(period=50.0)
    for _ in range(3):
        for half in (pop[:20], pop[20:]):
            half.baseline = 1.0
            ann.simulate(200.0)
            pop.baseline = 0.0
            ann.simulate(50.0)
    matrix = np.array(proj.connectivity_matrix()) > 0.0
    inside = matrix[:20, :20].sum() + matrix[20:, 20:].sum()
    return {"inside": inside / 800.0, "between": (matrix.sum() - inside) / 800.0}


def _bold(ann: Any) -> Any:
    return importlib.import_module(f"{ann.__name__}.extensions.bold")


def _regions(ann: Any, sizes: tuple[int, ...]) -> tuple[Any, list[Any]]:
    net = ann.Network(dt=1.0, seed=1)
    neuron = ann.Neuron("base = 0.0\namp = 0.0", "r = base + amp*(1.0 + sin(t*0.013))\ne = 0.5*r")
    return net, [net.create(n, neuron, name=f"region{k}") for k, n in enumerate(sizes)]


def _bold_of_a_block(ann: Any, model: Any, recorded: list[str], **options: Any) -> dict[str, Any]:
    """A block design: rest, activity, rest."""
    net, regions = _regions(ann, (3, 5))
    monitor = net.boldmonitor(populations=regions, bold_model=model, recorded_variables=recorded, **options)
    net.compile()
    for k, region in enumerate(regions):
        region.base = np.linspace(0.1, 0.3, region.size) * (k + 1)
    net.simulate(50.0)
    monitor.start()
    net.simulate(300.0)
    for k, region in enumerate(regions):
        region.amp = 0.2 + 0.1 * k
    net.simulate(1200.0)
    for region in regions:
        region.amp = 0.0
    net.simulate(1500.0)
    return {name: np.asarray(monitor.get(name))[::25, 0] for name in ("BOLD", *recorded)}


def bold_classic_nonlinear(ann: Any, seed: int) -> dict[str, Any]:
    """The balloon with classic coefficients; the regions weigh as much as they have neurons."""
    model = _bold(ann).balloon_CN()
    model.name = "classic"  # in ANNarchy 5.0.4 its name is a tuple, which nothing can be called
    return _bold_of_a_block(ann, model, ["q", "v"], mapping={"I_CBF": "r"})


def bold_classic_linear(ann: Any, seed: int) -> dict[str, Any]:
    """The linear signal, after a time of rest, with weights of the regions."""
    options = {"mapping": {"I_CBF": "r"}, "normalize_input": 200, "scale_factor": [0.7, 0.3]}
    return _bold_of_a_block(ann, _bold(ann).balloon_CL(), ["I_CBF", "f_in"], **options)


def bold_revised_nonlinear(ann: Any, seed: int) -> dict[str, Any]:
    """The model that is used where none is named."""
    return _bold_of_a_block(ann, None, ["I_CBF", "q", "v", "f_in"], mapping={"I_CBF": "r"})


def bold_of_2021(ann: Any, seed: int) -> dict[str, Any]:
    """The model of Maith et al. (2021), after a time of rest."""
    options = {"mapping": {"I_CBF": "r"}, "normalize_input": 100}
    return _bold_of_a_block(ann, _bold(ann).balloon_maith2021(), ["I_CBF"], **options)


def bold_of_two_inputs(ann: Any, seed: int) -> dict[str, Any]:
    """Flow and metabolism of their own; one region after a time of rest, one without."""
    options = {"mapping": {"I_CBF": "r", "I_CMRO2": "e"}, "normalize_input": [200, 0]}
    return _bold_of_a_block(ann, _bold(ann).balloon_two_inputs(), ["I_CBF", "I_CMRO2", "r"], **options)


def normalised_conductance(ann: Any, seed: int) -> dict[str, Any]:
    """Each spike adds to a second variable, divided by the number of all synapses of the neuron."""
    net = ann.Network(dt=1.0, seed=1)
    cell = ann.Neuron(
        "tau = 10.0", "tau*dg_ampa/dt = -g_ampa\ntau*dsyn/dt = -syn\nv = g_ampa", spike="v > 1e9", reset=""
    )
    many = net.create(ann.SpikeSourceArray([[2.0, 5.0, 9.0], [5.0], [7.0, 20.0]]))
    few = net.create(ann.SpikeSourceArray([[4.0], [6.0]]))
    pop = net.create(4, cell)
    options = {"net_id": net.id} if hasattr(net, "id") else {}
    _bold(ann).NormProjection(many, pop, "ampa", variable="syn", **options).all_to_all(weights=0.5)
    weights = [[0.25, None], [None, 0.25], [None, None], [None, None]]
    net.connect(few, pop, "ampa").from_matrix(weights)
    monitor = net.monitor(pop, ["syn", "v"])
    net.compile()
    net.simulate(40.0)
    data = monitor.get()
    return {"syn": data["syn"], "v": data["v"]}


DETERMINISTIC = (
    neural_field, basal_ganglia, bold_classic_nonlinear, bold_classic_linear, bold_revised_nonlinear, bold_of_2021,
    bold_of_two_inputs, normalised_conductance,
)  # fmt: skip
RANDOM = (homeostatic_ramp, structural_plasticity)
