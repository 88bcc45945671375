/* Elementary functions of compiled models: one source for vector, scalar and hoisted use, equal bits everywhere.

   Rules. At most 2 ulp over the full range, subnormal results included; overflow gives inf, underflow 0, NaN stays
   NaN. Straight-line code with selects, so that loops over it vectorise; no tables, no errno, no floating-point flags.
   Operations are rounded one by one (-ffp-contract=off); fused ones are spelled __builtin_fma, which a machine without
   them executes in the C library with the same result. Only rounding to nearest is supported.
   Names ending in f are the single-precision versions; where single precision needs care about argument reduction
   (sin, cos, tan, pow) it goes through double.

   Layout. A line of the form "slash star at, name: names needed, star slash" opens the chunk that defines `name`;
   compiler/mathsource.py cuts the text there and gives each kernel only what it calls. Coefficients are minimax fits
   (Remez, 50 digits) of the relative error, on the interval named beside them. */
#ifndef RV_MATH_H
#define RV_MATH_H
#include <stdint.h>

/*@ rv_base: */
#define RV_FN static inline __attribute__((always_inline, unused))
#define RV_INF __builtin_inf()
#define RV_NAN __builtin_nan("")

/*@ rv_bits: rv_base */
RV_FN uint64_t rv_bits(double x)
{
    union { double f; uint64_t u; } v = {x};
    return v.u;
}
RV_FN double rv_from_bits(uint64_t u)
{
    union { uint64_t u; double f; } v = {u};
    return v.f;
}

/*@ rv_bitsf: rv_base */
RV_FN uint32_t rv_bitsf(float x)
{
    union { float f; uint32_t u; } v = {x};
    return v.u;
}
RV_FN float rv_from_bitsf(uint32_t u)
{
    union { uint32_t u; float f; } v = {u};
    return v.f;
}

/* ---- exponentials -------------------------------------------------------------------------------------------- */

/*@ rv_exp_reduce: rv_bits */
/* exp(c) * 2^(shift - 2046) in two halves, for c already clamped to where the exponents below fit.
   `magic` = 1.5 * 2^52 + shift: adding it rounds c / ln 2 to the integer n and leaves n + shift in the low bits, so no
   conversion between floats and integers is needed. The power of two is applied in two factors; the second product is
   the only one that can round, so subnormal results are right. ln 2 is split so that n * hi is exact. */
RV_FN double rv_exp_reduce(double c, double magic, uint64_t *power)
{
    double t = __builtin_fma(c, 0x1.71547652b82fep+0, magic), n = t - magic;
    *power = rv_bits(t);
    return __builtin_fma(n, -0x1.ef35793c7673p-45, __builtin_fma(n, -0x1.62e42fefa38p-1, c));
}

/*@ rv_exp_finish: rv_bits */
RV_FN double rv_exp_finish(double r, uint64_t power)
{
    /* (e^r - 1 - r) / r^2 on +-ln2 / 2, 2^-57.9; in pairs, because the length of the chain is what costs */
    double r2 = r * r, r4 = r2 * r2;
    double p01 = __builtin_fma(0x1.55555555554fap-3, r, 0x1.000000000000ap-1);
    double p23 = __builtin_fma(0x1.1111111127c1bp-7, r, 0x1.5555555550875p-5);
    double p45 = __builtin_fma(0x1.a01a012a708a1p-13, r, 0x1.6c16c1842c507p-10);
    double p67 = __builtin_fma(0x1.71df24d30444ep-19, r, 0x1.a0199a05bb8f9p-16);
    double p89 = __builtin_fma(0x1.ad808e8a825f9p-26, r, 0x1.28ad79122922ap-22);
    double low = __builtin_fma(p23, r2, p01), high = __builtin_fma(p67, r2, p45);
    double p = __builtin_fma(__builtin_fma(p89, r4, high), r4, low);
    p = 1.0 + __builtin_fma(p, r2, r);
    uint64_t half = power >> 1;
    return p * rv_from_bits(half << 52) * rv_from_bits((power - half) << 52);
}

/*@ rv_exp: rv_exp_reduce rv_exp_finish */
RV_FN double rv_exp(double x)
{
    uint64_t power; /* right for |x| < 1400, overflow and underflow included; choosing last keeps the chain short */
    double r = rv_exp_reduce(x, 0x1.8p52 + 2046.0, &power), y = rv_exp_finish(r, power);
    y = 1400.0 < x ? __builtin_inf() : y; /* a NaN passes */
    return x < -1400.0 ? 0.0 : y;
}

/*@ rv_expm1_core: rv_bits */
/* (e^x - 1) * unit, where magic = 1.5 * 2^52 + 1023 + log2(unit). q = r + O(r^2) keeps small x exact; `low`, the
   rounding error of r, keeps 2^n q + (2^n - 1) accurate where it cancels (n = 1 and -1). */
RV_FN double rv_expm1_core(double c, double magic, double unit)
{
    double t = __builtin_fma(c, 0x1.71547652b82fep+0, magic), n = t - magic;
    double a = __builtin_fma(n, -0x1.62e42fefa38p-1, c), r = __builtin_fma(n, -0x1.ef35793c7673p-45, a);
    double low = __builtin_fma(n, -0x1.ef35793c7673p-45, a - r);
    double r2 = r * r, r4 = r2 * r2; /* (e^r - 1 - r) / r^2 on +-ln2 / 2, 2^-61.7, in pairs */
    double p01 = __builtin_fma(0x1.5555555555559p-3, r, 0.5);
    double p23 = __builtin_fma(0x1.111111110f6c5p-7, r, 0x1.555555555553ep-5);
    double p45 = __builtin_fma(0x1.a01a01afdd7c9p-13, r, 0x1.6c16c16c1f0d4p-10);
    double p67 = __builtin_fma(0x1.71ddf863e243dp-19, r, 0x1.a01a017bb3e3bp-16);
    double p89 = __builtin_fma(0x1.af5ea8077b793p-26, r, 0x1.27e5363ef01ffp-22);
    double p03 = __builtin_fma(p23, r2, p01), p47 = __builtin_fma(p67, r2, p45);
    double p8a = __builtin_fma(0x1.1ee88b4a3bcaap-29, r2, p89);
    double p = __builtin_fma(__builtin_fma(p8a, r4, p47), r4, p03);
    double q = r + __builtin_fma(r2, p, low), s = rv_from_bits(rv_bits(t) << 52);
    return __builtin_fma(s, q, s - unit);
}

/*@ rv_expm1: rv_expm1_core */
RV_FN double rv_expm1(double x)
{
    double y = 2.0 * rv_expm1_core(x, 0x1.8p52 + 1022.0, 0.5); /* half: 2^1024 does not exist */
    y = 710.0 < x ? __builtin_inf() : y;
    y = x < -700.0 ? -1.0 : y;
    return __builtin_fabs(x) < 0x1p-54 ? x : y;
}

/*@ rv_exprel: rv_expm1_core */
/* (e^x - 1) / x, 1 at x = 0; finite a little beyond where expm1 overflows. */
RV_FN double rv_exprel(double x)
{
    double e = rv_expm1_core(x, 0x1.8p52 + 1007.0, 0x1p-16), d = x * 0x1p-16;
    double y = (x < -690.0 ? -0x1p-16 : e) / d;
    y = 717.0 < x ? __builtin_inf() : y;
    return d == 0.0 ? 1.0 : y;
}

/*@ rv_exp_coref: rv_bitsf */
/* The same in single precision; `magic` = 1.5 * 2^23 + shift, and the result carries 2^(shift - 254). */
RV_FN float rv_exp_coref(float c, float magic)
{
    float t = __builtin_fmaf(c, 0x1.715476p+0f, magic), n = t - magic;
    float r = __builtin_fmaf(n, -0x1.7f7d1cp-20f, __builtin_fmaf(n, -0x1.62e4p-1f, c));
    float r2 = r * r, p01 = __builtin_fmaf(0x1.555492p-3f, r, 0x1.fffffcp-2f); /* on +-ln2 / 2, 2^-28.3 */
    float p23 = __builtin_fmaf(0x1.1239e2p-7f, r, 0x1.5558fp-5f), p24 = __builtin_fmaf(0x1.6a248ep-10f, r2, p23);
    float p = 1.0f + __builtin_fmaf(__builtin_fmaf(p24, r2, p01), r2, r);
    uint32_t power = rv_bitsf(t), half = power >> 1;
    return p * rv_from_bitsf(half << 23) * rv_from_bitsf((power - half) << 23);
}

/*@ rv_expf: rv_exp_coref */
RV_FN float rv_expf(float x)
{
    float y = rv_exp_coref(x, 0x1.8p23f + 254.0f);
    y = 170.0f < x ? __builtin_inff() : y;
    return x < -170.0f ? 0.0f : y;
}

/*@ rv_expm1_coref: rv_bitsf */
RV_FN float rv_expm1_coref(float c, float magic, float unit)
{
    float t = __builtin_fmaf(c, 0x1.715476p+0f, magic), n = t - magic;
    float a = __builtin_fmaf(n, -0x1.62e4p-1f, c), r = __builtin_fmaf(n, -0x1.7f7d1cp-20f, a);
    float low = __builtin_fmaf(n, -0x1.7f7d1cp-20f, a - r);
    float r2 = r * r, p01 = __builtin_fmaf(0x1.555554p-3f, r, 0.5f); /* on +-ln2 / 2, 2^-31.9 */
    float p23 = __builtin_fmaf(0x1.11118ep-7f, r, 0x1.5554b2p-5f);
    float p45 = __builtin_fmaf(0x1.a02d8ap-13f, r, 0x1.6d7238p-10f);
    float p = __builtin_fmaf(__builtin_fmaf(p45, r2, p23), r2, p01);
    float q = r + __builtin_fmaf(r2, p, low), s = rv_from_bitsf(rv_bitsf(t) << 23);
    return __builtin_fmaf(s, q, s - unit);
}

/*@ rv_expm1f: rv_expm1_coref */
RV_FN float rv_expm1f(float x)
{
    float y = 2.0f * rv_expm1_coref(x, 0x1.8p23f + 126.0f, 0.5f);
    y = 89.0f < x ? __builtin_inff() : y;
    y = x < -80.0f ? -1.0f : y;
    return __builtin_fabsf(x) < 0x1p-25f ? x : y;
}

/*@ rv_exprelf: rv_expm1_coref */
RV_FN float rv_exprelf(float x)
{
    float e = rv_expm1_coref(x, 0x1.8p23f + 111.0f, 0x1p-16f), d = x * 0x1p-16f;
    float y = (x < -70.0f ? -0x1p-16f : e) / d;
    y = 94.0f < x ? __builtin_inff() : y;
    return d == 0.0f ? 1.0f : y;
}

/* ---- logarithms ---------------------------------------------------------------------------------------------- */

/*@ rv_log_split: rv_bits */
/* x = 2^k (1 + f) with 1 + f in [sqrt(1/2), sqrt(2)), for positive finite x. */
RV_FN double rv_log_split(double x, double *f)
{
    double tiny = x < 0x1p-1022 ? 54.0 : 0.0, scaled = x < 0x1p-1022 ? x * 0x1p54 : x;
    uint64_t u = rv_bits(scaled) + (0x3ff0000000000000u - 0x3fe6a09e667f3bcdu);
    *f = rv_from_bits((u & 0x000fffffffffffffu) + 0x3fe6a09e667f3bcdu) - 1.0;
    return rv_from_bits(u >> 52 | 0x4330000000000000u) - (0x1p52 + 1023.0 + tiny);
}

/*@ rv_log_rest: rv_base */
/* The part of log(1 + f) beyond f: log(1 + f) = f - f^2 / 2 + s (f^2 / 2 + R(s^2)), s = f / (2 + f). */
RV_FN double rv_log_rest(double f, double h)
{
    double s = f / (2.0 + f), z = s * s;
    double p = 0x1.2f15b4db2a92bp-3; /* |s| <= 0.172, 2^-59.5 */
    p = __builtin_fma(p, z, 0x1.39a02f74277dbp-3);
    p = __builtin_fma(p, z, 0x1.74664d729f6b9p-3);
    p = __builtin_fma(p, z, 0x1.c71c51c675317p-3);
    p = __builtin_fma(p, z, 0x1.249249423e5d3p-2);
    p = __builtin_fma(p, z, 0x1.999999997f8a4p-2);
    p = __builtin_fma(p, z, 0x1.5555555555593p-1);
    return s * __builtin_fma(p, z, h);
}

/*@ rv_log_ends: rv_base */
/* What every logarithm gives at the ends of its domain: `y` inside, -inf at 0, NaN below, inf and NaN as they are. */
RV_FN double rv_log_ends(double x, double y)
{
    double end = x < 0.0 ? RV_NAN : x;
    end = x == 0.0 ? -RV_INF : end;
    return ((x > 0.0) & (x < RV_INF)) ? y : end;
}

/*@ rv_log: rv_log_split rv_log_rest rv_log_ends */
RV_FN double rv_log(double x)
{
    double f, k = rv_log_split(x, &f), h = 0.5 * f * f;
    double low = __builtin_fma(k, 0x1.ef35793c7673p-45, rv_log_rest(f, h));
    return rv_log_ends(x, __builtin_fma(k, 0x1.62e42fefa38p-1, f - (h - low)));
}

/*@ rv_log1p: rv_bits rv_log_rest rv_log_ends */
/* u = 1 + x with its rounding error e (exact); log(u + e) = log(2^k (1 + f + e 2^-k)). */
RV_FN double rv_log1p(double x)
{
    double u = 1.0 + x, b = u - 1.0, e = (1.0 - (u - b)) + (x - b);
    uint64_t w = rv_bits(u) + (0x3ff0000000000000u - 0x3fe6a09e667f3bcdu);
    double m = rv_from_bits((w & 0x000fffffffffffffu) + 0x3fe6a09e667f3bcdu) - 1.0;
    double k = rv_from_bits(w >> 52 | 0x4330000000000000u) - (0x1p52 + 1023.0);
    double twice = rv_from_bits((2047 - (w >> 52)) << 52); /* 2^(1-k) */
    double f = __builtin_fma(0.5 * e, twice, m), h = 0.5 * f * f;
    double low = __builtin_fma(k, 0x1.ef35793c7673p-45, rv_log_rest(f, h));
    double y = rv_log_ends(u, __builtin_fma(k, 0x1.62e42fefa38p-1, f - (h - low)));
    return __builtin_fabs(x) < 0x1p-54 ? x : y;
}

/*@ rv_log_base: rv_log_split rv_log_rest rv_log_ends */
/* log(1 + f) as hi + lo, times 1 / ln(base) as hi + lo, plus k log(2) / ln(base) as hi + lo (hi exact times k). */
RV_FN double rv_log_base(double x, double inv_hi, double inv_lo, double two_hi, double two_lo)
{
    double f, k = rv_log_split(x, &f), h = 0.5 * f * f, c = rv_log_rest(f, h) - h;
    double hi = f + c, lo = c - (hi - f);
    double y = hi * inv_hi, rest = __builtin_fma(hi, inv_hi, -y) + __builtin_fma(hi, inv_lo, lo * inv_hi);
    double a = k * two_hi, w = a + y;
    rest = __builtin_fma(k, two_lo, rest) + ((a - w) + y);
    return rv_log_ends(x, w + rest);
}

/*@ rv_log2: rv_log_base */
RV_FN double rv_log2(double x)
{
    return rv_log_base(x, 0x1.71547652b82fep+0, 0x1.777d0ffda0d24p-56, 1.0, 0.0);
}

/*@ rv_log10: rv_log_base */
RV_FN double rv_log10(double x)
{
    return rv_log_base(x, 0x1.bcb7b1526e50ep-2, 0x1.95355baaafad3p-57, 0x1.34413509f78p-2, 0x1.fef311f12b358p-46);
}

/*@ rv_log_splitf: rv_bitsf */
RV_FN float rv_log_splitf(float x, float *f)
{
    float tiny = x < 0x1p-126f ? 25.0f : 0.0f, scaled = x < 0x1p-126f ? x * 0x1p25f : x;
    uint32_t u = rv_bitsf(scaled) + (0x3f800000u - 0x3f3504f3u);
    *f = rv_from_bitsf((u & 0x007fffffu) + 0x3f3504f3u) - 1.0f;
    return rv_from_bitsf(u >> 23 | 0x4b000000u) - (0x1p23f + 127.0f + tiny);
}

/*@ rv_log_restf: rv_base */
RV_FN float rv_log_restf(float f, float h)
{
    float s = f / (2.0f + f), z = s * s;
    float p = 0x1.31ea02p-2f; /* 2^-30.2 */
    p = __builtin_fmaf(p, z, 0x1.995e7cp-2f);
    p = __builtin_fmaf(p, z, 0x1.55557ap-1f);
    return s * __builtin_fmaf(p, z, h);
}

/*@ rv_log_endsf: rv_base */
RV_FN float rv_log_endsf(float x, float y)
{
    float end = x < 0.0f ? (float)RV_NAN : x;
    end = x == 0.0f ? -(float)RV_INF : end;
    return ((x > 0.0f) & (x < (float)RV_INF)) ? y : end;
}

/*@ rv_logf: rv_log_splitf rv_log_restf rv_log_endsf */
RV_FN float rv_logf(float x)
{
    float f, k = rv_log_splitf(x, &f), h = 0.5f * f * f;
    float low = __builtin_fmaf(k, 0x1.7f7d1cp-20f, rv_log_restf(f, h));
    return rv_log_endsf(x, __builtin_fmaf(k, 0x1.62e4p-1f, f - (h - low)));
}

/*@ rv_log1pf: rv_bitsf rv_log_restf rv_log_endsf */
RV_FN float rv_log1pf(float x)
{
    float u = 1.0f + x, b = u - 1.0f, e = (1.0f - (u - b)) + (x - b);
    uint32_t w = rv_bitsf(u) + (0x3f800000u - 0x3f3504f3u);
    float m = rv_from_bitsf((w & 0x007fffffu) + 0x3f3504f3u) - 1.0f;
    float k = rv_from_bitsf(w >> 23 | 0x4b000000u) - (0x1p23f + 127.0f);
    float twice = rv_from_bitsf((255u - (w >> 23)) << 23);
    float f = __builtin_fmaf(0.5f * e, twice, m), h = 0.5f * f * f;
    float low = __builtin_fmaf(k, 0x1.7f7d1cp-20f, rv_log_restf(f, h));
    float y = rv_log_endsf(u, __builtin_fmaf(k, 0x1.62e4p-1f, f - (h - low)));
    return __builtin_fabsf(x) < 0x1p-25f ? x : y;
}

/*@ rv_log_basef: rv_log_splitf rv_log_restf rv_log_endsf */
RV_FN float rv_log_basef(float x, float inv_hi, float inv_lo, float two_hi, float two_lo)
{
    float f, k = rv_log_splitf(x, &f), h = 0.5f * f * f, c = rv_log_restf(f, h) - h;
    float hi = f + c, lo = c - (hi - f);
    float y = hi * inv_hi, rest = __builtin_fmaf(hi, inv_hi, -y) + __builtin_fmaf(hi, inv_lo, lo * inv_hi);
    float a = k * two_hi, w = a + y;
    rest = __builtin_fmaf(k, two_lo, rest) + ((a - w) + y);
    return rv_log_endsf(x, w + rest);
}

/*@ rv_log2f: rv_log_basef */
RV_FN float rv_log2f(float x)
{
    return rv_log_basef(x, 0x1.715476p+0f, 0x1.4ae0cp-26f, 1.0f, 0.0f);
}

/*@ rv_log10f: rv_log_basef */
RV_FN float rv_log10f(float x)
{
    return rv_log_basef(x, 0x1.bcb7b2p-2f, -0x1.5b235ep-27f, 0x1.344p-2f, 0x1.3509f8p-18f);
}

/* ---- power --------------------------------------------------------------------------------------------------- */

/*@ rv_pow: rv_log_split rv_exp_reduce rv_exp_finish */
/* The logarithm as hi + lo with about 65 bits, y times it, and the exponential of that sum.
   C99 Annex F: 1^y and x^0 are 1 even for NaN; a negative base needs an integer exponent; signs of zero and infinity
   follow odd exponents. */
RV_FN double rv_pow(double x, double y)
{
    double a = __builtin_fabs(x), f, k = rv_log_split(a, &f);
    double m = 1.0 + f, d = 1.0 + m, dl = m - (d - 1.0), inv = 1.0 / d;
    double s = f * inv, sl = (__builtin_fma(-s, d, f) - s * dl) * inv;
    double z = s * s, zl = __builtin_fma(s, s, -z) + 2.0 * s * sl;
    double p = 0x1.eb314830a2e5bp-4; /* the terms from 2/5 s^4 on, 2^-73.5 */
    p = __builtin_fma(p, z, 0x1.de2f94fcb2d91p-4);
    p = __builtin_fma(p, z, 0x1.1120cdf21d18cp-3);
    p = __builtin_fma(p, z, 0x1.3b13621454548p-3);
    p = __builtin_fma(p, z, 0x1.745d1834b146cp-3);
    p = __builtin_fma(p, z, 0x1.c71c71c57b779p-3);
    p = __builtin_fma(p, z, 0x1.249249249305ep-2);
    p = __builtin_fma(p, z, 0x1.9999999999995p-2);
    double v = z * p, c = 0x1.5555555555555p-1 + v, cl = ((0x1.5555555555555p-1 - c) + v) + 0x1.5555555555555p-55;
    double w = z * c, wl = __builtin_fma(z, c, -w) + (z * cl + zl * c);
    double b = s * w, bl = __builtin_fma(s, w, -b) + (s * wl + (sl * w + 2.0 * sl));
    double g = 2.0 * s, h = g + b, hl = ((g - h) + b) + bl;
    double e = k * 0x1.62e42fefa38p-1, log_hi = e + h;
    double log_lo = ((e - log_hi) + h) + __builtin_fma(k, 0x1.ef35793c7673p-45, hl);
    log_hi = a == 0.0 ? -RV_INF : log_hi;
    log_hi = a < RV_INF ? log_hi : a;
    double hi = y * log_hi, lo = __builtin_fma(y, log_hi, -hi) + y * log_lo;
    lo = __builtin_fabs(hi) < 800.0 ? lo : 0.0;
    double t = 720.0 < hi ? 720.0 : hi;
    t = t < -760.0 ? -760.0 : t;
    uint64_t power;
    double r = rv_exp_reduce(t, 0x1.8p52 + 2046.0, &power) + lo;
    double q = rv_exp_finish(r, power);
    q = ((a == 1.0) & (y == y)) ? 1.0 : q;
    double odd = __builtin_floor(0.5 * y) * 2.0 != y && __builtin_floor(y) == y ? -1.0 : 1.0;
    q = __builtin_copysign(1.0, x) < 0.0 ? q * odd : q;
    q = ((x < 0.0) & (a < RV_INF) & (__builtin_floor(y) != y)) ? RV_NAN : q;
    return ((x == 1.0) | (y == 0.0)) ? 1.0 : q;
}

/*@ rv_powf: rv_pow */
RV_FN float rv_powf(float x, float y)
{
    return (float)rv_pow((double)x, (double)y);
}

/* ---- trigonometric functions --------------------------------------------------------------------------------- */

/*@ rv_reduce_near: rv_bits */
/* x - n pi/2 as hi + lo, |hi| <= pi/4, returns n mod 4; for |x| < 2^40, where one fused step after the other is exact:
   n p1 leaves the leading bits of the remainder, n p2 is subtracted as a pair. Infinity and NaN give NaN. */
RV_FN uint64_t rv_reduce_near(double x, double *hi, double *lo)
{
    double t = __builtin_fma(x, 0x1.45f306dc9c883p-1, 0x1.8p52), n = t - 0x1.8p52;
    double a = __builtin_fma(n, -0x1.921fb54442d18p+0, x), b = n * 0x1.1a62633145c07p-54;
    double e = __builtin_fma(n, 0x1.1a62633145c07p-54, -b), s = a - b, v = s - a;
    *hi = s;
    *lo = __builtin_fma(n, 0x1.f1976b7ed8fbcp-110, ((a - (s - v)) - (b + v)) - e);
    return rv_bits(t) & 3;
}

/*@ rv_reduce_far: rv_bits */
/* The same for |x| >= 2^40, by Payne and Hanek: the 53-bit significand times the 192 bits of 2/pi that begin at
   weight 2 (earlier ones only add multiples of four quadrants). The window is chosen by a tree of selects, not by a
   gather or a branch, so that loops stay vector loops; it costs every call about 110 integer operations, also where
   all arguments are small. */
RV_FN uint64_t rv_reduce_far(double x, double *hi, double *lo)
{
    uint64_t w = rv_bits(x), m = (w & 0x000fffffffffffffu) | 0x0010000000000000u, at = ((w >> 52) & 0x7ff) - 1013;
    uint64_t shift = at & 63, back = 63 - shift;
    /* 64 zero bits, then 2/pi: a 16-word step, then 8, 4, 2 and 1 */
    uint64_t a0 = at & 1024 ? 0x7527bac7ebe5f17bu : 0x0000000000000000u,
        a1 = at & 1024 ? 0x3d0739f78a5292eau : 0xa2f9836e4e441529u,
        a2 = at & 1024 ? 0x6bfb5fb11f8d5d08u : 0xfc2757d1f534ddc0u,
        a3 = at & 1024 ? 0x56033046fc7b6babu : 0xdb6295993c439041u;
    uint64_t b0 = at & 512 ? 0xe88235f52ebb4484u : a0, b1 = at & 512 ? 0xe99c7026b45f7e41u : a1,
        b2 = at & 512 ? 0x3991d639835339f4u : a2, b3 = at & 512 ? 0x9c845f8bbdf9283bu : a3,
        b4 = at & 512 ? 0x1ff897ffde05980fu : 0xfe5163abdebbc561u,
        b5 = at & 512 ? 0xef2f118b5a0a6d1fu : 0xb7246e3a424dd2e0u,
        b6 = at & 512 ? 0x6d367ecf27cb09b7u : 0x06492eea09d1921cu,
        b7 = at & 512 ? 0x4f463f669e5fea2du : 0xfe1deb1cb129a73eu,
        b8 = at & 512 ? 0x7527bac7ebe5f17bu : 0xe88235f52ebb4484u,
        b9 = at & 512 ? 0x3d0739f78a5292eau : 0xe99c7026b45f7e41u,
        b10 = at & 512 ? 0x6bfb5fb11f8d5d08u : 0x3991d639835339f4u;
    uint64_t c0 = at & 256 ? b4 : b0, c1 = at & 256 ? b5 : b1, c2 = at & 256 ? b6 : b2, c3 = at & 256 ? b7 : b3,
        c4 = at & 256 ? b8 : b4, c5 = at & 256 ? b9 : b5, c6 = at & 256 ? b10 : b6;
    uint64_t d0 = at & 128 ? c2 : c0, d1 = at & 128 ? c3 : c1, d2 = at & 128 ? c4 : c2, d3 = at & 128 ? c5 : c3,
        d4 = at & 128 ? c6 : c4;
    uint64_t g0 = at & 64 ? d1 : d0, g1 = at & 64 ? d2 : d1, g2 = at & 64 ? d3 : d2, g3 = at & 64 ? d4 : d3;
    uint64_t w2 = g0 << shift | g1 >> 1 >> back, w1 = g1 << shift | g2 >> 1 >> back;
    uint64_t w0 = g2 << shift | g3 >> 1 >> back, one = 0xffffffffu, ml = m & one, mh = m >> 32;
    uint64_t u, r, p2, p3, p4, p5; /* limbs of 32 bits; the lowest product only adds below 2^-126 */
    u = ml * (w0 >> 32);
    r = (u & one) + mh * (w0 & one);
    u = ml * (w1 & one) + ((u >> 32) + (r >> 32));
    r = (u & one) + mh * (w0 >> 32);
    p2 = r & one;
    u = ml * (w1 >> 32) + ((u >> 32) + (r >> 32));
    r = (u & one) + mh * (w1 & one);
    p3 = r & one;
    u = ml * (w2 & one) + ((u >> 32) + (r >> 32));
    r = (u & one) + mh * (w1 >> 32);
    p4 = r & one;
    u = ml * (w2 >> 32) + ((u >> 32) + (r >> 32));
    r = (u & one) + mh * (w2 & one);
    p5 = r & one;
    uint64_t n = (p5 + 0x20000000u) >> 30; /* the nearest quadrant; 4 is 0 */
    double f5 = rv_from_bits(0x4338000000000000u + (p5 - (n << 30))) - 0x1.8p52;
    double f4 = rv_from_bits(0x4330000000000000u | p4) - 0x1p52, f3 = rv_from_bits(0x4330000000000000u | p3) - 0x1p52;
    double f2 = rv_from_bits(0x4330000000000000u | p2) - 0x1p52;
    double y = f5 * 0x1p-30, z = f4 * 0x1p-62, s = y + z, e = (z - (s - y)) + (f3 * 0x1p-94 + f2 * 0x1p-126);
    double h = s * 0x1.921fb54442d18p+0, rest_h = __builtin_fma(s, 0x1.921fb54442d18p+0, -h);
    double l = rest_h + __builtin_fma(s, 0x1.1a62633145c07p-54, e * 0x1.921fb54442d18p+0);
    double sum = h + l, rest = l - (sum - h);
    *hi = x < 0.0 ? -sum : sum;
    *lo = x < 0.0 ? -rest : rest;
    return (x < 0.0 ? 0 - n : n) & 3;
}

/*@ rv_sincos: rv_reduce_near rv_reduce_far */
/* Sine (with its rounding error in `sl`) and cosine (in `cl`) of the reduced argument, and the quadrant. */
RV_FN uint64_t rv_sincos(double x, double *sine, double *sl, double *cosine, double *cl)
{
    double hi, lo, far_hi, far_lo, a = __builtin_fabs(x);
    uint64_t n = rv_reduce_near(x, &hi, &lo), far_n = rv_reduce_far(x, &far_hi, &far_lo);
    n = ((a >= 0x1p40) & (a < RV_INF)) ? far_n : n;
    hi = ((a >= 0x1p40) & (a < RV_INF)) ? far_hi : hi;
    lo = ((a >= 0x1p40) & (a < RV_INF)) ? far_lo : lo;
    double z = hi * hi, h = 0.5 * z, w = 1.0 - h;
    double p = 0x1.5d93018017cc9p-33, q = -0x1.8fae9cc040ccap-37; /* |hi| <= pi/4: 2^-58.0, 2^-64.2 */
    p = __builtin_fma(p, z, -0x1.ae5e663c6f141p-26);
    p = __builtin_fma(p, z, 0x1.71de3577b9657p-19);
    p = __builtin_fma(p, z, -0x1.a01a019c119dcp-13);
    p = __builtin_fma(p, z, 0x1.111111110f87bp-7);
    p = __builtin_fma(p, z, -0x1.5555555555549p-3);
    q = __builtin_fma(q, z, 0x1.1ee9ebe9c70bcp-29);
    q = __builtin_fma(q, z, -0x1.27e4f809f1a2dp-22);
    q = __builtin_fma(q, z, 0x1.a01a019cb1bf6p-16);
    q = __builtin_fma(q, z, -0x1.6c16c16c1517ep-10);
    q = __builtin_fma(q, z, 0x1.555555555554cp-5);
    double ds = __builtin_fma(hi * z, p, lo), dc = ((1.0 - w) - h) + __builtin_fma(z * z, q, -hi * lo);
    *sine = hi + ds;
    *sl = (hi - *sine) + ds;
    *cosine = w + dc;
    *cl = (w - *cosine) + dc;
    return n;
}

/*@ rv_sin: rv_sincos */
RV_FN double rv_sin(double x)
{
    double s, c, sl, cl;
    uint64_t n = rv_sincos(x, &s, &sl, &c, &cl);
    double y = n & 1 ? c : s;
    return __builtin_fabs(x) < 0x1p-27 ? x : n & 2 ? -y : y;
}

/*@ rv_cos: rv_sincos */
RV_FN double rv_cos(double x)
{
    double s, c, sl, cl;
    uint64_t n = rv_sincos(x, &s, &sl, &c, &cl);
    double y = n & 1 ? s : c;
    return (n + 1) & 2 ? -y : y;
}

/*@ rv_tan: rv_sincos */
RV_FN double rv_tan(double x)
{
    double s, c, sl, cl;
    uint64_t n = rv_sincos(x, &s, &sl, &c, &cl);
    double top = n & 1 ? -c : s, top_low = n & 1 ? -cl : sl, under = n & 1 ? s : c, under_low = n & 1 ? sl : cl;
    double inv = 1.0 / under, y = top * inv;
    y = __builtin_fma(__builtin_fma(-y, under, top) + (top_low - y * under_low), inv, y);
    return __builtin_fabs(x) < 0x1p-27 ? x : y;
}

/*@ rv_sinf: rv_sin */
RV_FN float rv_sinf(float x)
{
    return (float)rv_sin((double)x);
}

/*@ rv_cosf: rv_cos */
RV_FN float rv_cosf(float x)
{
    return (float)rv_cos((double)x);
}

/*@ rv_tanf: rv_tan */
RV_FN float rv_tanf(float x)
{
    return (float)rv_tan((double)x);
}

/* ---- hyperbolic functions ------------------------------------------------------------------------------------ */

/*@ rv_half_exp: rv_exp_reduce rv_exp_finish */
RV_FN double rv_half_exp(double x) /* e^x / 2 for x >= 0, without early overflow */
{
    uint64_t power;
    double r = rv_exp_reduce(711.5 < x ? 711.5 : x, 0x1.8p52 + 2045.0, &power);
    return rv_exp_finish(r, power);
}

/*@ rv_cosh: rv_half_exp */
RV_FN double rv_cosh(double x)
{
    double e = rv_half_exp(__builtin_fabs(x));
    return e + 0.25 / e;
}

/*@ rv_sinh: rv_half_exp */
RV_FN double rv_sinh(double x)
{
    double a = __builtin_fabs(x), e = rv_half_exp(a), z = x * x;
    double p = 0x1.b39aa50588da0p-41; /* (sinh x - x) / x^3 on |x| <= 0.9, 2^-65.6 */
    p = __builtin_fma(p, z, 0x1.611dbaff5662dp-33);
    p = __builtin_fma(p, z, 0x1.ae645f7659e89p-26);
    p = __builtin_fma(p, z, 0x1.71de3a4ec8a44p-19);
    p = __builtin_fma(p, z, 0x1.a01a01a01f440p-13);
    p = __builtin_fma(p, z, 0x1.11111111110f1p-7);
    p = __builtin_fma(p, z, 0x1.5555555555555p-3);
    return a < 0.9 ? __builtin_fma(x * z, p, x) : __builtin_copysign(e - 0.25 / e, x);
}

/*@ rv_tanh: rv_exp_reduce rv_exp_finish */
RV_FN double rv_tanh(double x)
{
    uint64_t power;
    double a = __builtin_fabs(x), z = x * x, r = rv_exp_reduce(22.0 < a ? 44.0 : 2.0 * a, 0x1.8p52 + 2046.0, &power);
    double large = 1.0 - 2.0 / (rv_exp_finish(r, power) + 1.0);
    double p = -0x1.478207e9db392p-16; /* (tanh x - x) / x^3 on |x| <= 0.55, 2^-60.7 */
    p = __builtin_fma(p, z, 0x1.5da32189d8b0dp-14);
    p = __builtin_fma(p, z, -0x1.e9807b45d1810p-13);
    p = __builtin_fma(p, z, 0x1.34855da227282p-11);
    p = __builtin_fma(p, z, -0x1.7d900984821a2p-10);
    p = __builtin_fma(p, z, 0x1.d6d29fe569b2cp-9);
    p = __builtin_fma(p, z, -0x1.226e2f30aa15dp-7);
    p = __builtin_fma(p, z, 0x1.664f485a54c4ap-6);
    p = __builtin_fma(p, z, -0x1.ba1ba1b981adap-5);
    p = __builtin_fma(p, z, 0x1.11111111107ebp-3);
    p = __builtin_fma(p, z, -0x1.555555555554fp-2);
    return __builtin_copysign(a < 0.55 ? __builtin_fma(a * z, p, a) : large, x);
}

/*@ rv_coshf: rv_exp_coref */
RV_FN float rv_coshf(float x)
{
    float a = __builtin_fabsf(x), e = rv_exp_coref(90.0f < a ? 90.0f : a, 0x1.8p23f + 253.0f);
    return e + 0.25f / e;
}

/*@ rv_sinhf: rv_exp_coref */
RV_FN float rv_sinhf(float x)
{
    float a = __builtin_fabsf(x), e = rv_exp_coref(90.0f < a ? 90.0f : a, 0x1.8p23f + 253.0f), z = x * x;
    float p = 0x1.78903p-19f; /* |x| <= 0.9, 2^-35.6 */
    p = __builtin_fmaf(p, z, 0x1.a007bap-13f);
    p = __builtin_fmaf(p, z, 0x1.111124p-7f);
    p = __builtin_fmaf(p, z, 0x1.555556p-3f);
    return a < 0.9f ? __builtin_fmaf(x * z, p, x) : __builtin_copysignf(e - 0.25f / e, x);
}

/*@ rv_tanhf: rv_exp_coref */
RV_FN float rv_tanhf(float x)
{
    float a = __builtin_fabsf(x), z = x * x;
    float e = rv_exp_coref(12.0f < a ? 24.0f : 2.0f * a, 0x1.8p23f + 254.0f), large = 1.0f - 2.0f / (e + 1.0f);
    float p = 0x1.246e4ep-9f; /* |x| <= 0.6, 2^-33.4 */
    p = __builtin_fmaf(p, z, -0x1.0ee57p-7f);
    p = __builtin_fmaf(p, z, 0x1.6418dcp-6f);
    p = __builtin_fmaf(p, z, -0x1.b9fa8cp-5f);
    p = __builtin_fmaf(p, z, 0x1.11109ep-3f);
    p = __builtin_fmaf(p, z, -0x1.555554p-2f);
    return __builtin_copysignf(a < 0.6f ? __builtin_fmaf(a * z, p, a) : large, x);
}

/* ---- integers, tables, the C library ------------------------------------------------------------------------- */

/*@ rv_toint: rv_base */
/* Truncated toward zero; NaN gives 0, values out of range the nearest limit. */
RV_FN int64_t rv_toint(double x)
{
    int64_t y = (int64_t)(__builtin_fabs(x) < 0x1p63 ? x : 0.0);
    y = x >= 0x1p63 ? INT64_MAX : y;
    return x <= -0x1p63 ? INT64_MIN : y;
}

/*@ rv_tointf: rv_base */
RV_FN int32_t rv_tointf(float x)
{
    int32_t y = (int32_t)(__builtin_fabsf(x) < 0x1p31f ? x : 0.0f);
    y = x >= 0x1p31f ? INT32_MAX : y;
    return x <= -0x1p31f ? INT32_MIN : y;
}

/*@ rv_ifloordiv64: rv_base */
/* Rounded toward minus infinity; 0 for a zero divisor; by -1 the least integer wraps around. */
RV_FN int64_t rv_ifloordiv64(int64_t a, int64_t b)
{
    int64_t safe = ((b == 0) | (b == -1)) ? 1 : b, q = a / safe;
    q -= (a % safe != 0) & ((a ^ safe) < 0);
    q = b == -1 ? (int64_t)(0 - (uint64_t)a) : q;
    return b == 0 ? 0 : q;
}

/*@ rv_ifloordiv32: rv_base */
RV_FN int32_t rv_ifloordiv32(int32_t a, int32_t b)
{
    int32_t safe = ((b == 0) | (b == -1)) ? 1 : b, q = a / safe;
    q -= (a % safe != 0) & ((a ^ safe) < 0);
    q = b == -1 ? (int32_t)(0 - (uint32_t)a) : q;
    return b == 0 ? 0 : q;
}

/*@ rv_imod64: rv_base */
/* The sign of the divisor; 0 for a zero divisor. */
RV_FN int64_t rv_imod64(int64_t a, int64_t b)
{
    int64_t safe = ((b == 0) | (b == -1)) ? 1 : b, r = a % safe;
    return ((r != 0) & ((r ^ safe) < 0)) ? r + safe : r;
}

/*@ rv_imod32: rv_base */
RV_FN int32_t rv_imod32(int32_t a, int32_t b)
{
    int32_t safe = ((b == 0) | (b == -1)) ? 1 : b, r = a % safe;
    return ((r != 0) & ((r ^ safe) < 0)) ? r + safe : r;
}

/*@ rv_table_row: rv_toint */
/* A table of values over time is an array of doubles, whatever the precision of the model:
       [rows, columns, step in ms, period in ms or 0 for none, values row after row].
   Row r holds the values from r * step on, for one step; before the first row it is the first, after the last the last
   (with a period, time is first taken modulo the period). With times of their own, the step is -dt, and after the
   values come one more row, for the time before the first, and the times: row r holds from times[r] to times[r + 1];
   from the second period on, the last row holds until times[0]. Times are multiples of dt that carry rounding errors,
   so a time that is less than `early` of a step before a row belongs to that row: 1e-6, in single precision also the
   rounding of t itself. NaN is before everything. */
RV_FN int64_t rv_table_row(const double *table, double t, double early)
{
    double rows = table[0], step = __builtin_fabs(table[2]), period = table[3];
    double turns = period > 0.0 ? __builtin_floor((t + early * step) / period) : 0.0;
    if (table[2] < 0.0) {
        const int64_t count = (int64_t)rows;
        const double *times = table + 4 + (count + 1) * (int64_t)table[1];
        const double place = t - turns * period + early * step;
        int64_t low = 0, high = count;
        while (low < high) {
            const int64_t middle = (low + high) / 2;
            if (place >= times[middle])
                low = middle + 1;
            else
                high = middle;
        }
        return low ? low - 1 : turns > 0.0 ? count - 1 : count;
    }
    int64_t row = rv_toint(__builtin_floor((t - turns * period) / step + early));
    row = row < 0 ? 0 : row;
    return row < (int64_t)rows ? row : (int64_t)rows - 1;
}

/*@ rv_timed1: rv_table_row */
RV_FN double rv_timed1(const double *table, double t)
{
    return table[4 + rv_table_row(table, t, 1e-6) * (int64_t)table[1]];
}

/*@ rv_timed1f: rv_table_row */
RV_FN float rv_timed1f(const double *table, float t)
{
    double early = 1e-6 + __builtin_fabs((double)t / table[2]) * 0x1p-24;
    return (float)table[4 + rv_table_row(table, (double)t, early) * (int64_t)table[1]];
}

/*@ rv_table_column: rv_base */
/* Column i, or the nearest one. */
RV_FN int64_t rv_table_column(const double *table, int64_t i)
{
    int64_t last = (int64_t)table[1] - 1, column = i < 0 ? 0 : i;
    return column < last ? column : last;
}

/*@ rv_timed2: rv_table_row rv_table_column */
RV_FN double rv_timed2(const double *table, double t, int64_t i)
{
    return table[4 + rv_table_row(table, t, 1e-6) * (int64_t)table[1] + rv_table_column(table, i)];
}

/*@ rv_timed2f: rv_table_row rv_table_column */
RV_FN float rv_timed2f(const double *table, float t, int64_t i)
{
    double early = 1e-6 + __builtin_fabs((double)t / table[2]) * 0x1p-24;
    return (float)table[4 + rv_table_row(table, (double)t, early) * (int64_t)table[1] + rv_table_column(table, i)];
}

/*@ asin: */
double asin(double);
/*@ asinf: */
float asinf(float);
/*@ acos: */
double acos(double);
/*@ acosf: */
float acosf(float);
/*@ atan: */
double atan(double);
/*@ atanf: */
float atanf(float);
/*@ atan2: */
double atan2(double, double);
/*@ atan2f: */
float atan2f(float, float);
/*@ erf: */
double erf(double);
/*@ erff: */
float erff(float);
/*@ fmod: */
double fmod(double, double);
/*@ fmodf: */
float fmodf(float, float);
/*@ round: */
double round(double);
/*@ roundf: */
float roundf(float);
#endif
