/* Results as Lighthouse CI writes them into a file, byte for byte but for characters
 * that a terminal would act on, and for people. */
#include <stdlib.h>
#include <string.h>

#include "perfcheck/assert.h"
#include "shared/text.h"

#include "shared/banned.h"

static const char *const operators[] = {
    [ASSERT_RAN] = ">=",
    [ASSERT_MAX_LENGTH] = "<=",
    [ASSERT_MAX_VALUE] = "<=",
    [ASSERT_MIN_SCORE] = ">=",
};

/* ---- numbers ---- */

enum { DIGITS_MAX = STR_NUMBER_BYTES };

/* The digits of a number without a point: 0.d1d2... * 10^point; none of them is a 0 at
 * an end. */
static size_t split_number(const char *text, char digits[DIGITS_MAX], int *point)
{
    size_t n = 0;
    bool is_fraction = false;
    int64_t exponent = 0;

    *point = 0;
    for (; *text != '\0' && *text != 'e'; text++) {
        if (*text == '.')
            is_fraction = true;
        else if (n > 0 || *text != '0') {
            digits[n++] = *text;
            *point += !is_fraction;
        } else {
            *point -= is_fraction;
        }
    }
    while (n > 0 && digits[n - 1] == '0')
        n--;
    if (*text == 'e') {
        text += text[1] == '+' ? 2 : 1;
        if (str_to_int64(text, strlen(text), &exponent))
            *point += (int)exponent;
    }
    return n;
}

/* ECMAScript 2023, 6.1.6.1.20, Number::toString. */
static void add_number(struct buf *out, double value)
{
    static const char zeros[] = "000000000000000000000";
    char text[STR_NUMBER_BYTES], digits[DIGITS_MAX];
    const char *sign;
    int k, point;

    (void)str_from_double(value, text);
    sign = text[0] == '-' ? "-" : "";
    k = (int)split_number(text + (text[0] == '-'), digits, &point);
    if (k == 0)
        buf_add_text(out, "0");
    else if (k <= point && point <= 21)
        buf_printf(out, "%s%.*s%.*s", sign, k, digits, point - k, zeros);
    else if (0 < point && point <= 21)
        buf_printf(out, "%s%.*s.%.*s", sign, point, digits, k - point, digits + point);
    else if (-6 < point && point <= 0)
        buf_printf(out, "%s0.%.*s%.*s", sign, -point, zeros, k, digits);
    else
        buf_printf(out, "%s%c%s%.*se%+d", sign, digits[0], k > 1 ? "." : "", k - 1,
                   digits + 1, point - 1);
}

static void add_estimate(struct buf *out, struct estimate value, const char *unknown)
{
    if (value.known)
        add_number(out, value.value);
    else
        buf_add_text(out, unknown);
}

/* ---- JSON ---- */

static void add_member(struct buf *out, const char *key, struct str text)
{
    buf_printf(out, ",\n    \"%s\": ", key);
    text_add_json(out, text.at, text.n);
}

static void add_word(struct buf *out, const char *key, const char *text)
{
    if (text)
        add_member(out, key, str_of(text));
}

static void add_values(struct buf *out, const struct assert_result *result)
{
    buf_add_text(out, ",\n    \"values\": [");
    for (size_t i = 0; i < result->nvalues; i++) {
        buf_add_text(out, i > 0 ? ",\n      " : "\n      ");
        add_estimate(out, result->value[i], "null");
    }
    buf_add_text(out, result->nvalues > 0 ? "\n    ]" : "]");
}

static void add_result(struct buf *out, const struct assert_result *result)
{
    buf_printf(out, "  {\n    \"name\": \"%s\",\n    \"expected\": ",
               assert_name_word(result->name));
    add_estimate(out, result->expected, "null");
    buf_add_text(out, ",\n    \"actual\": ");
    add_estimate(out, result->actual, "null");
    add_values(out, result);
    add_word(out, "operator", operators[result->name]);
    buf_printf(out, ",\n    \"passed\": %s", result->passed ? "true" : "false");
    add_word(out, "message", result->message);
    add_word(out, "auditProperty", result->property);
    add_word(out, "auditId", result->audit);
    add_word(out, "level", result->level);
    add_member(out, "url", result->url);
    add_word(out, "auditTitle", result->title);
    add_word(out, "auditDocumentationLink", result->link);
    buf_add_text(out, "\n  }");
}

static bool is_shown(const struct assert_plan *plan, const struct assert_result *result)
{
    return plan->includes_passed || !result->passed;
}

void assert_print_json(const struct assert_plan *plan,
                       const struct assert_outcome *outcome, struct buf *out)
{
    size_t shown = 0;

    buf_add_text(out, "[");
    for (size_t i = 0; i < outcome->n; i++) {
        if (!is_shown(plan, &outcome->result[i]))
            continue;
        buf_add_text(out, shown++ > 0 ? ",\n" : "\n");
        add_result(out, &outcome->result[i]);
    }
    buf_add_text(out, shown > 0 ? "\n]\n" : "]\n");
}

/* ---- text ---- */

/* A result and the place of its URL among all. */
struct line {
    const struct assert_result *result;
    size_t url, i;
};

/* Failed errors, failed warnings, what passed; each by audit. */
static int by_weight(const void *a, const void *b)
{
    const struct line *x = a, *y = b;
    int order = (x->url > y->url) - (x->url < y->url);

    if (order == 0)
        order = x->result->passed - y->result->passed;
    if (order == 0 && !x->result->passed)
        order = strcmp(x->result->level, y->result->level);
    if (order == 0)
        order = strcmp(x->result->audit, y->result->audit);
    return order != 0 ? order : (x->i > y->i) - (x->i < y->i);
}

static size_t url_place(const struct line *lines, size_t n, struct str url)
{
    for (size_t i = 0; i < n; i++)
        if (str_equal(lines[i].result->url, url))
            return lines[i].url;
    return n;
}

static void add_safe(struct buf *out, struct str text)
{
    buf_add_text(out, text_safe(out->arena, text.at, text.n, text.n));
}

static void add_remark(struct buf *out, const char *first, const char *second)
{
    if (!first && !second)
        return;
    buf_add_text(out, "      ");
    if (first)
        add_safe(out, str_of(first));
    if (first && second)
        buf_add_text(out, " ");
    if (second)
        add_safe(out, str_of(second));
    buf_add_text(out, "\n");
}

/* "error first-contentful-paint minScore: 0.62, wanted >= 0.9; runs: 0.6 0.62" */
static void add_line(struct buf *out, const struct assert_result *result)
{
    add_safe(out, str_of(result->passed ? "pass" : result->level));
    buf_add_text(out, " ");
    add_safe(out, str_of(result->audit));
    if (result->property) {
        buf_add_text(out, ".");
        add_safe(out, str_of(result->property));
    }
    buf_printf(out, " %s: ", assert_name_word(result->name));
    add_estimate(out, result->actual, "no value");
    buf_printf(out, ", wanted %s ", operators[result->name]);
    add_estimate(out, result->expected, "no value");
    buf_add_text(out, "; runs:");
    for (size_t i = 0; i < result->nvalues; i++) {
        buf_add_text(out, " ");
        add_estimate(out, result->value[i], "-");
    }
    buf_add_text(out, "\n");
    if (!result->passed) {
        add_remark(out, result->title, result->link);
        add_remark(out, result->message, NULL);
    }
}

static const char *plural(size_t n)
{
    return n == 1 ? "" : "s";
}

void assert_print_text(const struct assert_plan *plan,
                       const struct assert_outcome *outcome, struct buf *out)
{
    struct line *line = arena_new(out->arena, struct line, outcome->n);
    size_t n = 0, errors = 0, warnings = 0;

    for (size_t i = 0; i < outcome->n; i++) {
        const struct assert_result *result = &outcome->result[i];
        bool is_error = strcmp(result->level, "error") == 0;

        errors += !result->passed && is_error;
        warnings += !result->passed && !is_error;
        if (!is_shown(plan, result))
            continue;
        line[n] = (struct line){result, url_place(line, n, result->url), i};
        n++;
    }
    qsort(line, n, sizeof *line, by_weight);
    buf_printf(out,
               "ASSERT %s - %zu error%s, %zu warning%s of %zu result%s; %zu run%s of "
               "%zu URL%s\n",
               errors > 0 ? "FAILED" : "OK", errors, plural(errors), warnings,
               plural(warnings), outcome->n, plural(outcome->n), outcome->nruns,
               plural(outcome->nruns), outcome->nurls, plural(outcome->nurls));
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || line[i].url != line[i - 1].url) {
            buf_add_text(out, "\n");
            add_safe(out, line[i].result->url);
            buf_add_text(out, "\n");
        }
        add_line(out, line[i].result);
    }
}
