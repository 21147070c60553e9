/* Indexable pages as a table. What of them is wrong is the judges' business. */
#include "seocheck/pages.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "shared/file.h"
#include "shared/text.h"

#include "shared/banned.h"

static void add_text(struct buf *out, struct str text)
{
    text_add_tsv(out, text.at, text_cut(text.at, text.n, PAGES_TEXT_BYTES));
    buf_add_text(out, "\t");
}

void pages_format(const struct site *site, const struct site_agents *agents,
                  struct arena *arena, struct buf *out)
{
    buf_add_text(out, "url\ttitle\tlang\th1\tdescription\twords\n");
    for (size_t i = 0; i < site->n; i++) {
        const struct resource *resource = &site->resource[i];
        const struct page *page = resource->page;

        if (!resource_is_indexable(site, resource, agents))
            continue;
        add_text(out, str_of(url_shown(resource->url.text, arena)));
        add_text(out, page->title);
        add_text(out, page->lang);
        add_text(out, page->h1);
        add_text(out, page->description);
        buf_printf(out, "%lld\n", (long long)page->words);
    }
}

bool pages_open(const char *path, int *fd, struct err *err)
{
    *fd = -1;
    if (!path)
        return true;
    *fd = file_openat(AT_FDCWD, path, O_WRONLY | O_CREAT | O_NOCTTY, 0644);
    return *fd >= 0 || err_system(err, "cannot write '%s'", path);
}

bool pages_write(int fd, const char *path, struct str table, struct err *err)
{
    bool ok;

    if (fd < 0)
        return true;
    // what is no file, a pipe for one, has no length
    ok = (ftruncate(fd, 0) == 0 || errno == EINVAL) && file_write_all(fd, table);
    if (!ok)
        (void)err_system(err, "cannot write '%s'", path);
    if (close(fd) < 0 && errno != EINTR && ok)
        ok = err_system(err, "cannot write '%s'", path);
    return ok;
}
