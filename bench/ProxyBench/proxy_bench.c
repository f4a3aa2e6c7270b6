// Drives an HTTP CONNECT proxy (or a plain TCP relay) over the loopback and says how fast it is. In C, so that the driver takes as
// little of the shared processors as it can from what it measures.
//
//   proxy_bench port                                          a port that is free now
//   proxy_bench sink PORT                                     the destination: serves until it is killed
//   proxy_bench bulk PROXY_PORT SINK_PORT PID up|down N SECS  N tunnels as fast as they go: Gbit/s, and processor seconds per GB of PID
//   proxy_bench rate PROXY_PORT SINK_PORT PID N SECS          N at once, each opens a tunnel, echoes a byte, resets: tunnels/s, CONNECT p50 and p99, processor time
//   proxy_bench idle PROXY_PORT SINK_PORT PID N               N tunnels that do nothing: kB of resident memory each
//   proxy_bench hops PROXY_PORT PORT[,PORT...] N              N tunnels in turn, each through all the ports, the last the destination: p50 and p99 of opening and of an echo
//   proxy_bench first PROXY_PORT SINK_PORT SECS               waits until the first tunnel opens: milliseconds
// PROXY_PORT with a leading '=' is a plain relay: no CONNECT is sent (with hops: no proxy at all).
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BLOCK = 256 * 1024, MAX_SAMPLES = 4 * 1024 * 1024 };
static int proxy_port, sink_port, plain;
static atomic_long total;
static char zeros[BLOCK];

static void die(const char *what) { perror(what); exit(1); }

static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec + t.tv_nsec / 1e9; }

static struct sockaddr_in local(int port) {
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return a;
}

// Processor seconds of a process and those that were its children when asked (squid and haproxy fork).
static double cpu_of(int pid) {
    char name[64], line[1024];
    double sum = 0;
    snprintf(name, sizeof name, "/proc/%d/stat", pid);
    FILE *f = fopen(name, "r");
    if (!f) return 0;
    if (fgets(line, sizeof line, f)) {
        unsigned long user = 0, kernel = 0;
        char *after = strrchr(line, ')');
        if (after && sscanf(after + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &kernel) == 2)
            sum = (double)(user + kernel) / sysconf(_SC_CLK_TCK);
    }
    fclose(f);
    return sum;
}

static long rss_of(int pid) {
    char name[64], line[256];
    long kb = 0;
    snprintf(name, sizeof name, "/proc/%d/status", pid);
    FILE *f = fopen(name, "r");
    if (!f) return 0;
    while (fgets(line, sizeof line, f)) if (sscanf(line, "VmRSS: %ld", &kb) == 1) break;
    fclose(f);
    return kb;
}

static int connect_to(int port) {
    struct sockaddr_in a = local(port);
    int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
    if (s < 0) return -1;
    setsockopt(s, SOL_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(s, (struct sockaddr *)&a, sizeof a) < 0) { close(s); return -1; }
    return s;
}

// Sends the request and reads the answer on an open connection, to the end of its head.
static int ask(int s, int port) {
    char buffer[4096];
    int n = snprintf(buffer, sizeof buffer, "CONNECT 127.0.0.1:%d HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n", port, port), have = 0;
    if (send(s, buffer, n, MSG_NOSIGNAL) != n) return -1;
    while (have < 4 || memcmp(buffer + have - 4, "\r\n\r\n", 4)) {
        ssize_t r = have < (int)sizeof buffer - 1 ? recv(s, buffer + have, sizeof buffer - 1 - have, 0) : 0;
        if (r <= 0) return -1;
        have += r;
    }
    return have >= 12 && memcmp(buffer + 9, "200", 3) == 0 ? 0 : -1;
}

// An open tunnel whose first byte tells the sink what to do: 'e' echo, 'd' discard, 's' send.
static int open_tunnel(char job) {
    int s = connect_to(proxy_port);
    if (s < 0) return -1;
    if ((!plain && ask(s, sink_port) < 0) || send(s, &job, 1, MSG_NOSIGNAL) != 1) { close(s); return -1; }
    return s;
}

static void reset_and_close(int s) {
    struct linger l = {1, 0};
    setsockopt(s, SOL_SOCKET, SO_LINGER, &l, sizeof l);
    close(s);
}

// One thread serves many connections; what a connection does is kept in its job: 0 not told yet.
static void *sink_loop(void *argument) {
    int listener = *(int *)argument, loop = epoll_create1(EPOLL_CLOEXEC);
    char *buffer = malloc(BLOCK);
    struct epoll_event e = {.events = EPOLLIN | EPOLLEXCLUSIVE, .data.u64 = (uint64_t)listener << 8}, events[128];
    epoll_ctl(loop, EPOLL_CTL_ADD, listener, &e);
    for (;;) {
        int n = epoll_wait(loop, events, 128, -1);
        for (int i = 0; i < n; i++) {
            int s = (int)(events[i].data.u64 >> 8);
            char job = (char)(events[i].data.u64 & 255);
            if (s == listener) {
                int c = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC), one = 1;
                if (c < 0) continue;
                setsockopt(c, SOL_TCP, TCP_NODELAY, &one, sizeof one);
                e = (struct epoll_event){.events = EPOLLIN, .data.u64 = (uint64_t)c << 8};
                epoll_ctl(loop, EPOLL_CTL_ADD, c, &e);
                continue;
            }
            if (job == 's') {
                if (send(s, zeros, BLOCK, MSG_NOSIGNAL) < 0 && errno != EAGAIN) close(s);
                continue;
            }
            ssize_t r = recv(s, buffer, BLOCK, 0);
            if (r <= 0) { if (r == 0 || errno != EAGAIN) close(s); continue; }
            char *from = buffer;
            if (job == 0) {
                job = *from++;
                r--;
                e = (struct epoll_event){.events = job == 's' ? EPOLLOUT : EPOLLIN, .data.u64 = (uint64_t)s << 8 | (unsigned char)job};
                epoll_ctl(loop, EPOLL_CTL_MOD, s, &e);
            }
            if (job == 'e' && r > 0 && send(s, from, r, MSG_NOSIGNAL) != r) close(s);
        }
    }
    return NULL;
}

static int sink(int port) {
    struct sockaddr_in a = local(port);
    int s = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;
    setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(s, (struct sockaddr *)&a, sizeof a) < 0 || listen(s, 4096) < 0) die("sink");
    pthread_t other;
    pthread_create(&other, NULL, sink_loop, &s);
    sink_loop(&s);
    return 0;
}

static void *bulk_thread(void *argument) {
    char job = *(char *)argument;
    char *buffer = malloc(BLOCK);
    int s = open_tunnel(job);
    if (s < 0) die("tunnel");
    for (;;) {
        ssize_t n = job == 'd' ? send(s, zeros, BLOCK, MSG_NOSIGNAL) : recv(s, buffer, BLOCK, 0);
        if (n <= 0) break;
        total += n;
    }
    reset_and_close(s);
    return NULL;
}

static int bulk(int pid, const char *direction, int tunnels, double seconds) {
    char job = strcmp(direction, "up") == 0 ? 'd' : 's';
    pthread_t *threads = calloc(tunnels, sizeof *threads);
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 128 * 1024);
    for (int i = 0; i < tunnels; i++) if ((errno = pthread_create(&threads[i], &small, bulk_thread, &job))) die("thread");
    usleep(500 * 1000);
    double cpu = cpu_of(pid), start = now();
    long before = total;
    usleep((useconds_t)(seconds * 1e6));
    double gigabytes = (total - before) / 1e9, took = now() - start;
    cpu = cpu_of(pid) - cpu;
    printf("%.2f Gbit/s, %.2f CPU s/GB\n", gigabytes * 8 / took, cpu / gigabytes);
    fflush(stdout);
    _exit(0);
}

static float *samples;
static atomic_long taken, failed;
static int by_size(const void *a, const void *b) { float x = *(const float *)a, y = *(const float *)b; return (x > y) - (x < y); }

// One of the many that open tunnels at once. Two threads serve them by epoll: a thread each would take more of the shared processors than the proxy.
struct opener { int s, asked; double start; };
static char request[128];
static int request_length;

static void begin(int loop, struct opener *o) {
    struct sockaddr_in a = local(proxy_port);
    int one = 1;
    struct epoll_event e = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = o};
    o->start = now();
    o->asked = 0;
    o->s = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (o->s < 0) die("socket");
    setsockopt(o->s, SOL_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(o->s, (struct sockaddr *)&a, sizeof a) < 0 && errno != EINPROGRESS) die("connect");
    if (epoll_ctl(loop, EPOLL_CTL_ADD, o->s, &e) < 0) die("epoll");
}

static void again(int loop, struct opener *o, int ok) {
    if (!ok) failed++;
    reset_and_close(o->s);
    begin(loop, o);
}

static void opened(struct opener *o) {
    long i = taken++;
    if (i < MAX_SAMPLES) samples[i] = (float)((now() - o->start) * 1e3);
}

static void step(int loop, struct opener *o, uint32_t events) {
    char buffer[2048];
    if (events & (EPOLLERR | EPOLLHUP)) { again(loop, o, 0); return; }
    if (o->asked == 0) {
        if (!(events & EPOLLOUT)) return;
        o->asked = plain ? 2 : 1;
        if (plain ? send(o->s, "ex", 2, MSG_NOSIGNAL) != 2 : send(o->s, request, request_length, MSG_NOSIGNAL) != request_length) again(loop, o, 0);
        return;
    }
    if (!(events & EPOLLIN)) return;
    ssize_t r = recv(o->s, buffer, sizeof buffer, 0);
    if (r < 0 && errno == EAGAIN) return;
    if (o->asked == 1) {
        // The answers are short and come whole.
        if (r < 12 || memcmp(buffer + 9, "200", 3) || memcmp(buffer + r - 4, "\r\n\r\n", 4)) { again(loop, o, 0); return; }
        opened(o);
        o->asked = 2;
        if (send(o->s, "ex", 2, MSG_NOSIGNAL) != 2) again(loop, o, 0);
        return;
    }
    // A plain relay has no answer to wait for: its tunnel is open when the byte is back.
    if (r == 1 && plain) opened(o);
    again(loop, o, r == 1);
}

static void *rate_thread(void *argument) {
    int parallel = *(int *)argument, loop = epoll_create1(EPOLL_CLOEXEC);
    struct opener *all = calloc(parallel, sizeof *all);
    struct epoll_event events[64];
    for (int i = 0; i < parallel; i++) begin(loop, &all[i]);
    for (;;) {
        int n = epoll_wait(loop, events, 64, -1);
        for (int i = 0; i < n; i++) step(loop, events[i].data.ptr, events[i].events);
    }
    return NULL;
}

static int rate(int pid, int parallel, double seconds) {
    samples = malloc(sizeof *samples * MAX_SAMPLES);
    request_length = snprintf(request, sizeof request, "CONNECT 127.0.0.1:%d HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n", sink_port, sink_port);
    pthread_t thread;
    int half = (parallel + 1) / 2;
    for (int i = 0; i < 2; i++) pthread_create(&thread, NULL, rate_thread, &half);
    usleep(500 * 1000);
    struct rusage own;
    long first = taken;
    getrusage(RUSAGE_SELF, &own);
    double cpu = cpu_of(pid), mine = own.ru_utime.tv_sec + own.ru_stime.tv_sec + (own.ru_utime.tv_usec + own.ru_stime.tv_usec) / 1e6, start = now();
    usleep((useconds_t)(seconds * 1e6));
    long last = taken;
    double took = now() - start;
    cpu = cpu_of(pid) - cpu;
    getrusage(RUSAGE_SELF, &own);
    mine = own.ru_utime.tv_sec + own.ru_stime.tv_sec + (own.ru_utime.tv_usec + own.ru_stime.tv_usec) / 1e6 - mine;
    long n = last - first;
    if (n > 0) qsort(samples + first, n, sizeof *samples, by_size);
    printf("%.0f tunnels/s, p50 %.2f ms, p99 %.2f ms, %.0f us CPU a tunnel (driver %.0f), %ld failed\n", n / took, n ? samples[first + n / 2] : 0,
           n ? samples[first + n * 99 / 100] : 0, n ? cpu / n * 1e6 : 0, n ? mine / n * 1e6 : 0, (long)failed);
    fflush(stdout);
    _exit(0);
}

// One tunnel after the other, each through all the ports asked for in turn (nested; the last is the destination), with an echo of 64 bytes.
static int hops(char *ports, int count) {
    int all[16], asked = 0, one = 1;
    for (char *p = strtok(ports, ","); p && asked < 16; p = strtok(NULL, ",")) all[asked++] = atoi(p);
    float *open = malloc(sizeof *open * count), *echo = malloc(sizeof *echo * count);
    for (int i = 0; i < count; i++) {
        char bytes[65] = "e", back[64];
        double start = now();
        int s = connect_to(plain ? all[asked - 1] : proxy_port);
        if (s < 0) die("connect");
        for (int k = 0; k < asked && !plain; k++) if (ask(s, all[k]) < 0) { printf("tunnel %d is refused\n", i); return 1; }
        double opened = now();
        setsockopt(s, SOL_TCP, TCP_NODELAY, &one, sizeof one);
        // The first byte tells the sink its job, and warms the way.
        if (send(s, "ex", 2, MSG_NOSIGNAL) != 2 || recv(s, back, 1, 0) != 1) { printf("tunnel %d does not echo\n", i); return 1; }
        double asking = now();
        if (send(s, bytes, 64, MSG_NOSIGNAL) != 64 || recv(s, back, 64, MSG_WAITALL) != 64) { printf("tunnel %d does not echo\n", i); return 1; }
        double done = now();
        open[i] = (float)((opened - start) * 1e3);
        echo[i] = (float)((done - asking) * 1e3);
        reset_and_close(s);
    }
    qsort(open, count, sizeof *open, by_size);
    qsort(echo, count, sizeof *echo, by_size);
    printf("open p50 %.3f p99 %.3f ms, echo p50 %.3f p99 %.3f ms\n", open[count / 2], open[count * 99 / 100], echo[count / 2], echo[count * 99 / 100]);
    return 0;
}

static int idle(int pid, int count) {
    long before = rss_of(pid);
    int *all = malloc(sizeof *all * count);
    for (int i = 0; i < count; i++) {
        char byte = 'x';
        all[i] = open_tunnel('e');
        if (all[i] < 0) { printf("only %d tunnels opened\n", i); return 1; }
        if (send(all[i], &byte, 1, MSG_NOSIGNAL) != 1 || recv(all[i], &byte, 1, 0) != 1) { printf("tunnel %d does not echo\n", i); return 1; }
    }
    sleep(2);
    long after = rss_of(pid);
    printf("%.2f kB a tunnel (%ld -> %ld kB)\n", (double)(after - before) / count, before, after);
    return 0;
}

static int first(double seconds) {
    double start = now();
    while (now() - start < seconds) {
        int s = open_tunnel('e');
        if (s >= 0) { printf("%.0f ms\n", (now() - start) * 1e3); return 0; }
        usleep(1000);
    }
    printf("none\n");
    return 1;
}

static int free_port(void) {
    struct sockaddr_in a = local(0);
    socklen_t length = sizeof a;
    int s = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(s, (struct sockaddr *)&a, sizeof a) < 0 || getsockname(s, (struct sockaddr *)&a, &length) < 0) die("port");
    printf("%d\n", ntohs(a.sin_port));
    return 0;
}

int main(int count, char **a) {
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    signal(SIGPIPE, SIG_IGN);
    if (count == 2 && !strcmp(a[1], "port")) return free_port();
    if (count == 3 && !strcmp(a[1], "sink")) return sink(atoi(a[2]));
    if (count >= 5) {
        plain = a[2][0] == '=';
        proxy_port = atoi(a[2] + plain);
        sink_port = atoi(a[3]);
        if (count == 8 && !strcmp(a[1], "bulk")) return bulk(atoi(a[4]), a[5], atoi(a[6]), atof(a[7]));
        if (count == 7 && !strcmp(a[1], "rate")) return rate(atoi(a[4]), atoi(a[5]), atof(a[6]));
        if (count == 6 && !strcmp(a[1], "idle")) return idle(atoi(a[4]), atoi(a[5]));
        if (count == 5 && !strcmp(a[1], "hops")) return hops(a[3], atoi(a[4]));
        if (count == 5 && !strcmp(a[1], "first")) return first(atof(a[4]));
    }
    fprintf(stderr, "see the head of proxy_bench.c\n");
    return 2;
}
