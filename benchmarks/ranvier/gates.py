"""Traub-Miles rate functions, shared by the two Hodgkin-Huxley workloads."""

from __future__ import annotations

PARAMETERS = {
    "Cm": "200 pF",
    "gl": "10 nS",
    "g_na": "20 uS",
    "g_kd": "6 uS",
    "El": "-60 mV",
    "EK": "-90 mV",
    "ENa": "50 mV",
    "VT": "-63 mV",
}
EQUATIONS = """
    dm/dt = alpha_m*(1-m)-beta_m*m : 1
    dn/dt = alpha_n*(1-n)-beta_n*n : 1
    dh/dt = alpha_h*(1-h)-beta_h*h : 1
    alpha_m = 0.32*4*mV**-1*mV/exprel((13*mV-v+VT)/(4*mV))/ms : Hz
    beta_m = 0.28*5*mV**-1*mV/exprel((v-VT-40*mV)/(5*mV))/ms : Hz
    alpha_h = 0.128*exp((17*mV-v+VT)/(18*mV))/ms : Hz
    beta_h = 4./(1+exp((40*mV-v+VT)/(5*mV)))/ms : Hz
    alpha_n = 0.032*5*mV**-1*mV/exprel((15*mV-v+VT)/(5*mV))/ms : Hz
    beta_n = .5*exp((10*mV-v+VT)/(40*mV))/ms : Hz
"""
