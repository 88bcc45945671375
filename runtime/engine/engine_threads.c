#include "engine_threads.h"
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    SPINS = 1000,   /* some ten microseconds: the distance of two sections of a busy network */
    YIELDS = 2000,  /* about a millisecond, in which other processes may have the processor        */
    STACK = 1 << 20
};

/* Each on a cache line of its own. A turn is the number of a task. */
typedef struct member {
    _Alignas(64) atomic_uint claimed; /* last turn of which someone has begun this part */
    atomic_uint done;                 /* last turn of which the thread has ended it     */
    unsigned seen;
    pthread_t thread;
    en_pool *pool;
} member;

struct en_pool {
    _Alignas(64) atomic_uint turn;
    atomic_int asleep, quit;
    en_task *task;
    void *context;
    int parts, started; /* threads 1 .. started exist */
    int tried;          /* to start them              */
    pid_t process;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    member member[];
};

static inline void pause_a_little(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

en_pool *en_new_pool(int parts)
{
    void *block = NULL;
    size_t bytes = sizeof(en_pool) + sizeof(member) * (size_t)parts;
    if (posix_memalign(&block, 64, bytes))
        return NULL;
    memset(block, 0, bytes);
    en_pool *p = block;
    p->parts = parts;
    for (int i = 0; i < parts; i++)
        p->member[i].pool = p;
    p->process = getpid();
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->wake, NULL);
    return p;
}

void en_enter_pool(en_pool *p)
{
    if (p->process == getpid())
        return;
    p->process = getpid();
    p->started = p->tried = 0;
    atomic_store(&p->asleep, 0);
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->wake, NULL);
}

/* Waits for the next turn, or returns 0: the pool ends. */
static int wait_for_turn(en_pool *p, member *m)
{
    for (int i = 0; i < SPINS + YIELDS; i++) {
        if (atomic_load_explicit(&p->turn, memory_order_acquire) != m->seen)
            return 1;
        if (atomic_load_explicit(&p->quit, memory_order_relaxed))
            return 0;
        if (i < SPINS)
            pause_a_little();
        else
            sched_yield();
    }
    pthread_mutex_lock(&p->lock);
    atomic_fetch_add(&p->asleep, 1);
    while (atomic_load(&p->turn) == m->seen && !atomic_load(&p->quit))
        pthread_cond_wait(&p->wake, &p->lock);
    atomic_fetch_sub(&p->asleep, 1);
    pthread_mutex_unlock(&p->lock);
    return !atomic_load(&p->quit);
}

/* Every part of every turn is claimed once before the next turn begins. */
static int claim(member *m, unsigned turn)
{
    unsigned before = turn - 1;
    return atomic_load_explicit(&m->claimed, memory_order_relaxed) == before &&
           atomic_compare_exchange_strong_explicit(&m->claimed, &before, turn, memory_order_acq_rel,
                                                   memory_order_relaxed);
}

static void *work(void *argument)
{
    member *m = argument;
    en_pool *p = m->pool;
    while (wait_for_turn(p, m)) {
        m->seen = atomic_load_explicit(&p->turn, memory_order_acquire);
        if (claim(m, m->seen)) {
            p->task(p->context, (int)(m - p->member));
            atomic_store_explicit(&m->done, m->seen, memory_order_release);
        }
    }
    return NULL;
}

/* Signals are for the threads of Python. */
static void start(en_pool *p)
{
    pthread_attr_t attributes;
    sigset_t all, old;
    p->tried = 1;
    sigfillset(&all);
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK);
    pthread_sigmask(SIG_BLOCK, &all, &old);
    for (int i = 1; i < p->parts; i++) {
        member *m = &p->member[i];
        m->seen = atomic_load(&p->turn);
        if (pthread_create(&m->thread, &attributes, work, m))
            break;
        p->started = i;
    }
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    pthread_attr_destroy(&attributes);
}

static void awaken(en_pool *p)
{
    pthread_mutex_lock(&p->lock);
    pthread_cond_broadcast(&p->wake);
    pthread_mutex_unlock(&p->lock);
}

void en_parallel(en_pool *p, en_task *task, void *context)
{
    if (!p->tried)
        start(p);
    unsigned turn = atomic_load_explicit(&p->turn, memory_order_relaxed) + 1;
    p->task = task;
    p->context = context;
    atomic_store(&p->turn, turn);
    if (atomic_load(&p->asleep))
        awaken(p);
    task(context, 0);
    for (int i = 1; i < p->parts; i++)
        if (claim(&p->member[i], turn)) {
            task(context, i);
            atomic_store_explicit(&p->member[i].done, turn, memory_order_relaxed);
        }
    for (int i = 1; i < p->parts; i++)
        for (int spins = 0; atomic_load_explicit(&p->member[i].done, memory_order_acquire) != turn; spins++)
            if (spins < SPINS)
                pause_a_little();
            else
                sched_yield();
}

void en_free_pool(en_pool *p)
{
    if (!p)
        return;
    if (p->process == getpid()) {
        atomic_store(&p->quit, 1);
        awaken(p);
        for (int i = 1; i <= p->started; i++)
            pthread_join(p->member[i].thread, NULL);
        pthread_cond_destroy(&p->wake);
        pthread_mutex_destroy(&p->lock);
    }
    free(p);
}

void en_parallel_once(int parts, en_task *task, void *context)
{
    en_pool *p = parts > 1 ? en_new_pool(parts) : NULL;
    if (p)
        en_parallel(p, task, context);
    else
        for (int i = 0; i < parts; i++)
            task(context, i);
    en_free_pool(p);
}

int64_t en_nanoseconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* -- is it worth it? ------------------------------------------------------------------------------------- */

static const double LEAST_WORK = 256;    /* units, a nanosecond or more each: below, nothing is even measured */
static const double LEAST_NS = 2000;     /* of a serial call: below, threads cannot win                       */
static const double WINDOW_NS = 2e6;
enum { WARM = 4, TRIAL_CALLS = 8, WINDOWS = 32, LONGEST_REST = 64 };

static void open_window(en_gauge *g, en_mode mode)
{
    g->mode = mode;
    g->calls = 0;
    g->ns = g->work = g->slowest = g->heavy = 0;
}

static void rest(en_gauge *g, int windows)
{
    open_window(g, EN_REST);
    g->rests = windows < LONGEST_REST ? windows : LONGEST_REST;
    g->rest = g->rests * WINDOW_NS / g->serial;
}

int en_worth(en_gauge *g, double amount)
{
    g->began = 0;
    if (amount < LEAST_WORK)
        return 0;
    if (g->mode == EN_REST) {
        g->rest -= amount;
        if (g->rest > 0)
            return 0;
        open_window(g, EN_TRIAL);
    }
    g->began = en_nanoseconds();
    return g->mode == EN_SHARED;
}

/* The serial time is that of a window without the slowest of its calls: after fewer, what the other threads have written
   would still be on its way to this core. The parallel time is that of a whole window, with all that waiting for other
   threads has cost. */
void en_measured(en_gauge *g, double amount)
{
    if (!g->began)
        return;
    double ns = (double)(en_nanoseconds() - g->began);
    if (++g->calls <= WARM)
        return;
    g->ns += ns;
    g->work += amount;
    if (g->mode == EN_TRIAL) {
        if (ns > g->slowest) {
            g->slowest = ns;
            g->heavy = amount;
        }
        if (g->calls < WARM + TRIAL_CALLS || (g->ns < WINDOW_NS && g->ns >= LEAST_NS * TRIAL_CALLS))
            return;
        g->serial = (g->ns - g->slowest + 1) / (g->work - g->heavy);
        if (g->ns - g->slowest < LEAST_NS * (g->calls - WARM - 1))
            rest(g, LONGEST_REST);
        else
            open_window(g, EN_SHARED);
    } else if (g->ns >= WINDOW_NS) {
        if (g->ns / g->work > 0.95 * g->serial)
            rest(g, 2 * g->rests + 1);
        else {
            g->rests = 0;
            open_window(g, ++g->windows % WINDOWS ? EN_SHARED : EN_TRIAL);
        }
    }
}
