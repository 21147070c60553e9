/* What the renderers share: outside text made harmless for XML, the check of a
 * finding. */
#include "shared/render.h"

#include <string.h>

#include "shared/render_internal.h"
#include "shared/text.h"

#include "shared/banned.h"

static const char *xml_entity(char c)
{
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    default: return NULL;
    }
}

/* U+FFFE and U+FFFF, the only ones past the controls that well-formed UTF-8 can hold
 * and XML 1.0 cannot. */
static bool is_noncharacter(const char *at)
{
    return at[0] == '\xef' && at[1] == '\xbf' && (at[2] == '\xbe' || at[2] == '\xbf');
}

void render_xml(struct buf *out, const char *text)
{
    static const char replacement[] = "\xef\xbf\xbd";

    for (const char *at = text; *at; at++) {
        unsigned char byte = (unsigned char)*at;
        const char *entity = xml_entity(*at);

        if (entity) {
            buf_add_text(out, entity);
        } else if (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') {
            buf_add_text(out, replacement);
        } else if (is_noncharacter(at)) {
            buf_add_text(out, replacement);
            at += 2;
        } else {
            buf_add(out, at, 1);
        }
    }
}

struct str render_check(const struct finding *finding)
{
    struct str field[3];
    struct str id = str_of(finding->id);
    size_t n = str_split(id, '/', field, 3);

    return n >= 2 ? field[1] : id;
}

bool render_in_columns(const struct report *report)
{
    for (size_t i = 0; i < report->nlines; i++)
        if (strstr(report->lines[i], "  "))
            return true;
    return false;
}

bool render_is_open(const struct finding *finding)
{
    return finding->status != STATUS_RESOLVED;
}
