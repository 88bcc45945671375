/* Random connectors. Philox4x32-10 with counter (rank of the row, number of the pair of draws). */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "connect.h"
#include "engine.h"
#include "engine_threads.h"
#include "rv_random.h"

#define BLOCK 128

typedef struct {
    uint64_t key;
    uint32_t row;
    uint32_t next; /* number of the next pair of draws */
    int64_t at, filled;
    double u[2 * BLOCK]; /* in (0, 1) */
} cn_draws;

static double to_open_unit(uint64_t high, uint64_t low)
{
    uint64_t bits = (high << 32 | low) >> 12; /* 52 bits, centred: neither 0 nor 1 */
    return (rv_from_bits(bits | UINT64_C(0x3ff0000000000000)) - 1.0) + 0x1p-53;
}

EN_WIDE static void draw_block(double *restrict u, uint64_t key, uint32_t row, uint32_t first, int64_t n)
{
    for (int64_t q = 0; q < n; q++) {
        uint64_t w[4];
        rv_draw(key, row, first + (uint32_t)q, 0, w);
        u[2 * q] = to_open_unit(w[0], w[1]);
        u[2 * q + 1] = to_open_unit(w[2], w[3]);
    }
}

static void start_row(cn_draws *d, uint64_t key, int32_t row)
{
    d->key = key;
    d->row = (uint32_t)row;
    d->next = 0;
    d->at = d->filled = 0;
}

/* Draws about as many numbers as are still needed; how many at once changes nothing. */
static void fill(cn_draws *d, double needed)
{
    int64_t pairs = needed < 2 * BLOCK - 4 ? (int64_t)needed / 2 + 2 : BLOCK;
    draw_block(d->u, d->key, d->row, d->next, pairs);
    d->next += (uint32_t)pairs;
    d->at = 0;
    d->filled = 2 * pairs;
}

/* Natural logarithm of a number in (0, 1), to a few ulp. Unlike rv_log it needs no fused operations, which this code,
   built for any machine of its kind, would have to call one at a time. */
static inline double log_unit(double x)
{
    uint64_t bits = rv_bits(x) + (UINT64_C(0x3ff0000000000000) - UINT64_C(0x3fe6a09e667f3bcd));
    double k = (rv_from_bits(bits >> 52 | UINT64_C(0x4330000000000000)) - 0x1p52) - 1023.0;
    double f = rv_from_bits((bits & UINT64_C(0x000fffffffffffff)) + UINT64_C(0x3fe6a09e667f3bcd)) - 1.0;
    double s = f / (2.0 + f), z = s * s, w = z * z;
    double t1 = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01));
    double t2 = z * (6.666666666666735130e-01 +
                     w * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)));
    double h = 0.5 * f * f;
    return k * 6.93147180369123816490e-01 - ((h - (s * (h + (t1 + t2)) + k * 1.90821492927058770002e-10)) - f);
}

EN_WIDE static void to_gaps(double *restrict u, int64_t n, double scale)
{
    for (int64_t q = 0; q < n; q++) {
        double gap = log_unit(u[q]) * scale;
        u[q] = gap < 0x1p52 ? gap : 0x1p52;
    }
}

/* Position of `rank` in the ascending list, or its length. */
static int64_t find(const int32_t *list, int64_t n, int32_t rank)
{
    int64_t low = 0, high = n;
    while (low < high) {
        int64_t middle = (low + high) / 2;
        if (list[middle] < rank)
            low = middle + 1;
        else
            high = middle;
    }
    return low < n && list[low] == rank ? low : n;
}

static int grow_targets(cn_rows *r, int64_t *capacity, int64_t used)
{
    int64_t wanted = *capacity + *capacity / 4 + r->n_post;
    size_t size = r->wide ? 4 : 2;
    void *larger = en_alloc((size_t)wanted * size);
    if (!larger)
        return -1;
    memcpy(larger, r->target, (size_t)used * size);
    free(r->target);
    r->target = larger;
    *capacity = wanted;
    return 0;
}

/* What one part of the rows has drawn. */
typedef struct piece {
    void *target;
    int64_t begin, used;
    int failed;
} piece;

typedef struct bernoulli {
    cn_rows *r;
    const cn_sides *s;
    double probability;
    uint64_t key;
    piece *piece;
} bernoulli;

/* The distances between chosen candidates are geometric: floor(log(u) / log(1 - p)). */
static void draw_part(void *context, int part)
{
    const bernoulli *x = context;
    const cn_sides *s = x->s;
    piece *own = &x->piece[part];
    int64_t first = cn_begin(s->n_pre, part, x->r->parts), last = cn_begin(s->n_pre, part + 1, x->r->parts);
    double mean = (double)(last - first) * (double)s->n_post * x->probability, scale = 1.0 / log1p(-x->probability);
    int64_t capacity = (int64_t)(mean + 6.0 * sqrt(mean)) + s->n_post + 64, q = 0;
    cn_rows r = *x->r;
    cn_draws d;
    own->failed = cn_new_targets(&r, capacity);
    for (int64_t i = first; x->probability > 0.0 && i < last && !own->failed; i++) {
        int64_t self = s->allow_self ? s->n_post : find(s->post, s->n_post, s->pre[i]);
        int64_t candidates = s->n_post - (self < s->n_post), j = -1, begin = q;
        if (q + candidates > capacity && (own->failed = grow_targets(&r, &capacity, q)))
            break;
        for (start_row(&d, x->key, s->pre[i]);;) {
            if (d.at == d.filled) {
                fill(&d, 1.0 + x->probability * (double)(candidates - j));
                to_gaps(d.u, d.filled, scale);
            }
            j += 1 + (int64_t)d.u[d.at++];
            if (j >= candidates)
                break;
            cn_set(r.target, r.wide, q++, s->post[j + (j >= self)]);
        }
        r.indptr[s->pre[i] + 1] = q - begin;
    }
    own->target = r.target;
    own->used = q;
}

static void copy_part(void *context, int part)
{
    const bernoulli *x = context;
    piece *own = &x->piece[part];
    size_t size = x->r->wide ? 4 : 2;
    memcpy((char *)x->r->target + (size_t)own->begin * size, own->target, (size_t)own->used * size);
    free(own->target);
    own->target = NULL;
}

int cn_fixed_probability(cn_rows *r, const cn_sides *s, double probability, uint64_t key)
{
    if (probability >= 1.0)
        return cn_all_to_all(r, s);
    piece *pieces = calloc((size_t)r->parts, sizeof *pieces);
    int failed = !pieces || cn_new_rows(r);
    if (!failed) {
        bernoulli x = {r, s, probability, key, pieces};
        int64_t total = 0;
        en_parallel_once(r->parts, draw_part, &x);
        for (int part = 0; part < r->parts; part++) {
            pieces[part].begin = total;
            total += pieces[part].used;
            failed |= pieces[part].failed;
        }
        cn_sum(r->indptr, r->n_pre);
        if (r->parts == 1) {
            r->target = pieces[0].target;
            pieces[0].target = NULL;
        } else if (!failed && !(failed = cn_new_targets(r, total)))
            en_parallel_once(r->parts, copy_part, &x);
        for (int part = 0; part < r->parts; part++)
            free(pieces[part].target);
    }
    free(pieces);
    return failed ? -1 : 0;
}

static int64_t draw_below(cn_draws *d, int64_t limit, int64_t needed)
{
    if (d->at == d->filled)
        fill(d, (double)needed);
    int64_t x = (int64_t)(d->u[d->at++] * (double)limit);
    return x < limit ? x : limit - 1;
}

/* Chooses `number` different positions below `limit`, not in order, or in order when more than half are chosen.
   `seen` is all zero, before and after. */
static void choose(cn_draws *d, int64_t number, int64_t limit, uint64_t *seen, uint32_t *out)
{
    int inverted = 2 * number > limit;
    int64_t wanted = inverted ? limit - number : number, n = 0;
    while (n < wanted) {
        int64_t x = draw_below(d, limit, wanted - n);
        uint64_t bit = UINT64_C(1) << (x & 63);
        out[n] = (uint32_t)x;
        n += !(seen[x >> 6] & bit);
        seen[x >> 6] |= bit;
    }
    if (!inverted) {
        for (int64_t c = 0; c < number; c++)
            seen[out[c] >> 6] = 0;
        return;
    }
    n = 0;
    for (int64_t x = 0; x < limit; x++)
        if (!(seen[x >> 6] >> (x & 63) & 1))
            out[n++] = (uint32_t)x;
    memset(seen, 0, sizeof *seen * (size_t)(limit / 64 + 1));
}

static void choose_row(cn_draws *d, int64_t number, const int32_t *others, int64_t n_others, int64_t self, int replace,
                       uint64_t *seen, uint32_t *out)
{
    int64_t limit = n_others - (self < n_others);
    if (replace)
        for (int64_t c = 0; c < number; c++)
            out[c] = (uint32_t)draw_below(d, limit, number - c);
    else
        choose(d, number, limit, seen, out);
    for (int64_t c = 0; c < number; c++)
        out[c] = (uint32_t)others[out[c] + (out[c] >= self)];
}

typedef struct choosing {
    const cn_sides *s;
    const int32_t *own, *others;
    int64_t n_own, n_others, number;
    uint64_t key;
    int replace, parts;
    uint32_t *chosen;
    uint64_t *seen; /* per part */
} choosing;

static void choose_part(void *context, int part)
{
    const choosing *x = context;
    uint64_t *seen = x->seen + part * (x->n_others / 64 + 1);
    cn_draws d;
    for (int64_t g = cn_begin(x->n_own, part, x->parts); g < cn_begin(x->n_own, part + 1, x->parts); g++) {
        int64_t self = x->s->allow_self ? x->n_others : find(x->others, x->n_others, x->own[g]);
        start_row(&d, x->key, x->own[g]);
        choose_row(&d, x->number, x->others, x->n_others, self, x->replace, seen, x->chosen + g * x->number);
    }
}

int cn_fixed_number(cn_rows *r, const cn_sides *s, int64_t number, uint64_t key, int replace, int by_post)
{
    const int32_t *own = by_post ? s->post : s->pre, *others = by_post ? s->pre : s->post;
    int64_t n_own = by_post ? s->n_post : s->n_pre, n_others = by_post ? s->n_pre : s->n_post, n = n_own * number;
    uint32_t *chosen = en_alloc(sizeof *chosen * (size_t)(n + 1));
    uint64_t *seen = calloc((size_t)(r->parts * (n_others / 64 + 1)), sizeof *seen);
    int64_t *ptr = malloc(sizeof *ptr * (size_t)(n_own + 1)), *column = NULL;
    uint32_t *middle = NULL;
    int result = -1;
    if (!chosen || !seen || !ptr || cn_new_rows(r) || cn_new_targets(r, n))
        goto done;
    for (int64_t g = 0; g <= n_own; g++)
        ptr[g] = g * number;
    choosing x = {s, own, others, n_own, n_others, number, key, replace, r->parts, chosen, seen};
    en_parallel_once(r->parts, choose_part, &x);
    if (by_post)
        result = cn_transpose(ptr, own, n_own, chosen, r->n_pre, r->indptr, r->target, r->wide, r->parts);
    else { /* by post, then by pre: twice transposed is sorted */
        column = malloc(sizeof *column * (size_t)(r->n_post + 1));
        middle = en_alloc(sizeof *middle * (size_t)(n + 1));
        if (column && middle && !cn_transpose(ptr, own, n_own, chosen, r->n_post, column, middle, 1, r->parts))
            result = cn_transpose(column, NULL, r->n_post, middle, r->n_pre, r->indptr, r->target, r->wide, r->parts);
    }
done:
    free(chosen);
    free(seen);
    free(ptr);
    free(column);
    free(middle);
    return result;
}
