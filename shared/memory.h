/*
 * What happens when memory is out, said once: a sentence on stderr and exit 3, the one
 * exit below main. Nothing above could do better: a library that lacks memory often
 * says "no match" or "a bad file", which a tool would take for a signal. So the
 * libraries that let us choose get their memory here.
 */
#ifndef SHARED_MEMORY_H
#define SHARED_MEMORY_H

#include <stddef.h>

_Noreturn void memory_is_out(void);

/* malloc, calloc, realloc and strdup that never give NULL; free() gives back. Zero
 * bytes are a valid pointer. */
void *memory_new(size_t n);
void *memory_new_zeroed(size_t count, size_t size);
void *memory_resize(void *old, size_t n);
char *memory_copy(const char *text);

/* The same in the shapes of pcre2_general_context_create() and of zlib's z_stream. */
void *memory_for_pcre2(size_t n, void *unused);
void *memory_for_zlib(void *unused, unsigned count, unsigned size);
void memory_given_back(void *old, void *unused);
void memory_given_back_by_zlib(void *unused, void *old);

#endif
