/* Page normalisation: builds the name segment by segment, so that it never looks back
 * past the last one. */
#include "shared/page.h"

#include <stdbool.h>
#include <string.h>

#include "shared/text.h"

#include "shared/banned.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_uuid(struct str segment)
{
    if (segment.n != 36)
        return false;
    for (size_t i = 0; i < segment.n; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;

        if (dash ? segment.at[i] != '-' : !is_hex(segment.at[i]))
            return false;
    }
    return true;
}

static bool is_id(struct str segment)
{
    size_t digits = 0, hex = 0, characters = 0;

    for (size_t i = 0; i < segment.n; i++) {
        char c = segment.at[i];

        if (c == '@')
            return true;
        digits += is_digit(c);
        hex += is_hex(c);
        characters += ((unsigned char)c & 0xC0) != 0x80; // not a UTF-8 continuation
    }
    return digits == segment.n || (hex == segment.n && hex >= 8 && digits > 0) ||
           (characters >= 20 && digits >= 2) || is_uuid(segment);
}

static size_t segment_end(struct str path, size_t from)
{
    const char *slash = memchr(path.at + from, '/', path.n - from);

    return slash ? (size_t)(slash - path.at) : path.n;
}

static struct str without_query(struct str path)
{
    for (size_t i = 0; i < path.n; i++)
        if (path.at[i] == '?' || path.at[i] == '#')
            return (struct str){path.at, i};
    return path;
}

/* Adds `segment`, behind a slash where `slash`; false when nothing may follow. A cut
 * segment that now looks like an id goes whole: it would be one the next time. */
static bool add_segment(char *out, size_t *n, bool slash, struct str segment)
{
    size_t room = PAGE_BYTES_MAX - *n;
    bool fits = segment.n + slash <= room;

    if (!fits) {
        segment.n = room > slash ? text_cut(segment.at, segment.n, room - slash) : 0;
        if (segment.n == 0 || is_id(segment))
            return false;
    }
    if (slash)
        out[(*n)++] = '/';
    memcpy(out + *n, segment.at, segment.n);
    *n += segment.n;
    return fits;
}

size_t page_normalise(struct str path, char out[PAGE_BYTES_MAX + 1])
{
    size_t n = 0, segments = 0;
    bool rooted;

    path = without_query(path);
    rooted = path.n > 0 && path.at[0] == '/';
    for (size_t i = 0; i < path.n;) {
        struct str segment = {path.at + i, segment_end(path, i) - i};

        i += segment.n + 1;
        if (segment.n == 0)
            continue;
        if (segments == PAGE_SEGMENTS_MAX) {
            if (n + 4 <= PAGE_BYTES_MAX)
                (void)add_segment(out, &n, true, STR("..."));
            break;
        }
        if (is_id(segment))
            segment = STR(":id");
        if (!add_segment(out, &n, rooted || segments > 0, segment))
            break;
        segments++;
    }
    if (n == 0 && rooted)
        out[n++] = '/';
    out[n] = '\0';
    return n;
}
