/* The verb that shows what a crawler reads of one page. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <libxml/parser.h>

#include "seocheck/extract.h"
#include "seocheck/seocheck.h"
#include "shared/file.h"
#include "shared/json.h"
#include "shared/limits.h"
#include "shared/own.h"
#include "shared/state.h"

#include "shared/banned.h"

#define EXTRACT_BYTES_MAX (64 * MIB) /* of JSON; the page is at most 5 */

static bool read_stdin(size_t most, struct arena *run, struct str *bytes,
                       struct err *err)
{
    char *to = arena_new(run, char, most + 1);
    size_t n = 0;
    ssize_t got;

    do {
        got = read(STDIN_FILENO, to + n, most + 1 - n);
        if (got > 0)
            n += (size_t)got;
    } while ((got > 0 && n <= most) || (got < 0 && errno == EINTR));
    if (got < 0)
        return err_system(err, "cannot read 'stdin'");
    if (n > most)
        return err_set(err, "cannot read 'stdin': at most %zu bytes are read", most);
    *bytes = (struct str){to, n};
    return true;
}

bool page_read(const char *path, struct arena *run, struct str *bytes, struct err *err)
{
    if (strcmp(path, "-") == 0)
        return read_stdin(HTML_BYTES_MAX, run, bytes, err);
    return file_read(AT_FDCWD, path, HTML_BYTES_MAX, false, run, bytes, err);
}

/* ---- JSON ---- */

static json_t *text_to_json(struct str text)
{
    return json_stringn(text.n > 0 ? text.at : "", text.n);
}

/* Userinfo and keys in a query are not repeated. */
static json_t *url_to_json(struct str url, struct arena *run)
{
    return json_string(url_shown(url, run));
}

static json_t *link_to_json(const struct link *link, struct arena *run)
{
    json_t *object = json_object();

    json_put(object, "line", json_integer(link->line));
    json_put(object, "rel", text_to_json(link->rel));
    json_put(object, "text", text_to_json(link->text));
    json_put(object, "url", url_to_json(link->url.text, run));
    return object;
}

static void put_links(json_t *root, const struct extraction *extraction,
                      struct arena *run)
{
    json_t *links = json_array(), *codes = json_array(), *canonical = NULL;

    for (size_t i = 0; i < extraction->nlinks; i++) {
        const struct link *link = &extraction->link[i];

        if (link->result != URL_OK)
            continue;
        if (link->kind == LINK_A) {
            json_push(links, link_to_json(link, run));
        } else if (link->kind == LINK_CANONICAL && !canonical) {
            canonical = url_to_json(link->url.text, run);
        } else if (link->kind == LINK_ALTERNATE && link->code.n > 0) {
            json_t *code = json_object();

            json_put(code, "code", text_to_json(link->code));
            json_put(code, "url", url_to_json(link->url.text, run));
            json_push(codes, code);
        }
    }
    json_put(root, "canonical", canonical ? canonical : json_null());
    json_put(root, "hreflang", codes);
    json_put(root, "links", links);
}

/* Each name once, with all its contents: two robots or og:image may both count. */
static void put_metas(json_t *root, const struct extraction *extraction,
                      struct arena *run)
{
    json_t *metas = json_object();

    for (size_t i = 0; i < extraction->nmetas; i++) {
        const struct meta *meta = &extraction->meta[i];
        const char *name = str_copy(run, meta->name.at, meta->name.n);

        if (!json_object_get(metas, name))
            json_put(metas, name, json_array());
        json_push(json_object_get(metas, name), text_to_json(meta->content));
    }
    json_put(root, "meta", metas);
}

static void put_images(json_t *root, const struct extraction *extraction,
                       struct arena *run)
{
    json_t *images = json_array();

    for (size_t i = 0; i < extraction->nimages; i++) {
        const struct image *image = &extraction->image[i];
        json_t *object = json_object();

        json_put(object, "alt",
                 image->has_alt ? text_to_json(image->alt) : json_null());
        json_put(object, "src", url_to_json(image->src, run));
        json_push(images, object);
    }
    json_put(root, "images", images);
}

static json_t *to_json(const struct extraction *extraction, struct arena *run)
{
    json_t *root = json_object(), *h1 = json_array();

    for (size_t i = 0; i < extraction->nh1; i++)
        json_push(h1, text_to_json(extraction->h1[i]));
    json_put(root, "h1", h1);
    put_images(root, extraction, run);
    json_put(root, "jsonld_count", json_integer((json_int_t)extraction->nblocks));
    put_links(root, extraction, run);
    put_metas(root, extraction, run);
    json_put(root, "title",
             extraction->has_title ? text_to_json(extraction->title) : json_null());
    return root;
}

/* ---- the verb ---- */

static bool resolve_base(const struct options *opt, struct arena *run, struct url *base,
                         struct err *err)
{
    const char *text = cli_value(opt, FLAG_BASE);

    if (!text)
        return err_set(err, "where the page belongs is not known; give --base URL");
    if (url_resolve(NULL, str_of(text), NULL, run, base) != URL_OK)
        return err_set(err, "--base '%s' is no http or https URL", text);
    return true;
}

static bool extract(const struct options *opt, struct arena *run, struct err *err)
{
    struct sandbox_plan plan = {.mode = opt->sandbox, .read = opt->args, .nread = 1};
    struct confinement confined;
    struct extraction extraction;
    struct extract_plan wanted = {0};
    struct url base;
    struct str page = {0};
    struct buf out;

    xmlInitParser();
    if (!resolve_base(opt, run, &base, err) || !sandbox_enter(&plan, &confined, err) ||
        !page_read(opt->args[0], run, &page, err))
        return false;
    wanted.base = &base;
    extract_html(page, &wanted, run, &extraction);
    OWN(json) root = to_json(&extraction, run);
    buf_init(&out, run, EXTRACT_BYTES_MAX);
    state_json_add(root, 0, &out);
    buf_add_text(&out, "\n");
    if (out.overflowed)
        return err_set(err, "cannot print '%s': over %zu bytes", opt->args[0],
                       EXTRACT_BYTES_MAX);
    return report_print(&out, err);
}

int seocheck_extract(const struct options *opt, struct err *err)
{
    struct arena run;
    int status;

    arena_init(&run, ARENA_BYTES_MAX);
    status = extract(opt, &run, err) ? VERDICT_OK : VERDICT_UNKNOWN;
    arena_release(&run);
    xmlCleanupParser();
    return status;
}
