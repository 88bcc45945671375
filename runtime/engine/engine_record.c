#include <string.h>
#include "engine.h"

/* How many of the given steps lie before a step. */
static int64_t steps_before(const en_recorder *r, int64_t step)
{
    int64_t low = 0, high = r->n_at;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (r->at[middle] < step)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Number of samples in steps [step, step + n_steps). */
int64_t en_samples_due(const en_recorder *r, int64_t step, int64_t n_steps)
{
    if (r->at)
        return steps_before(r, step + n_steps) - steps_before(r, step);
    int64_t end = step + n_steps - r->start; /* samples lie at 0, period, 2 period, ... from start on */
    int64_t begin = step - r->start;
    int64_t before_end = end <= 0 ? 0 : (end - 1) / r->period + 1;
    int64_t before_begin = begin <= 0 ? 0 : (begin - 1) / r->period + 1;
    return before_end - before_begin;
}

#define GATHER(TYPE)                                                                                                   \
    for (int64_t i = 0; i < r->n; i++)                                                                                 \
        ((TYPE *)row)[i] = ((const TYPE *)r->data)[r->ranks[i]];

static void sample(en_recorder *r)
{
    char *row = r->out + *r->count * r->n * r->width;
    if (!r->ranks)
        memcpy(row, r->data, (size_t)(r->n * r->width));
    else if (r->width == 8)
        GATHER(uint64_t)
    else
        GATHER(uint32_t)
    ++*r->count;
}

static int record_spikes(en_engine *e, en_spikes *s, int64_t k)
{
    const en_list l = en_list_of(&e->population[s->population], s->event);
    int64_t slot = k % l.slots, n = l.counts[slot], kept = 0;
    const int32_t *rank = l.history + slot * l.npad;
    if (!n)
        return 0;
    if (en_grow((void **)&s->ranks, &s->cap_ranks, s->n_ranks + n, sizeof *s->ranks) ||
        en_grow((void **)&s->runs, &s->cap_runs, 2 * s->n_runs + 2, sizeof *s->runs))
        return -1;
    int32_t *out = s->ranks + s->n_ranks;
    if (!s->select) {
        memcpy(out, rank, (size_t)n * sizeof *out);
        kept = n;
    } else
        for (int64_t i = 0; i < n; i++)
            if (s->select[rank[i]])
                out[kept++] = rank[i];
    if (!kept)
        return 0;
    s->runs[2 * s->n_runs] = k;
    s->runs[2 * s->n_runs + 1] = kept;
    s->n_runs++;
    s->n_ranks += kept;
    return 0;
}

int en_record(en_engine *e, int64_t k)
{
    for (int i = 0; i < e->n_recorders; i++) {
        en_recorder *r = &e->recorder[i];
        if (r->at ? en_samples_due(r, k, 1) : k >= r->start && (k - r->start) % r->period == 0)
            sample(r);
    }
    for (int i = 0; i < e->n_spikes; i++)
        if (record_spikes(e, &e->spikes[i], k))
            return -1;
    return 0;
}

void en_drain(en_spikes *s, int64_t *steps, int32_t *ranks)
{
    int64_t n = 0;
    if (!s->n_ranks)
        return;
    for (int64_t i = 0; i < s->n_runs; i++)
        for (int64_t j = 0; j < s->runs[2 * i + 1]; j++)
            steps[n++] = s->runs[2 * i];
    memcpy(ranks, s->ranks, (size_t)s->n_ranks * sizeof *ranks);
    s->n_ranks = s->n_runs = 0;
}

/* Adding one to an exponent of all ones carries into the sign bit: integer additions find NaN and infinity, in any
   instruction set and whatever the compiler assumes of floats. */
#define SCAN(TYPE, EXPONENT, ONE, SIGN)                                                                                \
    EN_WIDE static int64_t scan_##TYPE(const TYPE *x, int64_t n)                                                       \
    {                                                                                                                  \
        for (int64_t begin = 0; begin < n; begin += 1024) {                                                            \
            int64_t end = begin + 1024 < n ? begin + 1024 : n;                                                         \
            TYPE any = 0;                                                                                              \
            for (int64_t i = begin; i < end; i++)                                                                      \
                any |= (x[i] & EXPONENT) + ONE;                                                                        \
            if (any & SIGN)                                                                                            \
                for (int64_t i = begin; i < end; i++)                                                                  \
                    if (((x[i] & EXPONENT) + ONE) & SIGN)                                                              \
                        return i;                                                                                      \
        }                                                                                                              \
        return -1;                                                                                                     \
    }

SCAN(uint64_t, UINT64_C(0x7ff0000000000000), UINT64_C(0x0010000000000000), UINT64_C(0x8000000000000000))
SCAN(uint32_t, UINT32_C(0x7f800000), UINT32_C(0x00800000), UINT32_C(0x80000000))

int en_scan(en_engine *e)
{
    for (int i = 0; i < e->n_guards; i++) {
        const en_guard *g = &e->guard[i];
        e->bad_rank = g->width == 8 ? scan_uint64_t(g->data, g->n) : scan_uint32_t(g->data, g->n);
        if (e->bad_rank >= 0) {
            e->bad_guard = i;
            return 1;
        }
    }
    return 0;
}

static int holds(const en_condition *c, int64_t k)
{
    en_binding *b = c->binding;
    b->args.step = k;
    en_before(b, k);
    c->kernel(&b->args, 0, b->npad);
    int64_t n_true = 0;
    if (b->width == 8)
        for (int64_t i = 0; i < b->n; i++)
            n_true += ((const int64_t *)b->a[c->mask_entry])[i] != 0;
    else
        for (int64_t i = 0; i < b->n; i++)
            n_true += ((const int32_t *)b->a[c->mask_entry])[i] != 0;
    return c->every ? n_true == b->n : n_true > 0;
}

int en_stop(en_engine *e, int64_t k)
{
    if (!e->n_conditions)
        return 0;
    for (int i = 0; i < e->n_conditions; i++)
        if (holds(&e->condition[i], k) != e->conditions_all)
            return !e->conditions_all;
    return e->conditions_all;
}
