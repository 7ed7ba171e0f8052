/* A disk that fails: preloaded, it lets the nth write below a directory fail, or the process die. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char below[PATH_MAX];
static long left = -1;
static int fault, is_lasting;

/* From now on: writes below a directory are counted down, and at zero the fault happens. */
void faulty_arm(const char *directory, long nth, int error, int lasting) {
    snprintf(below, sizeof below, "%s/", directory);
    fault = error, is_lasting = lasting, left = nth;
}

/* How many writes the fault is away. */
long faulty_left(void) { return left; }

static int strikes(const char *path) {
    if (left < 0 || path == NULL || strncmp(path, below, strlen(below)) != 0)
        return 0;
    if (left > 0 && --left > 0)
        return 0;
    if (fault == 0)
        _exit(137);
    if (!is_lasting)
        left = -1;
    errno = fault;
    return 1;
}

static int strikes_file(int file) {
    char name[64], path[PATH_MAX];
    if (left < 0)
        return 0;
    snprintf(name, sizeof name, "/proc/self/fd/%d", file);
    ssize_t length = readlink(name, path, sizeof path - 1);
    if (length < 0)
        return 0;
    path[length] = 0;
    return strikes(path);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define FILE_CALL(result, name, given, passed) \
    result name given { return strikes_file(file) ? -1 : REAL(name) passed; }
#define PATH_CALL(name, given, passed) \
    int name given { return strikes(path) ? -1 : REAL(name) passed; }
#define OPEN_CALL(name, given, ...)                                  \
    int name given {                                                 \
        va_list rest;                                                \
        va_start(rest, flags);                                       \
        mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0;    \
        va_end(rest);                                                \
        return flags & O_CREAT && strikes(path) ? -1 : REAL(name)(__VA_ARGS__, mode); \
    }

FILE_CALL(ssize_t, write, (int file, const void *data, size_t size), (file, data, size))
FILE_CALL(ssize_t, pwrite, (int file, const void *data, size_t size, off_t at), (file, data, size, at))
FILE_CALL(ssize_t, pwrite64, (int file, const void *data, size_t size, off64_t at), (file, data, size, at))
FILE_CALL(int, ftruncate, (int file, off_t size), (file, size))
FILE_CALL(int, ftruncate64, (int file, off64_t size), (file, size))
FILE_CALL(int, fsync, (int file), (file))
FILE_CALL(int, fdatasync, (int file), (file))
PATH_CALL(rename, (const char *from, const char *path), (from, path))
PATH_CALL(mkdir, (const char *path, mode_t mode), (path, mode))
PATH_CALL(unlink, (const char *path), (path))
OPEN_CALL(open, (const char *path, int flags, ...), path, flags)
OPEN_CALL(open64, (const char *path, int flags, ...), path, flags)
OPEN_CALL(openat, (int folder, const char *path, int flags, ...), folder, path, flags)
OPEN_CALL(openat64, (int folder, const char *path, int flags, ...), folder, path, flags)
