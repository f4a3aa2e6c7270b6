// What a relay by sockmap (eBPF) is worth on this kernel; the reason for docs/decisions/sockmap.md. In C, and apart from the proxy: it shows, it is not a product.
//
//   sockmap_trial relay PORT DESTINATION_PORT now|wait   answers CONNECT by 200, then lets the kernel redirect; passes a half-close on at once, or when the bytes before it are sent
//   sockmap_trial sink PORT                              reads until the half-close, answers with the count (8 bytes)
//   sockmap_trial send PORT SINK_PORT PIDS BYTES N       N tunnels send BYTES each and wait for the count: Gbit/s, lost bytes, processor s per GB of all who took part
//   sockmap_trial stall PORT SINK_PORT BYTES             sends to a destination that never reads: how much the way takes, and how much memory goes
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { BLOCK = 256 * 1024, PAIRS = 4096 };
static char zeros[BLOCK];
static int sockmap, peers, wait_for_bytes;

static void die(const char *what) { perror(what); exit(1); }
static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec + t.tv_nsec / 1e9; }
static struct sockaddr_in local(int port) { return (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)}; }

static int connect_to(int port) {
    struct sockaddr_in a = local(port);
    int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
    if (connect(s, (struct sockaddr *)&a, sizeof a) < 0) die("connect");
    setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return s;
}

static int listen_on(int port) {
    struct sockaddr_in a = local(port);
    int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
    setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(s, (struct sockaddr *)&a, sizeof a) < 0 || listen(s, 4096) < 0) die("listen");
    return s;
}

static int bpf(int command, union bpf_attr *a) { return (int)syscall(SYS_bpf, command, a, sizeof *a); }

static int make_map(int type, int key, int value) {
    union bpf_attr a = {.map_type = type, .key_size = key, .value_size = value, .max_entries = 2 * PAIRS};
    int map = bpf(BPF_MAP_CREATE, &a);
    if (map < 0) die("BPF_MAP_CREATE (CAP_BPF and CAP_NET_ADMIN are needed)");
    return map;
}

static int set(int map, void *key, void *value) {
    union bpf_attr a = {.map_fd = map, .key = (uintptr_t)key, .value = (uintptr_t)value};
    return bpf(BPF_MAP_UPDATE_ELEM, &a);
}

#define OP(code, dst, src, off, imm) {code, dst, src, off, imm}
static void attach(void) {
    static char log[65536];
    sockmap = make_map(BPF_MAP_TYPE_SOCKMAP, 4, 4);
    peers = make_map(BPF_MAP_TYPE_HASH, 8, 4);
    struct bpf_insn program[] = {
        OP(0xbf, 6, 1, 0, 0),                                              // r6 = context
        OP(0x61, 2, 1, 0, 0), OP(0x55, 2, 0, 2, 0),                        // A FIN comes as a buffer of length 0. Redirected, it is sent after
        OP(0xb7, 0, 0, 0, SK_DROP), OP(0x95, 0, 0, 0, 0),                  // our shutdown, and the EPIPE of that is put on the socket: dropped.
        OP(0x85, 0, 0, 0, BPF_FUNC_get_socket_cookie),
        OP(0x7b, 10, 0, -8, 0),                                            // its cookie is the key ...
        OP(0x18, 1, BPF_PSEUDO_MAP_FD, 0, peers), OP(0, 0, 0, 0, 0),
        OP(0xbf, 2, 10, 0, 0), OP(0x07, 2, 0, 0, -8),
        OP(0x85, 0, 0, 0, BPF_FUNC_map_lookup_elem),                       // ... of the peer's place
        OP(0x55, 0, 0, 2, 0), OP(0xb7, 0, 0, 0, SK_PASS), OP(0x95, 0, 0, 0, 0),
        OP(0x61, 3, 0, 0, 0), OP(0xbf, 1, 6, 0, 0),
        OP(0x18, 2, BPF_PSEUDO_MAP_FD, 0, sockmap), OP(0, 0, 0, 0, 0),
        OP(0xb7, 4, 0, 0, 0),
        OP(0x85, 0, 0, 0, BPF_FUNC_sk_redirect_map), OP(0x95, 0, 0, 0, 0),
    };
    union bpf_attr load = {.prog_type = BPF_PROG_TYPE_SK_SKB, .expected_attach_type = BPF_SK_SKB_VERDICT, .insns = (uintptr_t)program,
        .insn_cnt = sizeof program / sizeof *program, .license = (uintptr_t)"Apache-2.0", .log_buf = (uintptr_t)log, .log_size = sizeof log, .log_level = 1};
    int loaded = bpf(BPF_PROG_LOAD, &load);
    if (loaded < 0) { fputs(log, stderr); die("BPF_PROG_LOAD"); }
    union bpf_attr a = {.target_fd = sockmap, .attach_bpf_fd = loaded, .attach_type = BPF_SK_SKB_VERDICT};
    if (bpf(BPF_PROG_ATTACH, &a) < 0) die("BPF_PROG_ATTACH");
}

static uint64_t cookie(int s) { uint64_t c = 0; socklen_t n = sizeof c; getsockopt(s, SOL_SOCKET, SO_COOKIE, &c, &n); return c; }
static struct tcp_info info(int s) { struct tcp_info i; socklen_t n = sizeof i; memset(&i, 0, sizeof i); getsockopt(s, IPPROTO_TCP, TCP_INFO, &i, &n); return i; }

// How much has been put into a socket since it was opened: acknowledged, and still in its queue. Asked in this order it is never too much.
static uint64_t written(int s) { uint64_t acked = info(s).tcpi_bytes_acked; int queued = 0; ioctl(s, SIOCOUTQ, &queued); return acked + queued; }

static atomic_int next_pair, inserted;
static _Atomic(long) insertion_ns;

static void *relay_pair(void *argument) {
    int s[2] = {(int)(intptr_t)argument, 0}, one = 1, have = 0;
    char head[4096];
    while (have < 4 || memcmp(head + have - 4, "\r\n\r\n", 4)) {
        ssize_t n = recv(s[0], head + have, 1, 0);
        if (n <= 0 || have == sizeof head - 1) { close(s[0]); return NULL; }
        have += n;
    }
    extern int destination;
    s[1] = connect_to(destination);
    setsockopt(s[0], IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    double start = now();
    uint64_t base[2];
    int place = 2 * (next_pair++ % PAIRS), places[2] = {place, place + 1};
    for (int i = 0; i < 2; i++) { uint64_t c = cookie(s[i]); set(peers, &c, &places[1 - i]); }
    for (int i = 0; i < 2; i++) if (set(sockmap, &places[i], &s[i]) < 0) die("sockmap");
    insertion_ns += (long)((now() - start) * 1e9);
    inserted++;
    if (send(s[0], "HTTP/1.1 200 OK\r\n\r\n", 19, 0) != 19) return NULL;
    for (int i = 0; i < 2; i++) base[i] = written(s[i]);
    // What came before the insertion stays in the queue until something looks at it.
    for (int i = 0; i < 2; i++) setsockopt(s[i], SOL_SOCKET, SO_RCVLOWAT, &one, sizeof one);
    uint64_t received[2] = {have, 0};
    for (int open = 2, done[2] = {0, 0}; open > 0;) {
        struct pollfd p[2] = {{done[0] ? -1 : s[0], POLLRDHUP, 0}, {done[1] ? -1 : s[1], POLLRDHUP, 0}};
        poll(p, 2, -1);
        for (int i = 0; i < 2; i++) {
            if (done[i] || !p[i].revents) continue;
            if (p[i].revents & POLLERR) { open = 0; break; }
            // The end has arrived in front of the bytes that a worker of the kernel has still to send: the FIN counts one.
            while (wait_for_bytes && written(s[1 - i]) - base[1 - i] + 1 < info(s[i]).tcpi_bytes_received - received[i]) usleep(200);
            shutdown(s[1 - i], SHUT_WR);
            done[i] = 1;
            open--;
        }
    }
    // A socket that is closed takes what is still to be sent by the worker with it.
    usleep(500 * 1000);
    close(s[0]);
    close(s[1]);
    return NULL;
}

int destination;

static void *per_second(void *unused) {
    (void)unused;
    for (int before = 0;; sleep(1)) if (inserted != before) { before = inserted; fprintf(stderr, "insertion of a pair: %.0f us on average of %d\n", insertion_ns / 1e3 / before, before); }
}

static void relay(int port, int to) {
    destination = to;
    attach();
    int listener = listen_on(port);
    pthread_t thread;
    if (getenv("INSERTION")) pthread_create(&thread, NULL, per_second, NULL);
    for (;;) {
        int s = accept(listener, NULL, NULL);
        if (s >= 0 && pthread_create(&thread, NULL, relay_pair, (void *)(intptr_t)s) == 0) pthread_detach(thread);
    }
}

static void *sink_one(void *argument) {
    int s = (int)(intptr_t)argument;
    uint64_t total = 0;
    char *buffer = malloc(BLOCK);
    for (ssize_t n; (n = recv(s, buffer, BLOCK, 0)) > 0; total += n) { }
    send(s, &total, sizeof total, MSG_NOSIGNAL);
    close(s);
    free(buffer);
    return NULL;
}

static void sink(int port) {
    int listener = listen_on(port);
    for (pthread_t thread;;) {
        int s = accept(listener, NULL, NULL);
        if (s >= 0 && pthread_create(&thread, NULL, sink_one, (void *)(intptr_t)s) == 0) pthread_detach(thread);
    }
}

static int open_tunnel(int port, int sink_port) {
    char b[2048];
    int s = connect_to(port), have = 0, n = snprintf(b, sizeof b, "CONNECT 127.0.0.1:%d HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n", sink_port, sink_port);
    if (send(s, b, n, 0) != n) die("send");
    do { if (recv(s, b + have, 1, 0) != 1) die("answer"); } while (++have < 4 || memcmp(b + have - 4, "\r\n\r\n", 4));
    return s;
}

// Processor ticks of a process, or with 0 of all the kernel's workers.
static long ticks(int pid) {
    long all = 0;
    DIR *d = opendir("/proc");
    for (struct dirent *e; (e = readdir(d));) {
        char path[300], line[1024], *end;
        if (e->d_name[0] < '0' || e->d_name[0] > '9' || (pid && atoi(e->d_name) != pid)) continue;
        snprintf(path, sizeof path, "/proc/%s/stat", e->d_name);
        FILE *f = fopen(path, "r");
        if (!f) continue;
        long user, system;
        if (fgets(line, sizeof line, f) && (end = strrchr(line, ')')) && (pid || strstr(line, "(kworker")) &&
            sscanf(end + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %ld %ld", &user, &system) == 2) all += user + system;
        fclose(f);
    }
    closedir(d);
    return all;
}

static int port, sink_port;
static long bytes;
static atomic_long arrived;

static void *send_one(void *unused) {
    (void)unused;
    int s = open_tunnel(port, sink_port);
    for (long left = bytes; left > 0;) { ssize_t n = send(s, zeros, left < BLOCK ? left : BLOCK, MSG_NOSIGNAL); if (n <= 0) break; left -= n; }
    shutdown(s, SHUT_WR);
    uint64_t count = 0;
    if (recv(s, &count, sizeof count, MSG_WAITALL) == sizeof count) arrived += count;
    close(s);
    return NULL;
}

static int send_all(char *pids, int tunnels) {
    int all[16], n = 0;
    for (char *p = strtok(pids, ","); p && n < 14; p = strtok(NULL, ",")) all[n++] = atoi(p);
    all[n++] = getpid();
    all[n++] = 0;
    long before[16];
    for (int i = 0; i < n; i++) before[i] = ticks(all[i]);
    double start = now();
    pthread_t *threads = calloc(tunnels, sizeof *threads);
    for (int i = 0; i < tunnels; i++) pthread_create(&threads[i], NULL, send_one, NULL);
    for (int i = 0; i < tunnels; i++) pthread_join(threads[i], NULL);
    double took = now() - start, gigabytes = (double)arrived / 1e9, cpu = 0, hz = (double)sysconf(_SC_CLK_TCK);
    for (int i = 0; i < n; i++) cpu += (before[i] = ticks(all[i]) - before[i]) / hz;
    printf("%6.2f Gbit/s, %ld of %ld bytes lost, processor s/GB: %.2f in all, %.2f relay, %.2f kernel's workers\n", gigabytes * 8 / took,
        bytes * tunnels - arrived, bytes * tunnels, cpu / gigabytes, before[1] / hz / gigabytes, before[n - 1] / hz / gigabytes);
    return 0;
}

static long available(void) {
    char line[256];
    long kb = 0;
    FILE *f = fopen("/proc/meminfo", "r");
    while (fgets(line, sizeof line, f)) sscanf(line, "MemAvailable: %ld", &kb);
    fclose(f);
    return kb;
}

static int stall(void) {
    int listener = listen_on(sink_port), s = open_tunnel(port, sink_port);
    int peer = accept(listener, NULL, NULL), slow = 0;
    long sent = 0, before = available();
    while (sent < bytes && slow < 30) {
        ssize_t n = send(s, zeros, BLOCK, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n > 0) { sent += n; slow = 0; } else { usleep(100 * 1000); slow++; }
    }
    printf("%ld MB taken for a destination that never reads%s; %ld MB less memory available\n", sent / 1000000, slow < 30 ? " (and more would be)" : ", then no more", (before - available()) / 1000);
    close(peer);
    return 0;
}

int main(int count, char **a) {
    signal(SIGPIPE, SIG_IGN);
    if (count == 5 && !strcmp(a[1], "relay")) { wait_for_bytes = !strcmp(a[4], "wait"); relay(atoi(a[2]), atoi(a[3])); }
    if (count == 3 && !strcmp(a[1], "sink")) sink(atoi(a[2]));
    if (count >= 5) { port = atoi(a[2]); sink_port = atoi(a[3]); }
    if (count == 7 && !strcmp(a[1], "send")) { bytes = atol(a[5]); return send_all(a[4], atoi(a[6])); }
    if (count == 5 && !strcmp(a[1], "stall")) { bytes = atol(a[4]); return stall(); }
    fprintf(stderr, "see the head of sockmap_trial.c\n");
    return 2;
}
