"""Names of numerical methods: what users write -> the method they mean."""

METHODS = {
    "explicit": "explicit", "euler": "explicit",
    "exponential": "exponential", "exponential_euler": "exponential",
    "exact": "exact", "linear": "exact", "independent": "exact",
    "midpoint": "midpoint", "rk2": "midpoint",
    "rk4": "rk4", "runge-kutta4": "rk4",
    "heun": "heun", "milstein": "milstein",
    "implicit": "implicit", "semiimplicit": "semiimplicit",
    "rkf45": "rkf45",
    "dopri5": "dopri5", "gsl": "dopri5", "gsl_rk2": "dopri5", "gsl_rk4": "dopri5", "gsl_rkf45": "dopri5",
    "gsl_rkck": "dopri5", "gsl_rk8pd": "dopri5",
}  # fmt: skip
