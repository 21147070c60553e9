/* The verb `eval`: P(best), losses and intervals of counts that somebody has at hand.
 * Reads its arguments and nothing else. */
#include "bandit/eval.h"

#include <string.h>

#include "bandit/bandit.h"
#include "bandit/columns.h"
#include "shared/limits.h"

#include "shared/banned.h"

enum { DIGITS_JSON = 12, DIGITS_TEXT = 6 };

static const double trials_most = 1e9;
static const double prior_least = 1e-3;
static const double prior_most = 1e6;

/* The name ends at the first `=`, which no name has, the successes at the first `/`. */
static bool parse_argument(const char *arg, size_t i, struct eval_counts *counts,
                           struct err *err)
{
    const char *equals = strchr(arg, '=');
    const char *slash = equals ? strchr(equals, '/') : NULL;
    double *successes = &counts->successes[i];
    double *trials = &counts->trials[i];

    if (!slash)
        return err_set(err, "'%s' is not ARM=S/N; give one like control=5/100", arg);
    counts->name[i] = (struct str){arg, (size_t)(equals - arg)};
    if (!is_arm_name(counts->name[i]))
        return err_set(err,
                       "'%s' has no arm's name; it matches "
                       "[A-Za-z0-9][A-Za-z0-9_.-]{0,63}",
                       arg);
    for (size_t before = 0; before < i; before++)
        if (str_equal(counts->name[before], counts->name[i]))
            return err_set(err, "'%s' is an arm given twice; add its counts up", arg);
    if (!str_to_double(slash + 1, strlen(slash + 1), trials) || *trials < 0 ||
        *trials > trials_most)
        return err_set(err, "'%s' has no count of trials; give a number 0 to 1e9", arg);
    if (!str_to_double(equals + 1, (size_t)(slash - equals - 1), successes) ||
        *successes < 0 || *successes > *trials)
        return err_set(
            err, "'%s' has no count of successes; give a number from 0 to its trials",
            arg);
    return true;
}

static bool parse_prior(const char *text, double *a, double *b, struct err *err)
{
    struct str parts[2];
    double *const value[2] = {a, b};

    if (str_split(str_of(text), ',', parts, 2) != 2)
        return err_set(err, "--prior '%s' is not A,B; give one like 1,1", text);
    for (size_t i = 0; i < 2; i++)
        if (!str_to_double(parts[i].at, parts[i].n, value[i]) ||
            *value[i] < prior_least || *value[i] > prior_most)
            return err_set(err,
                           "--prior '%s' is out of range; give two numbers of 0.001 "
                           "to 1000000, like 0.5,1",
                           text);
    return true;
}

bool eval_parse(const char *const *args, size_t n, const char *prior,
                struct eval_counts *counts, struct err *err)
{
    struct eval_counts read = {.n = n, .prior_a = 1, .prior_b = 1};

    if (n < 2 || n > ARMS_MAX)
        return err_set(err, "there are %zu arms; give 2 to %d", n, (int)ARMS_MAX);
    for (size_t i = 0; i < n; i++)
        if (!parse_argument(args[i], i, &read, err))
            return false;
    if (prior && !parse_prior(prior, &read.prior_a, &read.prior_b, err))
        return false;
    *counts = read;
    return true;
}

bool eval_parse_digits(const char *text, int *digits, struct err *err)
{
    int64_t read;

    if (!str_to_int64(text, strlen(text), &read) || read < 1 || read > DIGITS_MAX)
        return err_set(err, "--digits '%s' is out of range; give 1 to %d", text,
                       (int)DIGITS_MAX);
    *digits = (int)read;
    return true;
}

void eval_measure(const struct eval_counts *counts, struct eval_answer *answer)
{
    struct posterior posterior[ARMS_MAX];

    for (size_t i = 0; i < counts->n; i++) {
        posterior[i] =
            (struct posterior){.family = POSTERIOR_BETA,
                               .a = counts->prior_a + counts->successes[i],
                               .b = counts->prior_b +
                                    (counts->trials[i] - counts->successes[i])};
        answer->mean[i] = measure_mean(&posterior[i]);
        answer->low[i] = measure_quantile(&posterior[i], 0.025);
        answer->high[i] = measure_quantile(&posterior[i], 0.975);
    }
    measure_best(posterior, counts->n, WANT_BEATS | WANT_LOSS, &answer->comparison);
}

/* A name needs no escaping in either format. */
void eval_format_json(const struct eval_counts *counts,
                      const struct eval_answer *answer, int digits, struct buf *out)
{
    const struct comparison *best = &answer->comparison;

    buf_printf(out, "{\"prior\":[%.15g,%.15g],\"arms\":[", counts->prior_a,
               counts->prior_b);
    for (size_t i = 0; i < counts->n; i++) {
        buf_printf(out, "%s\n {\"arm\":\"%.*s\",\"successes\":%.15g,\"trials\":%.15g,",
                   i > 0 ? "," : "", (int)counts->name[i].n, counts->name[i].at,
                   counts->successes[i], counts->trials[i]);
        buf_printf(out,
                   "\"mean\":%.*g,\"ci95\":{\"low\":%.*g,\"high\":%.*g},"
                   "\"p_best\":%.*g,\"p_beats_control\":",
                   digits, answer->mean[i], digits, answer->low[i], digits,
                   answer->high[i], digits, best->p_best[i]);
        if (i > 0)
            buf_printf(out, "%.*g", digits, best->beats[i]);
        else
            buf_add_text(out, "null");
        buf_printf(out, ",\"expected_loss\":%.*g}", digits, best->loss[i]);
    }
    buf_add_text(out, "]}\n");
}

void eval_format_text(const struct eval_counts *counts,
                      const struct eval_answer *answer, int digits, struct buf *out)
{
    const struct comparison *best = &answer->comparison;
    int name = (int)strlen("arm");
    int wide = digits + 6; // 1.5e-101 and the point
    int best_wide =
        wide > (int)strlen("P(> control)") ? wide : (int)strlen("P(> control)");

    for (size_t i = 0; i < counts->n; i++)
        if ((int)counts->name[i].n > name)
            name = (int)counts->name[i].n;
    buf_printf(out, "%-*s  %12s  %12s  %*s  %*s  %*s  %*s  %*s  %*s\n", name, "arm",
               "successes", "trials", wide, "mean", wide, "2.5 %", wide, "97.5 %", wide,
               "P(best)", best_wide, "P(> control)", wide, "loss");
    for (size_t i = 0; i < counts->n; i++) {
        buf_printf(out, "%-*.*s  %12.15g  %12.15g  %*.*g  %*.*g  %*.*g  %*.*g  ", name,
                   (int)counts->name[i].n, counts->name[i].at, counts->successes[i],
                   counts->trials[i], wide, digits, answer->mean[i], wide, digits,
                   answer->low[i], wide, digits, answer->high[i], wide, digits,
                   best->p_best[i]);
        if (i > 0)
            buf_printf(out, "%*.*g", best_wide, digits, best->beats[i]);
        else
            buf_printf(out, "%*s", best_wide, "-");
        buf_printf(out, "  %*.*g\n", wide, digits, best->loss[i]);
    }
}

static bool answer_counts(const struct options *opt, struct arena *run, struct err *err)
{
    bool is_json = opt->format == FORMAT_JSON || (opt->flags & 1U << FLAG_JSON) != 0;
    int digits = is_json ? DIGITS_JSON : DIGITS_TEXT;
    const char *wanted = cli_value(opt, FLAG_DIGITS);
    struct sandbox_plan plan = {.mode = opt->sandbox};
    struct confinement confined;
    struct eval_counts counts = {0};
    struct eval_answer answer = {0};
    struct buf out;

    if (!sandbox_enter(&plan, &confined, err) ||
        (wanted && !eval_parse_digits(wanted, &digits, err)) ||
        !eval_parse(opt->args, opt->nargs, cli_value(opt, FLAG_PRIOR), &counts, err))
        return false;
    eval_measure(&counts, &answer);
    buf_init(&out, run, REPORT_BYTES_MAX);
    if (is_json)
        eval_format_json(&counts, &answer, digits, &out);
    else
        eval_format_text(&counts, &answer, digits, &out);
    return report_print(&out, err);
}

int bandit_eval(const struct options *opt, struct err *err)
{
    struct arena run;
    int status;

    arena_init(&run, ARENA_BYTES_MAX);
    status = answer_counts(opt, &run, err) ? VERDICT_OK : VERDICT_UNKNOWN;
    arena_release(&run);
    return status;
}
