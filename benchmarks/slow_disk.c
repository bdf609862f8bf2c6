/* Preloaded into a scan: calls on a path, and on all below it, take longer, as over a network.
 *
 * SLOW_DISK names the path, SLOW_DISK_US the microseconds that each open, stat and reading of names
 * takes more. Listing a directory is an open and two readings: the second one finds the end.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

static void wait_for(const char *path, int calls)
{
    const char *slow = getenv("SLOW_DISK"), *number = getenv("SLOW_DISK_US");
    size_t length = slow == NULL ? 0 : strlen(slow);
    if (path == NULL || number == NULL || length == 0 || strncmp(path, slow, length) != 0)
        return;
    if (path[length] != '\0' && path[length] != '/')
        return;
    long long nanoseconds = atoll(number) * 1000 * calls;
    struct timespec time = {nanoseconds / 1000000000, nanoseconds % 1000000000};
    nanosleep(&time, NULL);
}

static mode_t mode_of(int flags, va_list more)
{
    return flags & (O_CREAT | O_TMPFILE) ? (mode_t)va_arg(more, int) : 0;
}

#define SLOW_OPEN(name)                                                                          \
    int name(const char *path, int flags, ...)                                                   \
    {                                                                                            \
        int (*real)(const char *, int, ...) = dlsym(RTLD_NEXT, #name);                           \
        va_list more;                                                                            \
        mode_t mode;                                                                             \
        va_start(more, flags);                                                                   \
        mode = mode_of(flags, more);                                                             \
        va_end(more);                                                                            \
        wait_for(path, 1);                                                                       \
        return real(path, flags, mode);                                                          \
    }
SLOW_OPEN(open)
SLOW_OPEN(open64)

DIR *opendir(const char *path)
{
    DIR *(*real)(const char *) = dlsym(RTLD_NEXT, "opendir");
    wait_for(path, 3);
    return real(path);
}

#define SLOW_STAT(name, type)                                                                    \
    int name(const char *path, struct type *facts)                                               \
    {                                                                                            \
        int (*real)(const char *, struct type *) = dlsym(RTLD_NEXT, #name);                      \
        wait_for(path, 1);                                                                       \
        return real(path, facts);                                                                \
    }
SLOW_STAT(stat, stat)
SLOW_STAT(lstat, stat)
SLOW_STAT(stat64, stat64)
SLOW_STAT(lstat64, stat64)

#define SLOW_FSTATAT(name, type)                                                                 \
    int name(int folder, const char *path, struct type *facts, int flags)                        \
    {                                                                                            \
        int (*real)(int, const char *, struct type *, int) = dlsym(RTLD_NEXT, #name);            \
        wait_for(path, 1);                                                                       \
        return real(folder, path, facts, flags);                                                 \
    }
SLOW_FSTATAT(fstatat, stat)
SLOW_FSTATAT(fstatat64, stat64)
