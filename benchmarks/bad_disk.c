/* Preloaded into a scan: calls on some paths, and on all below them, take longer, as over a
 * network, or fail, as on a broken disk.
 *
 * SLOW_DISK names a path, SLOW_DISK_US the microseconds that each open, stat and reading of names
 * takes more; listing a directory is an open and two readings, of which the second finds the end.
 * FAILING_PATHS names paths, with a ':' between them, FAILING_ERRNO the number of their error. Only
 * the C library's own entry points are replaced, so the program under test is the real one.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static int is_below(const char *path, const char *top, size_t length)
{
    return strncmp(path, top, length) == 0 && (path[length] == '\0' || path[length] == '/');
}

static void wait_for(const char *path, int calls)
{
    const char *slow = getenv("SLOW_DISK"), *number = getenv("SLOW_DISK_US");
    if (number == NULL || slow == NULL || *slow == '\0' || !is_below(path, slow, strlen(slow)))
        return;
    long long nanoseconds = atoll(number) * 1000 * calls;
    struct timespec time = {nanoseconds / 1000000000, nanoseconds % 1000000000};
    nanosleep(&time, NULL);
}

/* Wait for so many calls on a path; tell whether they fail. */
static int fails(const char *path, int calls)
{
    const char *bad = getenv("FAILING_PATHS"), *number = getenv("FAILING_ERRNO");
    if (path == NULL)
        return 0;
    wait_for(path, calls);
    while (number != NULL && bad != NULL && *bad != '\0') {
        size_t length = strcspn(bad, ":");
        if (length > 0 && is_below(path, bad, length)) {
            errno = atoi(number);
            return 1;
        }
        bad += length + (bad[length] == ':');
    }
    return 0;
}

/* As fails, of an open directory, or of a name in it. */
static int fails_in(int folder, const char *name, int calls)
{
    char link[64], path[2 * PATH_MAX];
    if (folder == AT_FDCWD || (name != NULL && name[0] == '/'))
        return fails(name, calls);
    snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
    ssize_t length = readlink(link, path, PATH_MAX);
    if (length < 0)
        return 0;
    snprintf(path + length, sizeof path - length, "%s%s", name == NULL ? "" : "/",
             name == NULL ? "" : name);
    return fails(path, calls);
}

static mode_t mode_of(int flags, va_list more)
{
    return flags & (O_CREAT | O_TMPFILE) ? (mode_t)va_arg(more, int) : 0;
}

#define REPLACE_OPEN(name)                                                                       \
    int name(const char *path, int flags, ...)                                                   \
    {                                                                                            \
        int (*real)(const char *, int, ...) = dlsym(RTLD_NEXT, #name);                           \
        va_list more;                                                                            \
        mode_t mode;                                                                             \
        va_start(more, flags);                                                                   \
        mode = mode_of(flags, more);                                                             \
        va_end(more);                                                                            \
        return fails(path, 1) ? -1 : real(path, flags, mode);                                    \
    }
REPLACE_OPEN(open)
REPLACE_OPEN(open64)

DIR *opendir(const char *path)
{
    DIR *(*real)(const char *) = dlsym(RTLD_NEXT, "opendir");
    return fails(path, 3) ? NULL : real(path);
}

DIR *fdopendir(int folder)
{
    DIR *(*real)(int) = dlsym(RTLD_NEXT, "fdopendir");
    return fails_in(folder, NULL, 2) ? NULL : real(folder);
}

#define REPLACE_STAT(name, type)                                                                 \
    int name(const char *path, struct type *facts)                                               \
    {                                                                                            \
        int (*real)(const char *, struct type *) = dlsym(RTLD_NEXT, #name);                      \
        return fails(path, 1) ? -1 : real(path, facts);                                          \
    }
REPLACE_STAT(stat, stat)
REPLACE_STAT(lstat, stat)
REPLACE_STAT(stat64, stat64)
REPLACE_STAT(lstat64, stat64)

#define REPLACE_FSTATAT(name, type)                                                              \
    int name(int folder, const char *path, struct type *facts, int flags)                        \
    {                                                                                            \
        int (*real)(int, const char *, struct type *, int) = dlsym(RTLD_NEXT, #name);            \
        return fails_in(folder, path, 1) ? -1 : real(folder, path, facts, flags);                \
    }
REPLACE_FSTATAT(fstatat, stat)
REPLACE_FSTATAT(fstatat64, stat64)
