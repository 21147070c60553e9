/* Files of the keyword list, of Search Console and of a crawl, read whole. */
#include <fcntl.h>

#include "i18ncheck/keywords.h"
#include "shared/file.h"

#include "shared/banned.h"

bool keywords_load(const char *path, const char *source, struct arena *arena,
                   struct keywords *keywords, struct err *err)
{
    struct str bytes = {0};

    return file_read(AT_FDCWD, path, KEYWORD_FILE_BYTES_MAX, false, arena, &bytes,
                     err) &&
           keywords_parse(bytes, path, source, arena, keywords, err);
}

bool search_load(const char *path, struct arena *arena, struct search *search,
                 struct err *err)
{
    struct str bytes = {0};

    return file_read(AT_FDCWD, path, KEYWORD_FILE_BYTES_MAX, false, arena, &bytes,
                     err) &&
           search_parse(bytes, path, arena, search, err);
}

// NOLINTNEXTLINE(readability-function-size): a file, and what locales are
bool keyword_pages_load(const char *path, const struct keywords *keywords,
                        const char *source, struct arena *arena,
                        struct keyword_pages *pages, struct err *err)
{
    struct str bytes = {0};

    return file_read(AT_FDCWD, path, KEYWORD_FILE_BYTES_MAX, false, arena, &bytes,
                     err) &&
           keyword_pages_parse(bytes, path, keywords, source, arena, pages, err);
}
