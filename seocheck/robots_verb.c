/* The verb `robots`: what one robots.txt lets one crawler fetch. Reads that file and
 * nothing else. */
#include <fcntl.h>
#include <inttypes.h>

#include "seocheck/robots.h"
#include "seocheck/seocheck.h"
#include "shared/file.h"
#include "shared/limits.h"
#include "shared/text.h"

#include "shared/banned.h"

/* Larger than any that is judged whole; robots_parse says what it left out. */
#define ROBOTS_FILE_BYTES_MAX (8 * MIB)

static void format_json(const struct robots_answer *answer, struct buf *out)
{
    buf_printf(out, "{\"allowed\":%s,\"rule\":", answer->is_allowed ? "true" : "false");
    if (answer->line == 0) {
        buf_add_text(out, "null,\"line\":null,\"group\":null}\n");
        return;
    }
    text_add_json(out, answer->rule.at, answer->rule.n);
    buf_printf(out, ",\"line\":%" PRId64 ",\"group\":", answer->line);
    text_add_json(out, answer->group.at, answer->group.n);
    buf_add_text(out, "}\n");
}

static bool answer_question(const struct options *opt, struct arena *run, int *status,
                            struct err *err)
{
    struct sandbox_plan plan = {.mode = opt->sandbox, .read = opt->args, .nread = 1};
    const char *agent = cli_value(opt, FLAG_AGENT);
    const char *url = cli_value(opt, FLAG_URL);
    struct confinement confined;
    struct robots robots;
    struct robots_answer answer;
    struct str bytes;
    struct buf out;

    if (!agent || !url)
        return err_set(err, "there is no %s; give --agent A and --url U",
                       agent ? "--url" : "--agent");
    if (!sandbox_enter(&plan, &confined, err) ||
        !file_read(AT_FDCWD, opt->args[0], ROBOTS_FILE_BYTES_MAX, false, run, &bytes,
                   err))
        return false;
    robots_parse(bytes, run, &robots);
    if (robots.is_too_big)
        cli_say(opt, "'%s' is larger than %d bytes; the rest is not read", opt->args[0],
                (int)ROBOTS_BYTES_MAX);
    answer = robots_ask(&robots, str_of(agent), str_of(url), run);
    buf_init(&out, run, REPORT_BYTES_MAX);
    if (opt->format == FORMAT_JSON || (opt->flags & 1U << FLAG_JSON) != 0)
        format_json(&answer, &out);
    else
        buf_add_text(&out, answer.is_allowed ? "allowed\n" : "disallowed\n");
    *status = answer.is_allowed ? VERDICT_OK : VERDICT_WARN;
    return report_print(&out, err);
}

int seocheck_robots(const struct options *opt, struct err *err)
{
    struct arena run;
    int status = VERDICT_UNKNOWN;

    arena_init(&run, ARENA_BYTES_MAX);
    if (!answer_question(opt, &run, &status, err))
        status = VERDICT_UNKNOWN;
    arena_release(&run);
    return status;
}
