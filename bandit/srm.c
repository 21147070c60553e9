/* The verb `srm`: a sample ratio mismatch of counts that somebody has at hand. Reads
 * its arguments and nothing else. */
#include "bandit/srm.h"

#include <inttypes.h>
#include <string.h>

#include "bandit/bandit.h"
#include "bandit/columns.h"
#include "shared/limits.h"

#include "shared/banned.h"

enum { UNITS_MAX = 1000000000 };

static const double flag_p = 1e-3; // as over the phase of an experiment

/* The name ends at the first `=`, which no name has, and the count at the first `:`. */
static bool parse_argument(const char *arg, size_t i, struct srm_counts *counts,
                           struct err *err)
{
    const char *equals = strchr(arg, '=');
    const char *colon = equals ? strchr(equals, ':') : NULL;
    int64_t *observed = &counts->observed[i];
    int64_t *weight_bp = &counts->weight_bp[i];

    if (!colon)
        return err_set(err, "'%s' is not ARM=OBS:BP; give one like control=540:5000",
                       arg);
    counts->name[i] = (struct str){arg, (size_t)(equals - arg)};
    if (!is_arm_name(counts->name[i]))
        return err_set(err,
                       "'%s' has no arm's name; it matches "
                       "[A-Za-z0-9][A-Za-z0-9_.-]{0,63}",
                       arg);
    for (size_t before = 0; before < i; before++)
        if (str_equal(counts->name[before], counts->name[i]))
            return err_set(err, "'%s' is an arm given twice; add its counts up", arg);
    if (!str_to_int64(equals + 1, (size_t)(colon - equals - 1), observed) ||
        *observed < 0 || *observed > UNITS_MAX)
        return err_set(err, "'%s' has no count of units; give an integer 0 to %d", arg,
                       (int)UNITS_MAX);
    if (!str_to_int64(colon + 1, strlen(colon + 1), weight_bp) || *weight_bp < 0 ||
        *weight_bp > BP)
        return err_set(err, "'%s' has no weight; give an integer 0 to %d", arg,
                       (int)BP);
    return true;
}

bool srm_parse(const char *const *args, size_t n, struct srm_counts *counts,
               struct err *err)
{
    struct srm_counts read = {.n = n};
    int64_t sum = 0;

    if (n < 2 || n > ARMS_MAX)
        return err_set(err, "there are %zu arms; give 2 to %d", n, (int)ARMS_MAX);
    for (size_t i = 0; i < n; i++) {
        if (!parse_argument(args[i], i, &read, err))
            return false;
        sum += read.weight_bp[i];
    }
    if (sum != BP)
        return err_set(err,
                       "the weights add up to %" PRId64 " bp; give them in 1/10000, "
                       "%d in all",
                       sum, (int)BP);
    *counts = read;
    return true;
}

struct srm_answer srm_judge(const struct srm_counts *counts)
{
    struct srm_answer answer = {0};
    double observed[ARMS_MAX] = {0};
    int64_t all = 0;

    for (size_t i = 0; i < counts->n; i++) {
        observed[i] = (double)counts->observed[i];
        all += counts->observed[i];
    }
    for (size_t i = 0; i < counts->n; i++)
        answer.expected[i] = (double)(all * counts->weight_bp[i]) / BP;
    measure_srm_add(&answer.srm, observed, answer.expected, counts->n);
    answer.p = measure_srm_p(&answer.srm);
    answer.is_flagged = answer.p < flag_p;
    return answer;
}

/* A name needs no escaping in either format. */
void srm_format_json(const struct srm_counts *counts, const struct srm_answer *answer,
                     struct buf *out)
{
    buf_add_text(out, "{\"arms\":[");
    for (size_t i = 0; i < counts->n; i++)
        buf_printf(out,
                   "%s\n {\"arm\":\"%.*s\",\"observed\":%" PRId64
                   ",\"weight_bp\":%" PRId64 ",\"expected\":%.12g}",
                   i > 0 ? "," : "", (int)counts->name[i].n, counts->name[i].at,
                   counts->observed[i], counts->weight_bp[i], answer->expected[i]);
    buf_printf(out, "],\n \"chi2\":%.12g,\"df\":%d,\"p\":%.12g,\"flag\":%s}\n",
               answer->srm.chi2, answer->srm.df, answer->p,
               answer->is_flagged ? "true" : "false");
}

static const char *verdict_words(const struct srm_answer *answer)
{
    if (answer->srm.is_impossible)
        return "sample ratio mismatch: units in an arm of weight 0";
    if (answer->is_flagged)
        return "sample ratio mismatch";
    if (answer->srm.df == 0)
        return "too few units to judge: no two cells expect 5 or more";
    return "no sample ratio mismatch";
}

void srm_format_text(const struct srm_counts *counts, const struct srm_answer *answer,
                     struct buf *out)
{
    int width = (int)strlen("arm");

    for (size_t i = 0; i < counts->n; i++)
        if ((int)counts->name[i].n > width)
            width = (int)counts->name[i].n;
    buf_printf(out, "%-*s  %10s  %9s  %12s\n", width, "arm", "observed", "weight_bp",
               "expected");
    for (size_t i = 0; i < counts->n; i++)
        buf_printf(out, "%-*.*s  %10" PRId64 "  %9" PRId64 "  %12.1f\n", width,
                   (int)counts->name[i].n, counts->name[i].at, counts->observed[i],
                   counts->weight_bp[i], answer->expected[i]);
    buf_printf(out, "chi2 %.6g  df %d  p %.3g  limit %g  %s\n", answer->srm.chi2,
               answer->srm.df, answer->p, flag_p, verdict_words(answer));
}

static bool answer_counts(const struct options *opt, struct arena *run, int *status,
                          struct err *err)
{
    struct sandbox_plan plan = {.mode = opt->sandbox};
    struct confinement confined;
    struct srm_counts counts = {0};
    struct srm_answer answer;
    struct buf out;

    if (!sandbox_enter(&plan, &confined, err) ||
        !srm_parse(opt->args, opt->nargs, &counts, err))
        return false;
    answer = srm_judge(&counts);
    buf_init(&out, run, REPORT_BYTES_MAX);
    if (opt->format == FORMAT_JSON || (opt->flags & 1U << FLAG_JSON) != 0)
        srm_format_json(&counts, &answer, &out);
    else
        srm_format_text(&counts, &answer, &out);
    *status = answer.is_flagged ? VERDICT_WARN : VERDICT_OK;
    return report_print(&out, err);
}

int bandit_srm(const struct options *opt, struct err *err)
{
    struct arena run;
    int status = VERDICT_UNKNOWN;

    arena_init(&run, ARENA_BYTES_MAX);
    if (!answer_counts(opt, &run, &status, err))
        status = VERDICT_UNKNOWN;
    arena_release(&run);
    return status;
}
