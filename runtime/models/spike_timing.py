"""Learning from spike times, voltages and reward, beyond pairs of spikes."""

from __future__ import annotations

from typing import Any

from ..definitions.types import Synapse
from ..definitions.values import Variable
from ..problems import ValueProblem
from .parts import local, shared


def TripletSTDP(
    tau_plus: Any = 16.8,
    tau_minus: Any = 33.7,
    tau_x: Any = 101.0,
    tau_y: Any = 125.0,
    A2_plus: Any = 5e-10,
    A3_plus: Any = 6.2e-3,
    A2_minus: Any = 7e-3,
    A3_minus: Any = 2.3e-4,
    w_min: Any = 0.0,
    w_max: Any = 1.0,
    interaction: str = "all",
) -> Synapse:
    """Spike-timing dependent plasticity of triplets of spikes: potentiation grows with the frequency of pairings.

    The defaults are the fit to visual cortex with interactions of all spikes. A presynaptic spike takes
    ``o1*(A2_minus + A3_minus*r2)``, a postsynaptic one adds ``r1*(A2_plus + A3_plus*o2)``; r2 and o2 are those from
    before the spike itself.

    Parameters
    ----------
    tau_plus, tau_x : number, ms
        Time constants of the presynaptic traces r1 and r2.
    tau_minus, tau_y : number, ms
        Time constants of the postsynaptic traces o1 and o2.
    A2_plus, A3_plus, A2_minus, A3_minus : number
        Changes of the weight by pairs and by triplets (in units of the weight).
    w_min, w_max : number
        Bounds of the weight.
    interaction : {"all", "nearest"}
        Of all spikes, or of each with the nearest one only.

    References
    ----------
    Pfister and Gerstner 2006, J. Neurosci. 26, 9673, equations 2 to 4 and table 4.
    """
    if interaction not in ("all", "nearest"):
        raise ValueProblem(f"TripletSTDP: interaction must be 'all' or 'nearest', not {interaction!r}.")
    count = "+= 1.0" if interaction == "all" else "= 1.0"
    return Synapse(
        shared(
            tau_plus=tau_plus, tau_minus=tau_minus, tau_x=tau_x, tau_y=tau_y, A2_plus=A2_plus, A3_plus=A3_plus,
            A2_minus=A2_minus, A3_minus=A3_minus, w_min=w_min, w_max=w_max,
        ),
        [
            Variable("tau_plus*dr1/dt = -r1", method="event-driven"),
            Variable("tau_x*dr2/dt = -r2", method="event-driven"),
            Variable("tau_minus*do1/dt = -o1", method="event-driven"),
            Variable("tau_y*do2/dt = -o2", method="event-driven"),
        ],
        pre_spike=f"""
            g_target += w
            w = clip(w - o1*(A2_minus + A3_minus*r2), w_min, w_max)
            r1 {count}
            r2 {count}
        """,
        post_spike=f"""
            w = clip(w + r1*(A2_plus + A3_plus*o2), w_min, w_max)
            o1 {count}
            o2 {count}
        """,
        name="TripletSTDP",
        description="Spike-timing dependent plasticity of triplets.",
    )  # fmt: skip


def VogelsSTDP(
    eta: Any = 0.01, tau: Any = 20.0, rho: Any = 5.0, w_min: Any = 0.0, w_max: Any = 10.0
) -> Synapse:
    """Inhibitory plasticity that drives postsynaptic neurons to a target rate.

    Pairs of spikes in either order strengthen the synapse by ``eta`` times the trace of the other side, each
    presynaptic spike weakens it by ``eta*alpha`` with ``alpha = 2*rho*tau``.

    Parameters
    ----------
    eta : number
        Learning rate (in units of the weight).
    tau : number, ms
        Time constant of both traces.
    rho : number, Hz
        Target rate of the postsynaptic neurons.
    w_min, w_max : number
        Bounds of the weight.

    References
    ----------
    Vogels, Sprekeler, Zenke, Clopath and Gerstner 2011, Science 334, 1569, equation 1 of the supplement.
    """
    return Synapse(
        shared(eta=eta, tau=tau, rho=rho, w_min=w_min, w_max=w_max),
        [
            Variable("tau*dx/dt = -x", method="event-driven"),
            Variable("tau*dy/dt = -y", method="event-driven"),
        ],
        pre_spike="""
            g_target += w
            x += 1.0
            w = clip(w + eta*(y - 2.0*rho*tau/1000.0), w_min, w_max)
        """,
        post_spike="""
            y += 1.0
            w = clip(w + eta*x, w_min, w_max)
        """,
        name="VogelsSTDP",
        description="Inhibitory plasticity with a target rate.",
    )


def ClopathSTDP(
    A_LTD: Any = 14e-5,
    A_LTP: Any = 8e-5,
    theta_minus: Any = -70.6,
    theta_plus: Any = -45.3,
    tau_minus: Any = 10.0,
    tau_plus: Any = 7.0,
    tau_x: Any = 15.0,
    w_min: Any = 0.0,
    w_max: Any = 3.0,
) -> Synapse:
    """Plasticity from presynaptic spikes and the postsynaptic membrane potential ``v``.

    A presynaptic spike depresses by how far the potential, smoothed by `tau_minus`, lies above `theta_minus`; while
    the potential is above `theta_plus` and its smoothed value (`tau_plus`) above `theta_minus`, the synapse grows in
    proportion to the presynaptic trace. The defaults are the fit to visual cortex.

    Parameters
    ----------
    A_LTD : number, 1/mV
        Amplitude of depression.
    A_LTP : number, 1/(mV^2 ms)
        Amplitude of potentiation.
    theta_minus, theta_plus : number, mV
        Thresholds.
    tau_minus, tau_plus, tau_x : number, ms
        Time constants of the two smoothed potentials and of the presynaptic trace, to which a spike adds 1.
    w_min, w_max : number
        Bounds of the weight.

    References
    ----------
    Clopath, Busing, Vasilaki and Gerstner 2010, Nat. Neurosci. 13, 344, equations 1 to 3 and table 1.
    """
    return Synapse(
        shared(
            A_LTD=A_LTD, A_LTP=A_LTP, theta_minus=theta_minus, theta_plus=theta_plus, tau_minus=tau_minus,
            tau_plus=tau_plus, tau_x=tau_x, w_min=w_min, w_max=w_max,
        ),
        [
            Variable("tau_x*dx/dt = -x", method="exponential"),
            Variable("dw/dt = A_LTP*x*pos(post.v - theta_plus)*pos(u_plus - theta_minus)",
                     min="w_min", max="w_max", method="explicit"),
            Variable("tau_minus*du_minus/dt = post.v - u_minus",
                     init=theta_minus, method="exponential", locality="semiglobal"),
            Variable("tau_plus*du_plus/dt = post.v - u_plus",
                     init=theta_minus, method="exponential", locality="semiglobal"),
        ],
        pre_spike="""
            g_target += w
            w = clip(w - A_LTD*pos(u_minus - theta_minus), w_min, w_max)
            x += 1.0
        """,
        name="ClopathSTDP",
        description="Voltage-based plasticity.",
    )  # fmt: skip


def RewardSTDP(
    tau_plus: Any = 20.0,
    tau_minus: Any = 20.0,
    A_plus: Any = 1.0,
    A_minus: Any = 1.5,
    tau_c: Any = 1000.0,
    tau_d: Any = 200.0,
    w_min: Any = 0.0,
    w_max: Any = 4.0,
) -> Synapse:
    """Spike-timing dependent plasticity that a later reward turns into changes of the weight.

    Pairs of spikes change the eligibility `c` of their synapse, which decays; the weight follows ``dw/dt = c*d``. The
    reward `d` (dopamine) is one value for the projection: add to it by ``proj.d = proj.d + 0.5``.

    Parameters
    ----------
    tau_plus, tau_minus : number, ms
        Time constants of the traces of spikes.
    A_plus, A_minus : number
        Change of the eligibility by a pair.
    tau_c : number, ms
        Time constant of the eligibility.
    tau_d : number, ms
        Time constant of the reward.
    w_min, w_max : number
        Bounds of the weight.

    References
    ----------
    Izhikevich 2007, Cereb. Cortex 17, 2443, equations 1 and 2.
    """
    return Synapse(
        shared(
            tau_plus=tau_plus, tau_minus=tau_minus, A_plus=A_plus, A_minus=A_minus, tau_c=tau_c, tau_d=tau_d,
            w_min=w_min, w_max=w_max,
        ),
        [
            Variable("tau_plus*dx/dt = -x", method="event-driven"),
            Variable("tau_minus*dy/dt = -y", method="event-driven"),
            Variable("dw/dt = c*d/1000.0", min="w_min", max="w_max", method="explicit"),
            Variable("tau_c*dc/dt = -c", method="exponential"),
            Variable("tau_d*dd/dt = -d", method="exponential", locality="projection"),
        ],
        pre_spike="""
            g_target += w
            x += 1.0
            c -= A_minus*y
        """,
        post_spike="""
            y += 1.0
            c += A_plus*x
        """,
        name="RewardSTDP",
        description="Spike-timing dependent plasticity gated by reward.",
    )  # fmt: skip


def SynapticScaling(
    goal: Any = 10.0, beta: Any = 4e-8, gamma: Any = 1e-13, tau: Any = 1000.0, w_min: Any = 0.0, w_max: Any = 10.0
) -> Synapse:
    """Homeostasis: all synapses of a neuron are scaled until it fires at a goal rate.

    ``dw/dt = beta*w*(goal - a) + gamma*w*e``, where `a` is the running rate of the postsynaptic neuron and `e` the
    integral of ``goal - a``.

    Parameters
    ----------
    goal : number, Hz
        Rate that is aimed at.
    beta : number, 1/(ms Hz)
        Speed of the scaling.
    gamma : number, 1/(ms^2 Hz)
        Weight of the integral.
    tau : number, ms
        Time constant of the running rate.
    w_min, w_max : number
        Bounds of the weight.

    References
    ----------
    van Rossum, Bi and Turrigiano 2000, J. Neurosci. 20, 8812, equation 4.
    """
    return Synapse(
        shared(goal=goal, beta=beta, gamma=gamma, tau=tau, w_min=w_min, w_max=w_max),
        [
            Variable("dw/dt = w*(beta*(goal - a) + gamma*e)", min="w_min", max="w_max", method="explicit"),
            Variable("de/dt = goal - a", method="explicit"),
            Variable("tau*da/dt = -a", init=goal, method="exponential"),
        ],
        pre_spike="g_target += w",
        post_spike="a += 1000.0/tau",
        name="SynapticScaling",
        description="Homeostatic scaling of all synapses of a neuron.",
    )


def TsodyksMarkram(tau_rec: Any = 800.0, tau_facil: Any = 0.001, tau_psc: Any = 3.0, U: Any = 0.5) -> Synapse:
    """Short-term depression and facilitation with resources that are active, inactive or recovered.

    A spike lets the share `u` of the recovered resources `x` become active (`y`); they are inactive after `tau_psc`
    and recovered after `tau_rec`. Between spikes the solution is exact. `STP` leaves the active state out.

    Parameters
    ----------
    tau_rec, tau_facil, tau_psc : number, ms
        Recovery, decay of facilitation, and the time constant of the postsynaptic current (other than `tau_rec`).
    U : number
        Share used by a spike after rest.

    References
    ----------
    Tsodyks, Uziel and Markram 2000, J. Neurosci. 20, RC50, equations 3 and 4.
    """
    return Synapse(
        {**shared(tau_rec=tau_rec, tau_facil=tau_facil, tau_psc=tau_psc), **local(U=U)},
        [
            Variable("x : float", init=1.0),
            Variable("y : float", init=0.0),
            Variable("u : float", init=0.0),
            Variable("last : float", init=0.0),
        ],
        pre_spike="""
            x += share(t - last, tau_rec, tau_psc)*y - expm1(-(t - last)/tau_rec)*(1.0 - x - y)
            y *= exp(-(t - last)/tau_psc)
            u *= exp(-(t - last)/tau_facil)
            u += U*(1.0 - u)
            g_target += w*u*x
            y += u*x
            x *= 1.0 - u
            last = t
        """,
        functions="share(h, a, b) = ((exp(-h/a) - 1.0)*a - (exp(-h/b) - 1.0)*b)/(b - a)",
        name="TsodyksMarkram",
        description="Short-term plasticity with three states of the resources.",
    )
