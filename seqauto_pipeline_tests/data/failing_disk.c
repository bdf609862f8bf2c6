/* Preloaded into a scan: calls on some paths, and on all below them, fail as on a broken disk.
 *
 * FAILING_PATHS names the paths, with a ':' between them, FAILING_ERRNO the number. Only the C
 * library's own entry points are replaced, so the program under test is the real one.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int is_below(const char *path, const char *bad, size_t length)
{
    return strncmp(path, bad, length) == 0 && (path[length] == '\0' || path[length] == '/');
}

static int fails(const char *path)
{
    const char *bad = getenv("FAILING_PATHS"), *number = getenv("FAILING_ERRNO");
    while (path != NULL && number != NULL && bad != NULL && *bad != '\0') {
        size_t length = strcspn(bad, ":");
        if (length > 0 && is_below(path, bad, length)) {
            errno = atoi(number);
            return 1;
        }
        bad += length + (bad[length] == ':');
    }
    return 0;
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
        return fails(path) ? -1 : real(path, flags, mode);                                       \
    }
REPLACE_OPEN(open)
REPLACE_OPEN(open64)

#define REPLACE_OPENDIR(name)                                                                    \
    DIR *name(const char *path)                                                                  \
    {                                                                                            \
        DIR *(*real)(const char *) = dlsym(RTLD_NEXT, #name);                                    \
        return fails(path) ? NULL : real(path);                                                  \
    }
REPLACE_OPENDIR(opendir)

#define REPLACE_STAT(name, type)                                                                 \
    int name(const char *path, struct type *facts)                                               \
    {                                                                                            \
        int (*real)(const char *, struct type *) = dlsym(RTLD_NEXT, #name);                      \
        return fails(path) ? -1 : real(path, facts);                                             \
    }
REPLACE_STAT(stat, stat)
REPLACE_STAT(lstat, stat)
REPLACE_STAT(stat64, stat64)
REPLACE_STAT(lstat64, stat64)

#define REPLACE_FSTATAT(name, type)                                                              \
    int name(int folder, const char *path, struct type *facts, int flags)                        \
    {                                                                                            \
        int (*real)(int, const char *, struct type *, int) = dlsym(RTLD_NEXT, #name);            \
        return fails(path) ? -1 : real(folder, path, facts, flags);                              \
    }
REPLACE_FSTATAT(fstatat, stat)
REPLACE_FSTATAT(fstatat64, stat64)
