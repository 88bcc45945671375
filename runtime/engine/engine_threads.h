/* Fork and join: one task in several parts, each executed once, by whichever thread comes first. */
#ifndef RV_ENGINE_THREADS_H
#define RV_ENGINE_THREADS_H
#include <stdint.h>

typedef void en_task(void *context, int part);
typedef struct en_pool en_pool;

/* No thread starts before the first task. NULL: no memory. */
en_pool *en_new_pool(int parts);
/* Joins the threads. */
void en_free_pool(en_pool *p);
/* Forgets threads that a fork has left behind in the parent process; called at the start of every run. */
void en_enter_pool(en_pool *p);
/* Executes parts 0 .. parts - 1 and returns when all are done. The caller takes part 0 and every part that no thread
   has begun by then, so a thread that does not get a processor, or could not be started, holds up nobody. */
void en_parallel(en_pool *p, en_task *task, void *context);
/* The same with threads of its own, which end with it; for what takes much longer than starting them. */
void en_parallel_once(int parts, en_task *task, void *context);

/* Part of 0 .. n in units; the bounds of all parts follow one another. */
static inline int64_t en_bound(int64_t n, int64_t unit, int part, int parts)
{
    int64_t units = (n + unit - 1) / unit, bound = units * part / parts * unit;
    return bound < n ? bound : n;
}

/* Whether the parts of some work are worth their threads: measured while running, which changes no result. Serial and
   parallel execution are compared by their time per unit of work, again and again. */
typedef enum { EN_REST, EN_TRIAL, EN_SHARED } en_mode;

typedef struct en_gauge {
    en_mode mode;
    int rests;             /* length of the next rest, doubled each time  */
    int windows;           /* since the last trial                        */
    int64_t calls, began;  /* of this window; began 0: not measured       */
    double rest;           /* units of work until the next trial          */
    double ns, work;       /* of this window                              */
    double slowest, heavy; /* time and work of the slowest call of a trial */
    double serial;         /* ns per unit of work                         */
} en_gauge;

int64_t en_nanoseconds(void);
/* Before: whether to execute in parts. */
int en_worth(en_gauge *g, double work);
/* After. */
void en_measured(en_gauge *g, double work);
#endif
