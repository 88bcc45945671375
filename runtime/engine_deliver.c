#include <stdlib.h>
#include <string.h>
#include "engine.h"

/* Index of the first pending arrival of step k or later. */
static int64_t first_pending(const en_pathway *p, int64_t k)
{
    int64_t low = 0, high = p->n_pending;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (p->pending_step[middle] < k)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Triples (first, last + 1, rank) of the rows with at least one synapse, of what happened a delay before; then those of
   arrivals that were sent before delays changed, which travelled for longer. */
static int segments(const en_population *from, en_pathway *p, int64_t k)
{
    const en_list list = en_list_of(from, p->event), *pre = &list;
    int64_t total = 0, n = 0, events = 0, nd = p->n_delays, used = nd;
    while (used && k - p->delays[used - 1] < p->since)
        used--;
    for (int64_t d = 0; d < used; d++)
        total += pre->counts[(k + pre->slots - p->delays[d]) % pre->slots];
    int64_t pending = p->n_pending ? first_pending(p, k) : 0, end = pending;
    while (end < p->n_pending && p->pending_step[end] == k)
        end++;
    if (en_grow((void **)&p->seg, &p->cap_seg, 3 * (total + end - pending), sizeof *p->seg))
        return -1;
    for (int64_t d = 0; d < used; d++) {
        int64_t slot = (k + pre->slots - p->delays[d]) % pre->slots;
        const int32_t *rank = pre->history + slot * pre->npad;
        for (int64_t s = 0; s < pre->counts[slot]; s++) {
            const int64_t *row = p->indptr + rank[s] * nd + d;
            if (row[1] == row[0])
                continue;
            int64_t *seg = p->seg + 3 * n++;
            seg[0] = row[0];
            seg[1] = row[1];
            seg[2] = rank[s];
            events += row[1] - row[0];
        }
    }
    for (int64_t i = pending; i < end; i++, n++) {
        memcpy(p->seg + 3 * n, p->pending_seg + 3 * i, 3 * sizeof *p->seg);
        events += p->pending_seg[3 * i + 1] - p->pending_seg[3 * i];
    }
    p->n_seg = n;
    p->events = p->post ? n : events;
    return 0;
}

/* A subtotal of -0.0 changes no target, not even one that is -0.0: so it does not matter which elements are visited,
   nor how often, and the cheaper way may be taken. */
#define APPLY(T, NAME)                                                                                                 \
    EN_WIDE static void dense_##NAME(T *restrict target, T *restrict sub, int64_t n)                                   \
    {                                                                                                                  \
        for (int64_t i = 0; i < n; i++) {                                                                              \
            target[i] += sub[i];                                                                                       \
            sub[i] = (T)-0.0;                                                                                          \
        }                                                                                                              \
    }                                                                                                                  \
    SPARSE(T, NAME, uint16_t)                                                                                          \
    SPARSE(T, NAME, uint32_t)                                                                                          \
    static void ranks_##NAME(T *restrict target, T *restrict sub, const int64_t *seg, int64_t n)                       \
    {                                                                                                                  \
        for (int64_t s = 0; s < n; s++) {                                                                              \
            int64_t j = seg[3 * s + 2];                                                                                \
            target[j] += sub[j];                                                                                       \
            sub[j] = (T)-0.0;                                                                                          \
        }                                                                                                              \
    }                                                                                                                  \
    static void block_##NAME(T *target, T *sub)                                                                        \
    {                                                                                                                  \
        T value = target[0] + sub[0];                                                                                  \
        for (int64_t i = 0; i < 64; i++)                                                                               \
            target[i] = value;                                                                                         \
        sub[0] = (T)-0.0;                                                                                              \
    }                                                                                                                  \
    static void apply_##NAME(const en_pathway *p, T *target, T *sub, int64_t npad, int shared)                         \
    {                                                                                                                  \
        if (shared)                                                                                                    \
            block_##NAME(target, sub);                                                                                 \
        else if (4 * p->events >= npad)                                                                                     \
            dense_##NAME(target, sub, npad);                                                                           \
        else if (p->post)                                                                                              \
            ranks_##NAME(target, sub, p->seg, p->n_seg);                                                               \
        else if (p->wide)                                                                                              \
            sparse_##NAME##_uint32_t(target, sub, p->args.target, p->seg, p->n_seg);                                   \
        else                                                                                                           \
            sparse_##NAME##_uint16_t(target, sub, p->args.target, p->seg, p->n_seg);                                   \
    }

#define SPARSE(T, NAME, INDEX)                                                                                         \
    static void sparse_##NAME##_##INDEX(T *restrict target, T *restrict sub, const void *ranks, const int64_t *seg,    \
                                        int64_t n)                                                                     \
    {                                                                                                                  \
        const INDEX *rank = ranks;                                                                                     \
        for (int64_t s = 0; s < n; s++)                                                                                \
            for (int64_t q = seg[3 * s]; q < seg[3 * s + 1]; q++) {                                                    \
                int64_t j = rank[q];                                                                                   \
                target[j] += sub[j];                                                                                   \
                sub[j] = (T)-0.0;                                                                                      \
            }                                                                                                          \
    }

APPLY(double, double)
APPLY(float, float)

static void apply_subtotals(const en_binding *b, const en_pathway *p, int64_t npad)
{
    if (!p->n_seg)
        return;
    for (int s = 0; s < p->n_subtotals; s++) {
        const en_subtotal *t = &p->subtotal[s];
        if (t->direct)
            continue;
        if (b->width == 8)
            apply_double(p, t->target, b->entry[t->entry].full, npad, b->entry[t->entry].shared);
        else
            apply_float(p, t->target, b->entry[t->entry].full, npad, b->entry[t->entry].shared);
    }
}

static void call(const en_binding *b, en_pathway *p, int64_t k)
{
    if (!p->n_seg)
        return;
    p->args.step = k;
    p->args.seg = p->seg;
    p->kernel[b->uniform](&p->args, 0, p->n_seg);
    en_spread(b);
}

int en_deliver_pre(en_engine *e, en_projection *p, int64_t k)
{
    for (int i = 0; i < p->n_pre_paths; i++) {
        if (segments(&e->population[p->pre], &p->pre_path[i], k))
            return -1;
        call(p->binding, &p->pre_path[i], k);
    }
    for (int i = 0; i < p->n_pre_paths; i++)
        apply_subtotals(p->binding, &p->pre_path[i], e->population[p->post].npad);
    return 0;
}

int en_deliver_post(en_engine *e, en_projection *p, int64_t k)
{
    for (int i = 0; i < p->n_post_paths; i++) {
        if (segments(&e->population[p->post], &p->post_path[i], k))
            return -1;
        call(p->binding, &p->post_path[i], k);
    }
    for (int i = 0; i < p->n_post_paths; i++)
        apply_subtotals(p->binding, &p->post_path[i], e->population[p->post].npad);
    return 0;
}
