/* The functions of rv_math.h and rv_random.h over arrays, by name: what kernels compute inline, for numpy. */
#ifndef MATHLIB_H
#define MATHLIB_H
#include <string.h>
#include "rv_math.h"
#include "rv_random.h"
#include "rv_linear.h"

/* Wheels are built for any x86-64; the loops that gain from it come in several widths, with equal bits. */
#if defined(__x86_64__) && defined(__GLIBC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define ML_WIDE __attribute__((target_clones("avx512f", "fma", "default"))) static void
#else
#define ML_WIDE static void
#endif
#define ML_PLAIN static void

typedef void (*ml_loop)(int64_t n, void *out, const void *const *in);
typedef void (*ml_draw_loop)(int64_t n, void *out, uint64_t key, const uint32_t *c0, const uint32_t *c1, int64_t step,
                             const void *const *in);

/* One row: name, number of array arguments, loops in double and single precision. */
typedef struct {
    const char *name;
    int n_args;
    ml_loop loop[2];
} ml_function;

typedef struct {
    const char *name;
    int n_args;
    ml_draw_loop loop[2];
} ml_draw;

#define ML_1(loop, name, out_t, in_t, f) \
    loop name(int64_t n, void *out, const void *const *in) \
    { \
        out_t *restrict y = out; \
        const in_t *restrict a = in[0]; \
        for (int64_t i = 0; i < n; i++) \
            y[i] = f(a[i]); \
    }
#define ML_2(loop, name, out_t, in_t, f) \
    loop name(int64_t n, void *out, const void *const *in) \
    { \
        out_t *restrict y = out; \
        const in_t *restrict a = in[0], *restrict b = in[1]; \
        for (int64_t i = 0; i < n; i++) \
            y[i] = f(a[i], b[i]); \
    }

#define ML_LIBRARY_1(X) \
    X(exp) X(expm1) X(exprel) X(log) X(log1p) X(log10) X(log2) X(sin) X(cos) X(tan) X(sinh) X(cosh) X(tanh)
#define ML_LIBRARY_2(X) X(pow)
#define ML_EXTERNAL_1(X) X(asin) X(acos) X(atan) X(erf) X(round)
#define ML_EXTERNAL_2(X) X(atan2) X(fmod)

#define ML_DEFINE(name) \
    ML_1(ML_WIDE, ml_##name, double, double, rv_##name) \
    ML_1(ML_WIDE, ml_##name##f, float, float, rv_##name##f)
#define ML_DEFINE2(name) \
    ML_2(ML_WIDE, ml_##name, double, double, rv_##name) \
    ML_2(ML_WIDE, ml_##name##f, float, float, rv_##name##f)
#define ML_EXTERN(name) \
    ML_1(ML_PLAIN, ml_##name, double, double, name) \
    ML_1(ML_PLAIN, ml_##name##f, float, float, name##f)
#define ML_EXTERN2(name) \
    ML_2(ML_PLAIN, ml_##name, double, double, name) \
    ML_2(ML_PLAIN, ml_##name##f, float, float, name##f)
ML_LIBRARY_1(ML_DEFINE)
ML_LIBRARY_2(ML_DEFINE2)
ML_EXTERNAL_1(ML_EXTERN)
ML_EXTERNAL_2(ML_EXTERN2)
ML_1(ML_PLAIN, ml_toint, int64_t, double, rv_toint)
ML_1(ML_PLAIN, ml_tointf, int32_t, float, rv_tointf)
ML_2(ML_PLAIN, ml_ifloordiv, int64_t, int64_t, rv_ifloordiv64)
ML_2(ML_PLAIN, ml_ifloordivf, int32_t, int32_t, rv_ifloordiv32)
ML_2(ML_PLAIN, ml_imod, int64_t, int64_t, rv_imod64)
ML_2(ML_PLAIN, ml_imodf, int32_t, int32_t, rv_imod32)

/* in[0] is the table, not an array of elements; columns are int64. */
static void ml_timed1(int64_t n, void *out, const void *const *in)
{
    for (int64_t i = 0; i < n; i++)
        ((double *)out)[i] = rv_timed1(in[0], ((const double *)in[1])[i]);
}
static void ml_timed1f(int64_t n, void *out, const void *const *in)
{
    for (int64_t i = 0; i < n; i++)
        ((float *)out)[i] = rv_timed1f(in[0], ((const float *)in[1])[i]);
}
static void ml_timed2(int64_t n, void *out, const void *const *in)
{
    for (int64_t i = 0; i < n; i++)
        ((double *)out)[i] = rv_timed2(in[0], ((const double *)in[1])[i], ((const int64_t *)in[2])[i]);
}
static void ml_timed2f(int64_t n, void *out, const void *const *in)
{
    for (int64_t i = 0; i < n; i++)
        ((float *)out)[i] = rv_timed2f(in[0], ((const float *)in[1])[i], ((const int64_t *)in[2])[i]);
}

#define ML_ROW1(name) {#name, 1, {ml_##name, ml_##name##f}},
#define ML_ROW2(name) {#name, 2, {ml_##name, ml_##name##f}},
static const ml_function ml_functions[] = {
    ML_LIBRARY_1(ML_ROW1) ML_LIBRARY_2(ML_ROW2) ML_EXTERNAL_1(ML_ROW1) ML_EXTERNAL_2(ML_ROW2)
    ML_ROW1(toint) ML_ROW2(ifloordiv) ML_ROW2(imod) ML_ROW2(timed1) {"timed2", 3, {ml_timed2, ml_timed2f}},
};
enum { ML_N_FUNCTIONS = sizeof ml_functions / sizeof *ml_functions };

#define ML_DRAW(loop, name, type, call) \
    loop name(int64_t n, void *out, uint64_t key, const uint32_t *c0, const uint32_t *c1, int64_t step, \
               const void *const *in) \
    { \
        type *restrict y = out; \
        const type *a = in[0], *b = in[1]; \
        (void)a; \
        (void)b; \
        for (int64_t i = 0; i < n; i++) \
            y[i] = call; \
    }
ML_DRAW(ML_WIDE, ml_uniform, double, rv_u01(key, c0[i], c1[i], step))
ML_DRAW(ML_WIDE, ml_uniformf, float, rv_u01f(key, c0[i], c1[i], step))
ML_DRAW(ML_WIDE, ml_packed, double, rv_packed(key, c0[i], c1[i], step))
ML_DRAW(ML_WIDE, ml_packedf, float, rv_packedf(key, c0[i], c1[i], step))
ML_DRAW(ML_WIDE, ml_normal, double, rv_normal(key, c0[i], c1[i], step))
ML_DRAW(ML_WIDE, ml_normalf, float, rv_normalf(key, c0[i], c1[i], step))
ML_DRAW(ML_PLAIN, ml_poisson, double, rv_poisson(key, c0[i], c1[i], step, a[i]))
ML_DRAW(ML_PLAIN, ml_poissonf, float, rv_poissonf(key, c0[i], c1[i], step, a[i]))
ML_DRAW(ML_PLAIN, ml_gamma, double, rv_gamma(key, c0[i], c1[i], step, a[i]))
ML_DRAW(ML_PLAIN, ml_gammaf, float, rv_gammaf(key, c0[i], c1[i], step, a[i]))
ML_DRAW(ML_PLAIN, ml_binomial, double, rv_binomial(key, c0[i], c1[i], step, a[i], b[i]))
ML_DRAW(ML_PLAIN, ml_binomialf, float, rv_binomialf(key, c0[i], c1[i], step, a[i], b[i]))

static const ml_draw ml_draws[] = {
    {"uniform", 0, {ml_uniform, ml_uniformf}}, {"packed", 0, {ml_packed, ml_packedf}},
    {"normal", 0, {ml_normal, ml_normalf}},
    ML_ROW1(poisson) ML_ROW1(gamma) ML_ROW2(binomial)
};
enum { ML_N_DRAWS = sizeof ml_draws / sizeof *ml_draws };

static const ml_function *ml_find_function(const char *name)
{
    for (int k = 0; k < ML_N_FUNCTIONS; k++)
        if (!strcmp(ml_functions[k].name, name))
            return &ml_functions[k];
    return 0;
}

static const ml_draw *ml_find_draw(const char *name)
{
    for (int k = 0; k < ML_N_DRAWS; k++)
        if (!strcmp(ml_draws[k].name, name))
            return &ml_draws[k];
    return 0;
}
#endif
