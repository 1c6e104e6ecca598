/* Between the daemon and its disk, by LD_PRELOAD: records what is written and synced, fails or kills on demand, and
   moves the wall clock. It minds only files whose path begins with $DISK_PREFIX, and is steered by the page that
   $DISK_CONTROL names (disk.py knows its layout). */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

enum { WRITE = 1, SYNC = 2, TRUNCATE = 3, UNLINK = 4, SYNC_FOLDER = 5 }; /* what is recorded */
enum { GROWING = 1, WRITES = 2, SYNCS = 4 };                              /* what fails */
enum { BEFORE = 0, HALF = 1, AFTER = 2 };                                 /* when to die */

struct control {
    volatile int64_t wall_us;     /* by how much the wall clock is ahead */
    volatile int32_t error;       /* errno of what fails */
    volatile int32_t fails;       /* which operations may fail: GROWING | WRITES | SYNCS */
    volatile int32_t chance;      /* in a million; of each operation */
    volatile int32_t failed;      /* how many did */
    volatile int32_t die_at;      /* WRITE or SYNC; 0: not at all */
    volatile int32_t die_when;    /* BEFORE, HALF, AFTER */
    volatile int32_t die_on_main; /* 1: at the main file, 0: at its log */
    volatile int32_t die_after;   /* so many of them pass first */
    volatile int32_t died;        /* whoever kills itself says so here */
    volatile uint32_t dice;
};

struct record {
    uint8_t op;
    char name[15]; /* of the file, without the prefix */
    int64_t offset, length;
};

static struct control *control;
static const char *prefix;
static size_t prefix_length;
static int log_fd = -1;
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

static ssize_t (*real_pwrite)(int, const void *, size_t, off64_t);
static ssize_t (*real_write)(int, const void *, size_t);
static int (*real_fsync)(int), (*real_fdatasync)(int), (*real_ftruncate)(int, off64_t), (*real_unlink)(const char *);
static int (*real_clock_gettime)(clockid_t, struct timespec *);

__attribute__((constructor)) static void begin(void) {
    real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
    real_write = dlsym(RTLD_NEXT, "write");
    real_fsync = dlsym(RTLD_NEXT, "fsync");
    real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
    real_ftruncate = dlsym(RTLD_NEXT, "ftruncate64");
    real_unlink = dlsym(RTLD_NEXT, "unlink");
    real_clock_gettime = dlsym(RTLD_NEXT, "clock_gettime");
    const char *page = getenv("DISK_CONTROL"), *log = getenv("DISK_LOG");
    prefix = getenv("DISK_PREFIX");
    int fd = page ? open(page, O_RDWR | O_CLOEXEC) : -1;
    if (fd < 0 || !prefix)
        return;
    void *mapped = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    prefix_length = strlen(prefix);
    if (log)
        log_fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (mapped != MAP_FAILED)
        control = mapped;
}

/* The name behind the prefix, or NULL for a file that is none of ours; the folder itself is called "/". */
static const char *ours(int fd, char *path, size_t size) {
    char link[32] = "/proc/self/fd/";
    if (!control)
        return NULL;
    int digits = 0, n = fd, at = 14;
    do digits++; while (n /= 10);
    for (n = fd, at += digits, link[at] = 0; digits--; n /= 10)
        link[--at] = '0' + n % 10;
    ssize_t length = readlink(link, path, size - 1);
    if (length < 0)
        return NULL;
    path[length] = 0;
    if (!strncmp(path, prefix, prefix_length))
        return path + prefix_length;
    return (size_t)length < prefix_length && !strncmp(path, prefix, length) && prefix[length] == '/' ? "/" : NULL;
}

static void record(int op, const char *name, int64_t offset, const void *data, int64_t length) {
    if (log_fd < 0)
        return;
    struct record head = {.op = op, .offset = offset, .length = length};
    strncpy(head.name, name, sizeof head.name - 1);
    real_write(log_fd, &head, sizeof head);
    if (data)
        real_write(log_fd, data, length);
}

static int fails(int kinds) {
    if (!(control->fails & kinds))
        return 0;
    control->dice = control->dice * 1664525u + 1013904223u;
    if ((control->dice >> 8) % 1000000u >= (uint32_t)control->chance)
        return 0;
    control->failed++;
    errno = control->error;
    return 1;
}

static int dies(int op, int when, const char *name) {
    if (control->die_at != op || control->die_when != when || (*name == 0) != control->die_on_main)
        return 0;
    if (*name && strcmp(name, "-wal"))
        return 0;
    return control->die_after-- <= 0;
}

static void die(void) {
    control->died = 1;
    kill(getpid(), SIGKILL);
    for (;;)
        pause();
}

static int grows(int fd, int64_t end) {
    struct stat now;
    return fstat(fd, &now) == 0 && end > now.st_size;
}

static ssize_t put(int fd, const void *data, size_t length, off64_t offset) {
    char path[4096];
    const char *name = ours(fd, path, sizeof path);
    if (!name)
        return real_pwrite(fd, data, length, offset);
    pthread_mutex_lock(&turn);
    ssize_t done = -1;
    if (!fails(grows(fd, offset + length) ? GROWING | WRITES : WRITES)) {
        if (dies(WRITE, BEFORE, name))
            die();
        if (dies(WRITE, HALF, name)) {
            real_pwrite(fd, data, length / 2, offset);
            die();
        }
        done = real_pwrite(fd, data, length, offset);
        if (done > 0)
            record(WRITE, name, offset, data, done);
        if (dies(WRITE, AFTER, name))
            die();
    }
    pthread_mutex_unlock(&turn);
    return done;
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t offset) { return put(fd, data, length, offset); }
ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset) { return put(fd, data, length, offset); }

ssize_t write(int fd, const void *data, size_t length) {
    char path[4096];
    const char *name = ours(fd, path, sizeof path);
    if (!name)
        return real_write(fd, data, length);
    pthread_mutex_lock(&turn);
    int64_t offset = lseek(fd, 0, SEEK_CUR);
    ssize_t done = fails(GROWING | WRITES) ? -1 : real_write(fd, data, length);
    if (done > 0)
        record(WRITE, name, offset, data, done);
    pthread_mutex_unlock(&turn);
    return done;
}

static int sync_with(int fd, int (*real)(int)) {
    char path[4096];
    const char *name = ours(fd, path, sizeof path);
    if (!name)
        return real(fd);
    pthread_mutex_lock(&turn);
    int done = -1;
    if (!fails(SYNCS)) {
        if (dies(SYNC, BEFORE, name))
            die();
        done = real(fd);
        if (done == 0)
            record(*name == '/' ? SYNC_FOLDER : SYNC, name, 0, NULL, 0);
        if (dies(SYNC, AFTER, name))
            die();
    }
    pthread_mutex_unlock(&turn);
    return done;
}

int fsync(int fd) { return sync_with(fd, real_fsync); }
int fdatasync(int fd) { return sync_with(fd, real_fdatasync); }

static int cut(int fd, off64_t length) {
    char path[4096];
    const char *name = ours(fd, path, sizeof path);
    if (!name)
        return real_ftruncate(fd, length);
    pthread_mutex_lock(&turn);
    int done = fails(grows(fd, length) ? GROWING | WRITES : WRITES) ? -1 : real_ftruncate(fd, length);
    if (done == 0)
        record(TRUNCATE, name, length, NULL, 0);
    pthread_mutex_unlock(&turn);
    return done;
}

int ftruncate(int fd, off_t length) { return cut(fd, length); }
int ftruncate64(int fd, off64_t length) { return cut(fd, length); }

int unlink(const char *path) {
    int mine = control && !strncmp(path, prefix, prefix_length);
    pthread_mutex_lock(&turn);
    int done = real_unlink(path);
    if (mine && done == 0)
        record(UNLINK, path + prefix_length, 0, NULL, 0);
    pthread_mutex_unlock(&turn);
    return done;
}

int clock_gettime(clockid_t which, struct timespec *now) {
    int done = real_clock_gettime(which, now);
    if (done == 0 && which == CLOCK_REALTIME && control && control->wall_us) {
        int64_t us = now->tv_sec * 1000000LL + now->tv_nsec / 1000 + control->wall_us;
        now->tv_sec = us / 1000000;
        now->tv_nsec = us % 1000000 * 1000;
    }
    return done;
}
