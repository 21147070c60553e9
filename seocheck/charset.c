/*
 * The bytes of a page as UTF-8: by byte-order mark, Content-Type, meta, validity,
 * windows-1252, in that order. Labels that browsers do not know are passed over, so
 * that what iconv happens to know (UTF-7, EBCDIC) decides nothing.
 */
#include <errno.h>
#include <iconv.h>
#include <string.h>

#include "seocheck/extract_internal.h"
#include "shared/memory.h"
#include "shared/text.h"

#include "shared/banned.h"

enum { META_BYTES = 1024, UTF8_BYTES_MAX = 3 };

/* Labels of the WHATWG's encoding standard to what iconv calls the superset that
 * browsers decode. NULL: windows-1252, and UTF-8, which need no iconv. */
static const struct {
    const char *label, *name;
} labels[] = {
    {"utf-8", "UTF-8"},
    {"utf8", "UTF-8"},
    {"unicode-1-1-utf-8", "UTF-8"},
    {"windows-1252", NULL},
    {"cp1252", NULL},
    {"x-cp1252", NULL},
    {"iso-8859-1", NULL},
    {"iso8859-1", NULL},
    {"iso_8859-1", NULL},
    {"latin1", NULL},
    {"l1", NULL},
    {"us-ascii", NULL},
    {"ascii", NULL},
    {"iso-8859-2", "ISO-8859-2"},
    {"latin2", "ISO-8859-2"},
    {"iso-8859-3", "ISO-8859-3"},
    {"iso-8859-4", "ISO-8859-4"},
    {"iso-8859-5", "ISO-8859-5"},
    {"iso-8859-6", "ISO-8859-6"},
    {"iso-8859-7", "ISO-8859-7"},
    {"iso-8859-8", "ISO-8859-8"},
    {"iso-8859-8-i", "ISO-8859-8"},
    {"iso-8859-9", "WINDOWS-1254"},
    {"latin5", "WINDOWS-1254"},
    {"iso-8859-10", "ISO-8859-10"},
    {"iso-8859-13", "ISO-8859-13"},
    {"iso-8859-14", "ISO-8859-14"},
    {"iso-8859-15", "ISO-8859-15"},
    {"latin9", "ISO-8859-15"},
    {"iso-8859-16", "ISO-8859-16"},
    {"ibm866", "IBM866"},
    {"cp866", "IBM866"},
    {"koi8-r", "KOI8-R"},
    {"koi8-u", "KOI8-U"},
    {"macintosh", "MACINTOSH"},
    {"x-mac-cyrillic", "MAC-CYRILLIC"},
    {"windows-874", "CP874"},
    {"tis-620", "CP874"},
    {"windows-1250", "WINDOWS-1250"},
    {"windows-1251", "WINDOWS-1251"},
    {"windows-1253", "WINDOWS-1253"},
    {"windows-1254", "WINDOWS-1254"},
    {"windows-1255", "WINDOWS-1255"},
    {"windows-1256", "WINDOWS-1256"},
    {"windows-1257", "WINDOWS-1257"},
    {"windows-1258", "WINDOWS-1258"},
    {"gb2312", "GB18030"},
    {"gbk", "GB18030"},
    {"gb18030", "GB18030"},
    {"big5", "BIG5-HKSCS"},
    {"big5-hkscs", "BIG5-HKSCS"},
    {"euc-jp", "EUC-JP"},
    {"iso-2022-jp", "ISO-2022-JP"},
    {"shift_jis", "CP932"},
    {"shift-jis", "CP932"},
    {"sjis", "CP932"},
    {"x-sjis", "CP932"},
    {"windows-31j", "CP932"},
    {"euc-kr", "CP949"},
    {"ks_c_5601-1987", "CP949"},
    {"windows-949", "CP949"},
    {"utf-16", "UTF-16LE"},
    {"utf-16le", "UTF-16LE"},
    {"utf-16be", "UTF-16BE"},
};

enum { LABELS = sizeof labels / sizeof *labels };

static size_t label_index(struct str label)
{
    size_t i = 0;

    label = html_trim(label);
    while (i < LABELS && !str_equal_ignoring_case(label, str_of(labels[i].label)))
        i++;
    return i;
}

/* What stands behind `charset=`, up to a quote, semicolon or white space. */
static struct str label_in(struct str text)
{
    const struct str word = STR("charset");
    size_t n = 0;

    for (; text.n >= word.n; text.at++, text.n--)
        if (str_equal_ignoring_case((struct str){text.at, word.n}, word)) {
            struct str rest =
                html_trim((struct str){text.at + word.n, text.n - word.n});

            if (rest.n == 0 || rest.at[0] != '=')
                continue;
            rest = html_trim((struct str){rest.at + 1, rest.n - 1});
            if (rest.n > 0 && (rest.at[0] == '"' || rest.at[0] == '\''))
                rest = (struct str){rest.at + 1, rest.n - 1};
            while (n < rest.n && !strchr(" \t\n\f\r;\"'", rest.at[n]))
                n++;
            return (struct str){rest.at, n};
        }
    return (struct str){0};
}

/* ---- meta ---- */

/* The label of one meta element; `rest` stands behind its name. */
static struct str label_of_meta(struct str rest)
{
    struct attribute attribute;
    struct str charset = {0}, content = {0};
    bool is_type = false;

    while (tag_next(&rest, &attribute) == TAG_ATTRIBUTE) {
        if (str_equal_ignoring_case(attribute.name, STR("charset")) && charset.n == 0)
            charset = attribute.value;
        else if (str_equal_ignoring_case(attribute.name, STR("content")))
            content = attribute.value;
        else if (str_equal_ignoring_case(attribute.name, STR("http-equiv")))
            is_type = str_equal_ignoring_case(html_trim(attribute.value),
                                              STR("content-type"));
    }
    return charset.n > 0 ? charset : is_type ? label_in(content) : (struct str){0};
}

static bool starts_ignoring_case(struct str text, struct str prefix)
{
    return text.n >= prefix.n &&
           str_equal_ignoring_case((struct str){text.at, prefix.n}, prefix);
}

/* Past the comment that `text` begins with. */
static struct str past_comment(struct str text)
{
    for (size_t i = 4; i + 3 <= text.n; i++)
        if (memcmp(text.at + i, "-->", 3) == 0)
            return (struct str){text.at + i + 3, text.n - i - 3};
    return (struct str){0};
}

/* The encoding that a meta in the first bytes names. */
static size_t index_in_meta(struct str body)
{
    struct str rest = {body.at, body.n < META_BYTES ? body.n : META_BYTES};
    const char *at;
    size_t found;

    while (rest.n > 0 && (at = memchr(rest.at, '<', rest.n))) {
        rest = (struct str){at, rest.n - (size_t)(at - rest.at)};
        if (starts_ignoring_case(rest, STR("<!--"))) {
            rest = past_comment(rest);
            continue;
        }
        if (starts_ignoring_case(rest, STR("<meta")) && rest.n > 5 &&
            (html_is_space(rest.at[5]) || rest.at[5] == '/')) {
            found = label_index(label_of_meta((struct str){rest.at + 5, rest.n - 5}));
            if (found < LABELS) // a page whose meta can be read is not UTF-16
                return strncmp(labels[found].label, "utf-16", 6) == 0 ? 0 : found;
        }
        rest = (struct str){rest.at + 1, rest.n - 1};
    }
    return LABELS;
}

/* ---- decoding ---- */

static struct str decode_windows_1252(struct str body, struct arena *arena)
{
    char *out = arena_new(arena, char, UTF8_BYTES_MAX *body.n + 1);
    size_t n = 0;

    for (size_t i = 0; i < body.n; i++)
        n += utf8_put(windows_1252((unsigned char)body.at[i]), out + n);
    return (struct str){out, n};
}

struct str utf8_repaired(struct str text, struct arena *arena)
{
    size_t n = 0, good;
    char *out;

    if (text_is_utf8(text.at, text.n, NULL))
        return text;
    out = arena_new(arena, char, UTF8_BYTES_MAX *text.n + 1);
    while (!text_is_utf8(text.at, text.n, &good)) {
        memcpy(out + n, text.at, good);
        n += good;
        n += utf8_put(REPLACEMENT, out + n);
        text = (struct str){text.at + good + 1, text.n - good - 1};
    }
    memcpy(out + n, text.at, text.n);
    return (struct str){out, n + text.n};
}

/* False where this machine's iconv does not know the name. */
static bool decode_iconv(struct str body, const char *name, struct arena *arena,
                         struct str *decoded)
{
    // two bytes of UTF-16 or Big5 give at most six, one of any other at most three
    size_t room = UTF8_BYTES_MAX * (body.n + 1), left = room;
    char *out, *to;
    char *from = str_copy(arena, body.at, body.n); // iconv's prototype lacks a const
    size_t rest = body.n;
    iconv_t iconv_to_utf8 = iconv_open("UTF-8", name);

    // NOLINTNEXTLINE(performance-no-int-to-ptr): as POSIX defines it
    if (iconv_to_utf8 == (iconv_t)-1) {
        if (errno == ENOMEM)
            memory_is_out();
        return false;
    }
    out = to = arena_new(arena, char, room);
    while (iconv(iconv_to_utf8, &from, &rest, &to, &left) == (size_t)-1 &&
           errno != E2BIG && rest > 0 && left >= 4) {
        size_t n = utf8_put(REPLACEMENT, to); // a bad byte, or an unfinished last one

        to += n;
        left -= n;
        from++;
        rest--;
    }
    (void)iconv_close(iconv_to_utf8);
    *decoded = utf8_repaired((struct str){out, room - left}, arena);
    return true;
}

static bool decode_labelled(struct str body, size_t label, struct arena *arena,
                            struct str *decoded)
{
    if (label == LABELS)
        return false;
    if (!labels[label].name)
        *decoded = decode_windows_1252(body, arena);
    else if (strcmp(labels[label].name, "UTF-8") == 0)
        *decoded = utf8_repaired(body, arena);
    else
        return decode_iconv(body, labels[label].name, arena, decoded);
    return true;
}

static struct str after(struct str body, size_t n)
{
    return (struct str){body.at + n, body.n - n};
}

struct str charset_decode(struct str body, struct str content_type, struct arena *arena)
{
    struct str decoded;

    if (body.n == 0)
        return body;
    if (str_starts(body, STR("\xef\xbb\xbf")))
        return utf8_repaired(after(body, 3), arena);
    if (str_starts(body, STR("\xff\xfe")) &&
        decode_labelled(after(body, 2), label_index(STR("utf-16le")), arena, &decoded))
        return decoded;
    if (str_starts(body, STR("\xfe\xff")) &&
        decode_labelled(after(body, 2), label_index(STR("utf-16be")), arena, &decoded))
        return decoded;
    if (decode_labelled(body, label_index(label_in(content_type)), arena, &decoded) ||
        decode_labelled(body, index_in_meta(body), arena, &decoded))
        return decoded;
    return text_is_utf8(body.at, body.n, NULL) ? body
                                               : decode_windows_1252(body, arena);
}
