/* Propagators of linear systems x' = A x + b: P = exp(dt A) and Q = integral of exp(s A) over s from 0 to dt, so that
   x(t + dt) = P x(t) + Q b.

   Taylor series of both at dt / 2^s, where the norm of dt A / 2^s is at most 1/8, then s doublings:
   Q(2h) = Q(h) + P(h) Q(h), P(2h) = P(h) P(h); a fixed order of operations, in pairs of doubles (about 31 digits), so
   that the errors that doubling amplifies stay far below the last bit: entries are accurate to about 1 ulp of
   themselves, not of the largest one. Computed once per set of parameters, so speed does not matter. */
#ifndef RV_LINEAR_H
#define RV_LINEAR_H

#define RV_PROPAGATOR_WORK(m) (10 * (m) * (m)) /* doubles of scratch memory */

typedef struct {
    double hi, lo;
} rv_pair_of_doubles;

static inline rv_pair_of_doubles rv_dd_add(rv_pair_of_doubles a, rv_pair_of_doubles b)
{
    double s = a.hi + b.hi, v = s - a.hi, e = (a.hi - (s - v)) + (b.hi - v);
    double t = a.lo + b.lo, w = t - a.lo, f = (a.lo - (t - w)) + (b.lo - w);
    double hi = s + (e + t), lo = (e + t) - (hi - s);
    lo += f;
    rv_pair_of_doubles r = {hi + lo, lo - ((hi + lo) - hi)};
    return r;
}

static inline rv_pair_of_doubles rv_dd_mul(rv_pair_of_doubles a, rv_pair_of_doubles b)
{
    double p = a.hi * b.hi, e = __builtin_fma(a.hi, b.hi, -p) + (a.hi * b.lo + a.lo * b.hi);
    rv_pair_of_doubles r = {p + e, e - ((p + e) - p)};
    return r;
}

static inline rv_pair_of_doubles rv_dd_div(rv_pair_of_doubles a, double n)
{
    double q = a.hi / n, e = (__builtin_fma(-q, n, a.hi) + a.lo) / n;
    rv_pair_of_doubles r = {q + e, e - ((q + e) - q)};
    return r;
}

/* c = a b, or c = b + a b; c is another array than a and b. */
static void rv_dd_product(int m, const rv_pair_of_doubles *a, const rv_pair_of_doubles *b, rv_pair_of_doubles *c, int add)
{
    for (int i = 0; i < m; i++)
        for (int j = 0; j < m; j++) {
            rv_pair_of_doubles sum = {0.0, 0.0};
            for (int k = 0; k < m; k++)
                sum = rv_dd_add(sum, rv_dd_mul(a[i * m + k], b[k * m + j]));
            c[i * m + j] = add ? rv_dd_add(b[i * m + j], sum) : sum;
        }
}

/* a, p, q: m x m, row by row; work: RV_PROPAGATOR_WORK(m) doubles. An infinite or NaN entry of A gives NaN. */
static void rv_propagator(int m, const double *a, double dt, double *p, double *q, double *work)
{
    int mm = m * m, doublings = 0;
    double norm = 0.0, h = dt;
    rv_pair_of_doubles *x = (rv_pair_of_doubles *)work, *t = x + mm, *e = t + mm, *s = e + mm, *u = s + mm, *swap;
    for (int i = 0; i < m; i++) {
        double row = 0.0;
        for (int j = 0; j < m; j++)
            row += __builtin_fabs(a[i * m + j] * dt);
        norm = row <= norm ? norm : row; /* keeps a NaN */
    }
    for (; norm > 0.125 && doublings < 1100; doublings++) {
        norm *= 0.5;
        h *= 0.5;
    }
    for (int i = 0; i < mm; i++) {
        rv_pair_of_doubles one = {i % (m + 1) ? 0.0 : 1.0, 0.0};
        x[i].hi = a[i] * h;
        x[i].lo = __builtin_fma(a[i], h, -x[i].hi);
        t[i] = e[i] = s[i] = one;
    }
    for (int k = 1; k <= 20; k++) { /* 8^-20 / 20! is below 2^-120 */
        rv_dd_product(m, t, x, u, 0);
        for (int i = 0; i < mm; i++) {
            t[i] = rv_dd_div(u[i], (double)k);
            e[i] = rv_dd_add(e[i], t[i]);
            s[i] = rv_dd_add(s[i], rv_dd_div(t[i], (double)(k + 1)));
        }
    }
    for (int i = 0; i < mm; i++) {
        rv_pair_of_doubles step = {h, 0.0};
        s[i] = rv_dd_mul(s[i], step);
    }
    for (int k = 0; k < doublings; k++) {
        rv_dd_product(m, e, s, u, 1);
        swap = s, s = u, u = swap;
        rv_dd_product(m, e, e, u, 0);
        swap = e, e = u, u = swap;
    }
    for (int i = 0; i < mm; i++) {
        p[i] = e[i].hi;
        q[i] = s[i].hi;
    }
}
#endif
