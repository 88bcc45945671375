/* What synapses do in every step: continuous transmission, synaptic statements, functions over either end. */
#include <math.h>
#include <string.h>
#include "engine.h"

/* Where the rings of a population hold the values that a delay of d steps reads in step k. */
static void push_rings(en_population *p, int width, int64_t k)
{
    if (!p->ring_rows)
        return;
    int64_t slots = p->ring_slots;
    size_t row = (size_t)(p->npad * width);
    for (int i = 0; i < p->n_rings && slots > 1; i++) {
        en_ring *r = &p->ring[i];
        for (int64_t s = 0; s < slots; s++)
            if (!*r->started || s == k % slots)
                memcpy((char *)r->rows + (size_t)s * row, r->source, row);
        *r->started = 1;
    }
    for (int64_t d = 0; d <= slots; d++) {
        int64_t at = d < 1 ? k % slots : (k + 1 - d + slots) % slots;
        if (width == 8)
            ((int64_t *)p->ring_rows)[d] = at * p->npad;
        else
            ((int32_t *)p->ring_rows)[d] = (int32_t)(at * p->npad);
    }
}

/* The order of sums: blocks of 512, in them 16 lanes, then halves of the lanes; blocks in pairs. */
#define REDUCE(T, ABS, SQRT)                                                                                           \
    static T combine_##T(int op, T x, T y)                                                                             \
    {                                                                                                                  \
        if (op == EN_MIN)                                                                                              \
            return x < y || x != x ? x : y;                                                                            \
        if (op == EN_MAX)                                                                                              \
            return x > y || x != x ? x : y;                                                                            \
        return x + y;                                                                                                  \
    }                                                                                                                  \
    static T block_##T(int op, const T *x, int64_t n, T neutral)                                                       \
    {                                                                                                                  \
        T lane[16];                                                                                                    \
        for (int l = 0; l < 16; l++)                                                                                   \
            lane[l] = neutral;                                                                                         \
        for (int64_t i = 0; i < n; i++)                                                                                \
            lane[i & 15] = combine_##T(op, lane[i & 15], op == EN_NORM1 ? ABS(x[i]) : op == EN_NORM2 ? x[i] * x[i] : x[i]); \
        for (int half = 8; half; half /= 2)                                                                            \
            for (int l = 0; l < half; l++)                                                                             \
                lane[l] = combine_##T(op, lane[l], lane[l + half]);                                                    \
        return lane[0];                                                                                                \
    }                                                                                                                  \
    static T tree_##T(int op, const T *x, int64_t n, int64_t blocks, T neutral)                                        \
    {                                                                                                                  \
        if (n <= 0)                                                                                                    \
            return neutral;                                                                                            \
        if (blocks == 1)                                                                                               \
            return block_##T(op, x, n < 512 ? n : 512, neutral);                                                       \
        int64_t half = blocks / 2;                                                                                     \
        return combine_##T(op, tree_##T(op, x, n, half, neutral),                                                      \
                           tree_##T(op, x + half * 512, n - half * 512, half, neutral));                               \
    }                                                                                                                  \
    static void reduce_##T(const en_reduction *r, T *out)                                                              \
    {                                                                                                                  \
        int64_t blocks = 1;                                                                                            \
        while (blocks * 512 < r->n)                                                                                    \
            blocks *= 2;                                                                                               \
        T neutral = r->op == EN_MIN ? (T)INFINITY : r->op == EN_MAX ? (T)-INFINITY : (T)-0.0;                          \
        T value = tree_##T(r->op, r->source, r->n, blocks, neutral);                                                   \
        value = r->op == EN_MEAN ? value / (T)r->n : r->op == EN_NORM2 ? SQRT(value) : value;                          \
        for (int i = 0; i < 64; i++)                                                                                   \
            out[i] = value;                                                                                            \
    }

REDUCE(double, fabs, sqrt)
REDUCE(float, fabsf, sqrtf)

static void reduce_ends(const en_projection *p)
{
    for (int i = 0; i < p->n_reductions; i++)
        if (p->binding->width == 8)
            reduce_double(&p->reduction[i], p->binding->a[p->reduction[i].entry]);
        else
            reduce_float(&p->reduction[i], p->binding->a[p->reduction[i].entry]);
}

void en_sweep_part(const en_binding *b, const en_sweep *s, int64_t k, int part, int parts)
{
    int64_t begin = parts > 1 ? s->cuts[part] : 0, end = parts > 1 ? s->cuts[part + 1] : s->count;
    rv_args args = s->args;
    args.step = k;
    args.seg = s->seg;
    if (begin < end)
        s->kernel[s->seg ? b->uniform : 0](&args, begin, end);
}

/* Before events: all terms see the values of the start of the slot. */
void en_continuous(en_engine *e, int64_t k)
{
    for (int i = 0; i < e->n_populations; i++)
        push_rings(&e->population[i], e->width, k);
    for (int i = 0; i < e->n_projections; i++) /* what is recorded at events (period 0) sees what their code sees */
        if (!e->projection[i].readout || !e->projection[i].period)
            reduce_ends(&e->projection[i]);
    en_sweep_terms(e, k);
}

#define RECEIVE(T)                                                                                                     \
    static void receive_##T(T *restrict target, const T *restrict total, int64_t n, int assign)                        \
    {                                                                                                                  \
        for (int64_t i = 0; i < n; i++)                                                                                \
            target[i] = (assign ? (T)0.0 : target[i]) + total[i];                                                      \
    }

RECEIVE(double)
RECEIVE(float)

void en_receive(const en_projection *p, int part, int parts)
{
    for (int t = 0; t < p->n_terms; t++) {
        const en_term *x = &p->term[t];
        const int64_t begin = en_cut(x->npad, part, parts), n = en_cut(x->npad, part + 1, parts) - begin;
        if (p->binding->width == 8)
            receive_double((double *)x->target + begin, (double *)p->binding->a[x->entry] + begin, n, x->assign);
        else
            receive_float((float *)x->target + begin, (float *)p->binding->a[x->entry] + begin, n, x->assign);
    }
}

/* A kernel writes the first element of what has one value; all 64 are read. */
void en_spread(const en_binding *b)
{
    for (int k = 0; k < b->n_entries && b->n_spread; k++)
        if (b->entry[k].spread)
            for (int i = 1; i < 64; i++)
                memcpy((char *)b->a[k] + i * b->width, b->a[k], (size_t)b->width);
}

/* Statements of every step, or what is computed to be recorded, with the clock of the next step. Delayed values are
   those that arrive in the next step: what was just computed is pushed before its time. */
void en_synaptic_steps(en_engine *e, en_time when, int64_t k)
{
    int readout = when == EN_RECORDED, pushed = readout;
    for (int i = 0; i < e->n_projections; i++) {
        en_projection *p = &e->projection[i];
        en_time own = p->readout ? EN_RECORDED : p->same_step ? EN_BEFORE_EVENTS : EN_AFTER_EVENTS;
        if (!p->enabled || own != when || !p->n_steps || !p->period || k < p->offset ||
            (k - p->offset) % p->period)
            continue;
        for (int q = 0; q < e->n_populations && !pushed; q++)
            push_rings(&e->population[q], e->width, k + 1);
        pushed = 1;
        reduce_ends(p);
        for (int s = 0; s < p->n_steps; s++) {
            en_sweep_all(e, &p->step[s], p->binding, k + readout);
            en_spread(p->binding);
        }
    }
}
