#include <stdlib.h>
#include <string.h>
#include "engine.h"

/* The slot of the history that holds what happened `delay` steps before the step of slot `now`. */
static int64_t slot_before(const en_list *l, int64_t now, int64_t delay)
{
    return now < delay ? now - delay + l->slots : now - delay;
}

/* Number of delays by which events of the history may arrive in step k: earlier ones are pending, or gone. */
static int64_t delays_used(const en_pathway *p, int64_t k)
{
    int64_t used = p->n_delays;
    while (used && k - p->delays[used - 1] < p->since)
        used--;
    return used;
}

static int64_t events_due(const en_list *l, const en_pathway *p, int64_t k)
{
    int64_t total = 0, used = delays_used(p, k), now = k % l->slots;
    for (int64_t d = 0; d < used; d++)
        total += l->counts[slot_before(l, now, p->delays[d])];
    return total;
}

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

double en_expected(const en_engine *e, const en_projection *p, int back, int64_t k)
{
    const en_population *from = &e->population[back ? p->post : p->pre];
    double total = 0;
    for (int i = 0; i < (back ? p->n_post_paths : p->n_pre_paths); i++) {
        const en_pathway *path = back ? &p->post_path[i] : &p->pre_path[i];
        const en_list l = en_list_of(from, path->event);
        int64_t rows = from->n * path->n_delays;
        total += (double)events_due(&l, path, k) * ((double)path->indptr[rows] / (double)rows + 1.0);
    }
    return total;
}

/* First position in [first, last) whose target is not below `rank`. */
static int64_t search(const en_pathway *p, int64_t first, int64_t last, int64_t rank)
{
    while (first < last) {
        int64_t middle = (first + last) / 2;
        int64_t found = p->wide ? ((const uint32_t *)p->args.target)[middle] : ((const uint16_t *)p->args.target)[middle];
        if (found < rank)
            first = middle + 1;
        else
            last = middle;
    }
    return first;
}

/* Where the targets of a part begin in a row; those of part `parts` would begin behind the last. */
static int64_t cut_row(const en_pathway *p, int64_t row, int64_t npad, int part, int parts)
{
    const int64_t first = p->indptr[row], last = p->indptr[row + 1];
    if (part == 0)
        return first;
    if (part == parts)
        return last;
    return p->cuts ? first + p->cuts[row * (parts - 1) + part - 1] : search(p, first, last, en_cut(npad, part, parts));
}

static void add_segment(en_share *h, int64_t first, int64_t last, int64_t rank)
{
    int64_t *seg = h->seg + 3 * h->n_seg;
    if (first == last)
        return;
    seg[0] = first;
    seg[1] = last;
    seg[2] = rank;
    h->n_seg++;
    h->synapses += last - first;
}

/* Triples (first, last + 1, rank) of the rows with at least one synapse, of what happened a delay before; then those of
   arrivals that were sent before delays changed, which travelled for longer. Of all synapses, or of those onto the
   neurons of a part. */
static int find_segments(const en_population *from, en_pathway *p, en_share *h, int64_t k, int64_t npad, int part, int parts)
{
    const en_list list = en_list_of(from, p->event), *events = &list;
    int64_t nd = p->n_delays, used = delays_used(p, k), now = k % list.slots;
    int64_t begin = en_cut(npad, part, parts), end = en_cut(npad, part + 1, parts);
    int64_t pending = p->n_pending ? first_pending(p, k) : 0, stop = pending;
    while (stop < p->n_pending && p->pending_step[stop] == k)
        stop++;
    h->n_seg = h->synapses = 0;
    if (en_grow((void **)&h->seg, &h->cap_seg, 3 * (events_due(events, p, k) + stop - pending), sizeof *h->seg))
        return -1;
    for (int64_t d = 0; d < used; d++) {
        int64_t slot = slot_before(events, now, p->delays[d]);
        const int32_t *rank = events->history + slot * events->npad;
        for (int64_t s = 0; s < events->counts[slot]; s++) {
            const int64_t row = rank[s] * nd + d;
            if (parts == 1)
                add_segment(h, p->indptr[row], p->indptr[row + 1], rank[s]);
            else if (!p->post)
                add_segment(h, cut_row(p, row, npad, part, parts), cut_row(p, row, npad, part + 1, parts), rank[s]);
            else if (rank[s] >= begin && rank[s] < end)
                add_segment(h, p->indptr[row], p->indptr[row + 1], rank[s]);
        }
    }
    for (const int64_t *x = p->pending_seg + 3 * pending; pending < stop; pending++, x += 3)
        if (parts == 1)
            add_segment(h, x[0], x[1], x[2]);
        else if (!p->post)
            add_segment(h, search(p, x[0], x[1], begin), part + 1 < parts ? search(p, x[0], x[1], end) : x[1], x[2]);
        else if (x[2] >= begin && x[2] < end)
            add_segment(h, x[0], x[1], x[2]);
    return 0;
}

/* A subtotal of -0.0 changes no target, not even one that is -0.0: so it does not matter which elements are visited,
   nor how often, and the cheaper way may be taken. Where `until` is given, a neuron takes nothing while it is refractory:
   that is fixed as long as events are delivered. */
#define TAKES(j) (!until || (until[j] <= k && last[j] != k))
#define ADD(T, j)                                                                                                      \
    {                                                                                                                  \
        if (TAKES(j))                                                                                                  \
            target[j] += sub[j];                                                                                       \
        sub[j] = (T)-0.0;                                                                                              \
    }
#define APPLY(T, I, NAME)                                                                                              \
    EN_WIDE static void dense_##NAME(T *restrict target, T *restrict sub, int64_t n)                                   \
    {                                                                                                                  \
        for (int64_t i = 0; i < n; i++) {                                                                              \
            target[i] += sub[i];                                                                                       \
            sub[i] = (T)-0.0;                                                                                          \
        }                                                                                                              \
    }                                                                                                                  \
    EN_WIDE static void active_##NAME(T *restrict target, T *restrict sub, const I *restrict until,                    \
                                      const I *restrict last, I k, int64_t n)                                          \
    {                                                                                                                  \
        for (int64_t i = 0; i < n; i++) {                                                                              \
            const T old = target[i], sum = old + sub[i];                                                               \
            target[i] = (until[i] <= k) & (last[i] != k) ? sum : old;                                                  \
            sub[i] = (T)-0.0;                                                                                          \
        }                                                                                                              \
    }                                                                                                                  \
    SPARSE(T, I, NAME, uint16_t)                                                                                       \
    SPARSE(T, I, NAME, uint32_t)                                                                                       \
    static void ranks_##NAME(T *restrict target, T *restrict sub, const I *until, const I *last, I k,                  \
                             const int64_t *seg, int64_t n)                                                            \
    {                                                                                                                  \
        for (int64_t s = 0; s < n; s++)                                                                                \
            ADD(T, seg[3 * s + 2])                                                                                     \
    }                                                                                                                  \
    static void block_##NAME(T *target, T *sub)                                                                        \
    {                                                                                                                  \
        T value = target[0] + sub[0];                                                                                  \
        for (int64_t i = 0; i < 64; i++)                                                                               \
            target[i] = value;                                                                                         \
        sub[0] = (T)-0.0;                                                                                              \
    }                                                                                                                  \
    static void apply_##NAME(const en_pathway *p, const en_share *h, const en_subtotal *to, T *sub, int64_t begin,     \
                             int64_t end, int shared, I k)                                                             \
    {                                                                                                                  \
        T *target = to->target;                                                                                        \
        const I *until = to->until, *last = to->last;                                                                  \
        if (shared)                                                                                                    \
            block_##NAME(target, sub);                                                                                 \
        else if (4 * (p->post ? h->n_seg : h->synapses) >= end - begin && until)                                       \
            active_##NAME(target + begin, sub + begin, until + begin, last + begin, k, end - begin);                   \
        else if (4 * (p->post ? h->n_seg : h->synapses) >= end - begin)                                                \
            dense_##NAME(target + begin, sub + begin, end - begin);                                                    \
        else if (p->post)                                                                                              \
            ranks_##NAME(target, sub, until, last, k, h->seg, h->n_seg);                                               \
        else if (p->wide)                                                                                              \
            sparse_##NAME##_uint32_t(target, sub, until, last, k, p->args.target, h->seg, h->n_seg);                   \
        else                                                                                                           \
            sparse_##NAME##_uint16_t(target, sub, until, last, k, p->args.target, h->seg, h->n_seg);                   \
    }

#define SPARSE(T, I, NAME, INDEX)                                                                                      \
    static void sparse_##NAME##_##INDEX(T *restrict target, T *restrict sub, const I *until, const I *last, I k,       \
                                        const void *ranks, const int64_t *seg, int64_t n)                              \
    {                                                                                                                  \
        const INDEX *rank = ranks;                                                                                     \
        for (int64_t s = 0; s < n; s++)                                                                                \
            for (int64_t q = seg[3 * s]; q < seg[3 * s + 1]; q++)                                                      \
                ADD(T, rank[q])                                                                                        \
    }

APPLY(double, int64_t, double)
APPLY(float, int32_t, float)

static void apply_subtotals(const en_binding *b, const en_pathway *p, const en_share *h, int64_t k, int64_t begin,
                            int64_t end)
{
    if (!h->n_seg)
        return;
    for (int s = 0; s < p->n_subtotals; s++) {
        const en_subtotal *t = &p->subtotal[s];
        const en_entry *x = &b->entry[t->entry];
        if (t->direct)
            continue;
        if (b->width == 8)
            apply_double(p, h, t, x->full, begin, end, x->shared, k);
        else
            apply_float(p, h, t, x->full, begin, end, x->shared, (int32_t)k);
    }
}

/* Computes the present values of the traces at the other side: of all neurons, or of those that the segments reach. A part
   whose segments reach its own neurons alone looks at these; each has a place of its own in the list. */
static void look_at_traces(const en_pathway *p, const en_share *h, rv_args args, int part, int parts)
{
    const int64_t begin = en_cut(p->far_pad, part, parts), end = en_cut(p->far_pad, part + 1, parts);
    int64_t n = 0, *far = p->far + 3 * (begin + part);
    if (4 * h->synapses >= end - begin) {
        p->now_all(&args, begin, end);
        return;
    }
    for (int64_t s = 0; s < h->n_seg; s++)
        for (int64_t q = h->seg[3 * s]; q < h->seg[3 * s + 1]; q++) {
            int64_t rank = p->wide ? ((const uint32_t *)args.target)[q] : ((const uint16_t *)args.target)[q];
            far[3 * n + 2] = rank;
            n += p->seen[rank] != p->round;
            p->seen[rank] = p->round;
        }
    args.seg = far;
    p->now_of(&args, 0, n);
}

static rv_args arguments(const en_pathway *p, const en_share *h, int64_t k)
{
    rv_args args = p->args;
    args.step = k;
    args.seg = h->seg;
    return args;
}

/* In parts, what concerns more than a part's own neurons is done before (en_begin_parts) and after (en_end_parts). */
static void call(const en_binding *b, en_pathway *p, const en_share *h, int64_t k, int part, int parts)
{
    if (!h->n_seg)
        return;
    rv_args args = arguments(p, h, k);
    if (parts == 1)
        p->round++;
    if (p->now_all && (parts == 1 || !p->post))
        look_at_traces(p, h, args, part, parts);
    p->kernel[b->uniform](&args, 0, h->n_seg);
    if (p->trace && parts == 1)
        p->trace(&args, 0, h->n_seg);
    en_spread(b);
}

/* With recorders, the synapses of the step at once, unless what happens at one changes what is seen at another: one
   after another then, or, where a synapse may be reached twice, one row after another. */
static int call_tapped(const en_binding *b, en_pathway *p, const en_share *h, int64_t k)
{
    const int64_t pending = p->n_pending ? first_pending(p, k) : 0;
    const int twice = pending < p->n_pending && p->pending_step[pending] == k;
    if (!p->singly && !twice) {
        if (en_look(p, h, k, 1))
            return -1;
        call(b, p, h, k, 0, 1);
        return en_look(p, h, k, 0);
    }
    for (int64_t s = 0; s < h->n_seg; s++) {
        const int64_t *row = h->seg + 3 * s, length = p->singly ? 1 : row[1] - row[0];
        for (int64_t q = row[0]; q < row[1]; q += length) {
            int64_t seg[3] = {q, q + length, row[2]};
            const en_share one = {.seg = seg, .n_seg = 1, .synapses = length};
            if (en_look(p, &one, k, 1))
                return -1;
            call(b, p, &one, k, 0, 1);
            if (en_look(p, &one, k, 0))
                return -1;
        }
    }
    return 0;
}

int en_deliver(en_engine *e, en_projection *p, int back, int64_t k, int part, int parts)
{
    const en_population *from = &e->population[back ? p->post : p->pre];
    const int64_t npad = e->population[p->post].npad;
    const int n_paths = back ? p->n_post_paths : p->n_pre_paths;
    en_pathway *path = back ? p->post_path : p->pre_path;
    for (int i = 0; i < n_paths; i++) {
        en_share *h = &path[i].share[part];
        if (find_segments(from, &path[i], h, k, npad, part, parts))
            return -1;
        if (!path[i].n_taps)
            call(p->binding, &path[i], h, k, part, parts);
        else if (call_tapped(p->binding, &path[i], h, k))
            return -1;
    }
    for (int i = 0; i < n_paths; i++)
        apply_subtotals(p->binding, &path[i], &path[i].share[part], k, en_cut(npad, part, parts),
                        en_cut(npad, part + 1, parts));
    return 0;
}

typedef struct looking {
    const en_pathway *p;
    const en_share *whole;
    rv_args args;
    int parts;
} looking;

static void look_part(void *context, int part)
{
    const looking *l = context;
    look_at_traces(l->p, l->whole, l->args, part, l->parts);
}

/* With lifted traces, or in parts that are cut anywhere, there is one pathway. */
int en_begin_parts(en_engine *e, en_projection *p, int back, int64_t k)
{
    en_pathway *path = back ? p->post_path : p->pre_path;
    en_share *whole = &path->share[e->parts];
    if (find_segments(&e->population[back ? p->post : p->pre], path, whole, k, e->population[p->post].npad, 0, 1))
        return -1;
    path->round++;
    if (!path->now_all || !path->post || !whole->n_seg)
        return 0;
    looking l = {path, whole, arguments(path, whole, k), e->parts};
    if (4 * whole->synapses >= path->far_pad) {
        en_parallel(e->pool, look_part, &l);
    } else {
        l.parts = 1;
        look_part(&l, 0);
    }
    return 0;
}

/* The traces of the side that had the events, after all parts have read them. */
void en_end_parts(const en_engine *e, const en_projection *p, int back, int64_t k)
{
    const en_pathway *path = back ? p->post_path : p->pre_path;
    const en_share *whole = &path->share[e->parts];
    if (!path->trace || !whole->n_seg)
        return;
    rv_args args = arguments(path, whole, k);
    path->trace(&args, 0, whole->n_seg);
}

/* An equal number of synapses for each part, cut anywhere. */
int en_deliver_synapses(en_engine *e, en_projection *p, int back, int64_t k, int part, int parts)
{
    en_pathway *path = back ? p->post_path : p->pre_path;
    const en_share *whole = &path->share[e->parts];
    en_share *h = &path->share[part];
    int64_t begin = en_bound(whole->synapses, 64, part, parts), end = en_bound(whole->synapses, 64, part + 1, parts);
    if (en_grow((void **)&h->seg, &h->cap_seg, 3 * whole->n_seg, sizeof *h->seg))
        return -1;
    h->n_seg = 0;
    for (int64_t s = 0, at = 0; s < whole->n_seg && at < end; s++) {
        const int64_t *row = whole->seg + 3 * s, length = row[1] - row[0];
        const int64_t first = begin > at ? begin - at : 0, last = end - at < length ? end - at : length;
        at += length;
        if (first >= last)
            continue;
        int64_t *seg = h->seg + 3 * h->n_seg++;
        seg[0] = row[0] + first;
        seg[1] = row[0] + last;
        seg[2] = row[2];
    }
    h->synapses = end - begin;
    call(p->binding, path, h, k, part, parts);
    return 0;
}

typedef struct cutting {
    const en_engine *e;
    en_pathway *p;
    int64_t rows, npad;
} cutting;

static void cut_part(void *context, int part)
{
    const cutting *c = context;
    const int parts = c->e->parts;
    for (int64_t row = en_bound(c->rows, 64, part, parts); row < en_bound(c->rows, 64, part + 1, parts); row++)
        for (int n = 1; n < parts; n++)
            c->p->cuts[row * (parts - 1) + n - 1] = (uint32_t)(
                search(c->p, c->p->indptr[row], c->p->indptr[row + 1], en_cut(c->npad, n, parts)) - c->p->indptr[row]);
}

/* Short rows are searched when they are needed: a table would be as large as they are. */
int en_cut_rows(en_engine *e, en_projection *p)
{
    for (int i = 0; i < p->n_pre_paths; i++) {
        en_pathway *path = &p->pre_path[i];
        int64_t rows = e->population[p->pre].n * path->n_delays;
        if (path->cuts || path->indptr[rows] < 16 * rows)
            continue;
        uint32_t *cuts = en_own(e, sizeof *cuts * (size_t)(rows * (e->parts - 1)));
        if (!cuts)
            return -1;
        path->cuts = cuts;
        cutting c = {e, path, rows, e->population[p->post].npad};
        en_parallel(e->pool, cut_part, &c);
    }
    return 0;
}
