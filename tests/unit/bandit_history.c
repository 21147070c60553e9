/* state/history/bandit.tsv: what is written reads the same again, what stays as text,
 * and what is refused. The form is that of section 7 of the bandit's specification. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "bandit/evidence.h"
#include "shared/clock.h"
#include "shared/limits.h"

// Sorted by name it would not come last.
#include "shared/banned.h"

static struct arena arena;
static struct err err;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, ARENA_BYTES_MAX);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

/* `cta` counts conversions and has two guardrails, `price` sums a value. */
static struct experiment experiments[] = {
    {.id = "cta",
     .arm = {{.name = "control"}, {.name = "b"}},
     .narms = 2,
     .reward = {.type = REWARD_CONVERSION},
     .guardrail = {{.name = "refund"}, {.name = "slow"}},
     .nguardrails = 2},
    {.id = "price",
     .arm = {{.name = "control"}, {.name = "low"}, {.name = "high"}},
     .narms = 3,
     .reward = {.type = REWARD_VALUE}},
};

static const struct settings settings = {experiments, 2};

static bool try_parse(const char *rows, struct history *history)
{
    *history = (struct history){0};
    err.text[0] = '\0';
    return history_parse(str_of(rows), "h.tsv", &settings, &arena, history, &err);
}

static struct history parse(const char *rows)
{
    struct history history;

    if (!try_parse(rows, &history))
        fail_msg("%s", err.text);
    return history;
}

static const char *refusal(const char *rows)
{
    struct history history;

    assert_false(try_parse(rows, &history));
    return err.text;
}

static const char *format(const struct history *history)
{
    struct buf out;

    buf_init(&out, &arena, HISTORY_BYTES_MAX);
    history_format(history, &out);
    assert_false(out.overflowed);
    assert_memory_equal(out.at, HISTORY_HEADER "\n", sizeof HISTORY_HEADER);
    return out.at + sizeof HISTORY_HEADER;
}

static void assert_unchanged(const char *rows)
{
    struct history history = parse(rows);

    assert_string_equal(format(&history), rows);
}

static const struct history_experiment *item_of(const struct history *history,
                                                const char *id)
{
    for (size_t i = 0; i < history->n; i++)
        if (strcmp(history->item[i].id, id) == 0)
            return &history->item[i];
    fail_msg("no experiment '%s'", id);
    return NULL;
}

static void a_line_is_read_into_its_day(void **state)
{
    struct history history =
        parse("cta\t2026-11-01\tcontrol\t210\t200\t9\t-\t-\t6183.2471\t12\t190\t3\t4\t"
              "refund=2,slow=7\n"
              "cta\t2026-11-01\tb\t110\t100\t8\t-\t-\t3816.7529\t12\t90\t3\t4\t"
              "refund=1,slow=0\n");
    const struct history_experiment *item = item_of(&history, "cta");
    const struct evidence_day *day =
        evidence_find(&item->evidence, day_from_civil(2026, 11, 1));

    (void)state;
    assert_ptr_equal(item->experiment, &experiments[0]);
    assert_int_equal(item->evidence.narms, 2);
    assert_non_null(day);
    assert_true(day->is_mature);
    assert_int_equal(day->version, 12);
    assert_int_equal(day->multi, 3);
    assert_int_equal(day->unknown, 4);
    assert_int_equal(day->at_once[0].exposed, 210);
    assert_int_equal(day->at_once[0].tagged, 190);
    assert_int_equal(day->at_once[0].weight_x10000, 61832471);
    assert_int_equal(day->at_once[1].weight_x10000, 38167529);
    assert_int_equal(day->mature[0].units, 200);
    assert_int_equal(day->mature[0].conversions, 9);
    assert_int_equal(day->mature[0].guardrail[0], 2);
    assert_int_equal(day->mature[0].guardrail[1], 7);
    assert_int_equal(day->mature[1].units, 100);
    assert_int_equal(evidence_exposed(&item->evidence, day), 320);
}

static void a_day_that_is_not_mature_has_no_sessions(void **state)
{
    static const char rows[] =
        "cta\t2026-11-01\tcontrol\t210\t-\t-\t-\t-\t-\t-\t0\t0\t0\t-\n"
        "cta\t2026-11-01\tb\t110\t-\t-\t-\t-\t-\t-\t0\t0\t0\t-\n";
    struct history history = parse(rows);
    const struct evidence_day *day = &item_of(&history, "cta")->evidence.day[0];

    (void)state;
    assert_false(day->is_mature);
    assert_int_equal(day->version, 0);
    assert_int_equal(day->at_once[0].weight_x10000, -1);
    assert_string_equal(format(&history), rows);
}

static void weights_are_written_without_zeros_at_their_end(void **state)
{
    struct history history =
        parse("cta\t2026-11-01\tcontrol\t0\t-\t-\t-\t-\t6183.2000\t1\t0\t0\t0\t-\n"
              "cta\t2026-11-01\tb\t0\t-\t-\t-\t-\t3816.0900\t1\t0\t0\t0\t-\n");

    (void)state;
    assert_string_equal(
        format(&history),
        "cta\t2026-11-01\tcontrol\t0\t-\t-\t-\t-\t6183.2\t1\t0\t0\t0\t-\n"
        "cta\t2026-11-01\tb\t0\t-\t-\t-\t-\t3816.09\t1\t0\t0\t0\t-\n");
}

static void sums_go_through_to_their_last_digit(void **state)
{
    static const char rows[] =
        "price\t2026-11-01\tcontrol\t5\t5\t-\t-9223372036854775808\t"
        "340282366920938463463374607431768211455\t0\t1\t0\t0\t0\t-\n"
        "price\t2026-11-01\tlow\t1\t1\t-\t9223372036854775807\t"
        "340282366920938463463374607431768211455\t0.0001\t1\t0\t0\t0\t-\n"
        "price\t2026-11-01\thigh\t0\t0\t-\t0\t0\t9999.9999\t1\t0\t0\t0\t-\n";
    struct history history = parse(rows);
    const struct evidence_day *day = &item_of(&history, "price")->evidence.day[0];

    (void)state;
    assert_true(day->mature[0].sum_x10000 == INT64_MIN);
    assert_true(day->mature[0].sumsq_x1e8 == ~(uint128)0);
    assert_int_equal(day->at_once[1].weight_x10000, 1);
    assert_int_equal(day->at_once[2].weight_x10000, 99999999);
    assert_string_equal(format(&history), rows);
}

/* xorshift64, seeded: the same rows each time. */
static uint64_t random_state = UINT64_C(88172645463325252);

static int64_t random_below(int64_t limit)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (int64_t)(random_state % (uint64_t)limit);
}

static void fill_mature(const struct experiment *experiment, bool has_slow,
                        struct arm_mature *mature)
{
    mature->units = random_below(1000000001);
    if (reward_is_numeric(&experiment->reward)) {
        int64_t value = random_below(2000000) - 1000000;

        mature->sum_x10000 = mature->units * value;
        mature->sumsq_x1e8 =
            (uint128)mature->units * (uint128)(value * value) + (uint128)1000;
    } else {
        mature->conversions = random_below(mature->units + 1);
    }
    for (size_t g = 0; g < experiment->nguardrails; g++)
        mature->guardrail[g] = random_below(mature->units + 1);
    if (!has_slow && experiment->nguardrails > 1)
        mature->guardrail[1] = -1;
}

static void fill_day(const struct experiment *experiment, struct evidence_day *day)
{
    bool has_slow = random_below(2) == 0;
    bool has_weights = random_below(4) > 0;

    day->is_mature = random_below(4) > 0;
    day->version = random_below(3);
    day->multi = random_below(100);
    day->unknown = random_below(100);
    for (size_t arm = 0; arm < experiment->narms; arm++) {
        struct arm_at_once *now = &day->at_once[arm];

        now->exposed = random_below(1000000001);
        now->tagged = random_below(now->exposed + 1);
        now->weight_x10000 = has_weights ? random_below(100000001) : -1;
        if (has_weights && random_below(2) == 0)
            now->weight_x10000 = now->weight_x10000 / 10000 * 10000;
        if (day->is_mature)
            fill_mature(experiment, has_slow, &day->mature[arm]);
    }
}

static void assert_same_days(const struct evidence *a, const struct evidence *b)
{
    assert_int_equal(a->n, b->n);
    for (size_t i = 0; i < a->n; i++) {
        assert_int_equal(a->day[i].day, b->day[i].day);
        assert_int_equal(a->day[i].is_mature, b->day[i].is_mature);
        assert_int_equal(a->day[i].version, b->day[i].version);
        assert_int_equal(a->day[i].multi, b->day[i].multi);
        assert_int_equal(a->day[i].unknown, b->day[i].unknown);
        assert_memory_equal(a->day[i].at_once, b->day[i].at_once,
                            a->narms * sizeof a->day[i].at_once[0]);
        for (size_t arm = 0; arm < a->narms; arm++) {
            const struct arm_mature *left = &a->day[i].mature[arm];
            const struct arm_mature *right = &b->day[i].mature[arm];

            assert_int_equal(left->units, right->units);
            assert_int_equal(left->conversions, right->conversions);
            assert_int_equal(left->sum_x10000, right->sum_x10000);
            assert_true(left->sumsq_x1e8 == right->sumsq_x1e8);
            assert_memory_equal(left->guardrail, right->guardrail,
                                sizeof left->guardrail);
        }
    }
}

static void random_days_read_the_same_again(void **state)
{
    (void)state;
    for (int round = 0; round < 50; round++) {
        struct history history = {0}, again;

        for (size_t i = settings.n; i-- > 0;) {
            struct history_experiment *item =
                history_put(&history, &experiments[i], &arena);

            for (int n = 0; n < 30; n++) {
                int32_t day = 20000 + (int32_t)random_below(60);

                if (!evidence_find(&item->evidence, day))
                    fill_day(&experiments[i],
                             evidence_put(&item->evidence, day, &arena));
            }
        }
        again = parse(format(&history));
        assert_int_equal(again.n, 2);
        for (size_t i = 0; i < settings.n; i++)
            assert_same_days(&history.item[i].evidence, &again.item[i].evidence);
        assert_string_equal(format(&history), format(&again));
    }
}

#define CTA_DAY(day)                                                            \
    "cta\t" day "\tcontrol\t9\t9\t1\t-\t-\t5000\t1\t0\t0\t0\trefund=0,slow=0\n" \
    "cta\t" day "\tb\t9\t9\t1\t-\t-\t5000\t1\t0\t0\t0\trefund=0,slow=0\n"
#define LINE(id, day, arm) id "\t" day "\t" arm "\t9\t9\t1\t-\t-\t-\t-\t0\t0\t0\t-\n"
#define LINES3(id, day)    LINE(id, day, "control") LINE(id, day, "b") LINE(id, day, "c")

static void experiments_that_are_not_configured_keep_their_lines_and_place(void **state)
{
    static const char rows[] =
        LINES3("an-old-one", "2026-10-01") LINES3("an-old-one", "2026-10-02")
            CTA_DAY("2026-11-01") LINES3("later", "2026-10-01");
    struct history history = parse(rows);

    (void)state;
    assert_null(item_of(&history, "an-old-one")->experiment);
    assert_int_equal(item_of(&history, "an-old-one")->nkept, 6);
    assert_string_equal(format(&history), rows);
}

static void days_of_other_arms_are_kept_with_all_before_them(void **state)
{
    static const char rows[] = CTA_DAY("2026-10-01") LINES3("cta", "2026-10-02")
        CTA_DAY("2026-10-03") CTA_DAY("2026-10-04");
    struct history history = parse(rows);
    const struct history_experiment *item = item_of(&history, "cta");

    (void)state;
    assert_int_equal(item->nkept, 5);
    assert_int_equal(item->evidence.n, 2);
    assert_string_equal(format(&history), rows);
}

static void days_before_a_new_arm_are_kept(void **state)
{
    static const char rows[] =
        "price\t2026-11-01\tcontrol\t0\t0\t-\t0\t0\t-\t-\t0\t0\t0\t-\n"
        "price\t2026-11-01\tlow\t0\t0\t-\t0\t0\t-\t-\t0\t0\t0\t-\n"
        "price\t2026-11-02\tcontrol\t0\t0\t-\t0\t0\t-\t-\t0\t0\t0\t-\n"
        "price\t2026-11-02\tlow\t0\t0\t-\t0\t0\t-\t-\t0\t0\t0\t-\n"
        "price\t2026-11-02\thigh\t0\t0\t-\t0\t0\t-\t-\t0\t0\t0\t-\n";
    struct history history = parse(rows);

    (void)state;
    assert_int_equal(item_of(&history, "price")->nkept, 2);
    assert_int_equal(item_of(&history, "price")->evidence.n, 1);
    assert_string_equal(format(&history), rows);
}

static void days_of_arms_in_another_order_are_kept(void **state)
{
    static const char rows[] = LINE("cta", "2026-10-01", "b")
        LINE("cta", "2026-10-01", "control") CTA_DAY("2026-10-02");

    (void)state;
    assert_unchanged(rows);
}

static void days_of_another_kind_of_reward_are_kept(void **state)
{
    static const char rows[] =
        "cta\t2026-11-01\tcontrol\t1\t1\t-\t5\t25\t-\t-\t0\t0\t0\t-\n"
        "cta\t2026-11-01\tb\t1\t1\t-\t5\t25\t-\t-\t0\t0\t0\t-\n" CTA_DAY("2026-11-02");
    struct history history = parse(rows);

    (void)state;
    assert_int_equal(item_of(&history, "cta")->nkept, 2);
    assert_string_equal(format(&history), rows);
}

static void guardrails_of_another_configuration_do_not_matter(void **state)
{
    struct history history =
        parse("cta\t2026-11-01\tcontrol\t9\t9\t1\t-\t-\t-\t-\t0\t0\t0\tslow=3,gone=4\n"
              "cta\t2026-11-01\tb\t9\t9\t1\t-\t-\t-\t-\t0\t0\t0\tslow=2,gone=5\n");
    const struct evidence_day *day = &item_of(&history, "cta")->evidence.day[0];

    (void)state;
    assert_int_equal(day->mature[0].guardrail[0], -1); // refund was not counted
    assert_int_equal(day->mature[0].guardrail[1], 3);
    assert_string_equal(
        format(&history),
        "cta\t2026-11-01\tcontrol\t9\t9\t1\t-\t-\t-\t-\t0\t0\t0\tslow=3\n"
        "cta\t2026-11-01\tb\t9\t9\t1\t-\t-\t-\t-\t0\t0\t0\tslow=2\n");
}

static size_t count_lines(const char *text)
{
    size_t n = 0;

    for (; *text; text++)
        n += *text == '\n';
    return n;
}

static void the_newest_400_days_are_written_kept_ones_counted(void **state)
{
    struct history history =
        parse(LINES3("cta", "2020-01-01") LINES3("cta", "2020-01-02")
                  LINES3("gone", "2020-01-01"));
    struct history_experiment *item = history_put(&history, &experiments[0], &arena);
    const char *rows;

    (void)state;
    for (int32_t day = 0; day < 399; day++)
        (void)evidence_put(&item->evidence, 20000 + day, &arena);
    rows = format(&history);
    assert_memory_equal(rows, "cta\t2020-01-02\tcontrol", 22);
    assert_int_equal(count_lines(rows), 3 + 399 * 2 + 3);
    for (int32_t day = 399; day < 450; day++)
        (void)evidence_put(&item->evidence, 20000 + day, &arena);
    rows = format(&history);
    assert_int_equal(count_lines(rows), 400 * 2 + 3);
    assert_memory_equal(rows + 4, day_text(20050).text, 10);
}

static void days_are_put_in_their_order_and_found(void **state)
{
    struct evidence evidence = {.narms = 2};

    (void)state;
    for (int32_t i = 0; i < 100; i++)
        evidence_put(&evidence, (i * 37) % 100, &arena)->multi = (i * 37) % 100;
    assert_int_equal(evidence.n, 100);
    for (int32_t day = 0; day < 100; day++) {
        assert_int_equal(evidence.day[day].day, day);
        assert_int_equal(evidence_find(&evidence, day)->multi, day);
        assert_int_equal(evidence.day[day].at_once[1].weight_x10000, -1);
    }
    assert_ptr_equal(evidence_put(&evidence, 50, &arena), &evidence.day[50]);
    assert_null(evidence_find(&evidence, 100));
    assert_null(evidence_find(&evidence, -1));
}

#define REFUSED(number, what) \
    "cannot read 'h.tsv:" number "': " what "; restore the file from git"

static void lines_out_of_order_are_refused(void **state)
{
    (void)state;
    assert_string_equal(refusal(CTA_DAY("2026-11-02") CTA_DAY("2026-11-01")),
                        REFUSED("4", "not in the order of experiment and day"));
    assert_string_equal(refusal(LINES3("z", "2026-11-02") LINES3("a", "2026-11-01")),
                        REFUSED("5", "not in the order of experiment and day"));
    assert_string_equal(refusal(CTA_DAY("2026-11-02") LINE("cta", "2026-11-02", "b")),
                        REFUSED("4", "a second line of one experiment, day and arm"));
    assert_string_equal(refusal(LINE("old", "2026-11-02", "b")
                                    LINE("old", "2026-11-02", "b")),
                        REFUSED("3", "a second line of one experiment, day and arm"));
}

static void a_day_that_lost_an_arm_is_refused_where_it_ends(void **state)
{
    static const char *const wrong = REFUSED("4", "an arm is missing on the day");

    (void)state;
    assert_string_equal(refusal(CTA_DAY("2026-11-01")
                                    LINE("cta", "2026-11-02", "control")),
                        wrong);
    assert_string_equal(refusal(CTA_DAY("2026-11-01") LINE("cta", "2026-11-02", "b")
                                    LINES3("gone", "2026-11-02")),
                        wrong);
}

/* A line of `cta` whose fields behind the arm are these; the day's only one. */
static const char *refused_cells(const char *cells)
{
    static const char before[] = "cannot read 'h.tsv:2': ";
    static const char after[] = "; restore the file from git";
    const char *text =
        refusal(str_format(&arena, "cta\t2026-11-01\tcontrol\t%s\n", cells));
    size_t n = strlen(text);

    assert_memory_equal(text, before, strlen(before));
    assert_string_equal(text + n - strlen(after), after);
    return str_copy(&arena, text + strlen(before), n - strlen(before) - strlen(after));
}

static void broken_lines_are_refused(void **state)
{
    (void)state;
    assert_string_equal(refused_cells("1"), "not 14 tab-separated fields");
    assert_string_equal(refused_cells("9\t9\t1\t-\t-\t-\t-\t0\t0\t0\t-\t-"),
                        "not 14 tab-separated fields");
    assert_string_equal(refusal("\n"), REFUSED("2", "not 14 tab-separated fields"));
    assert_string_equal(refusal(LINE("CTA", "2026-11-01", "b")),
                        REFUSED("2", "experiment is no id"));
    assert_string_equal(refusal(LINE("cta", "2026-11-31", "b")),
                        REFUSED("2", "day is no date (YYYY-MM-DD)"));
    assert_string_equal(refusal(LINE("cta", "2026-11-01", "-b")),
                        REFUSED("2", "arm is no name of an arm"));
    assert_string_equal(refusal("cta"), REFUSED("1", "the last line has no end"));
}

static void counts_that_cannot_be_are_refused(void **state)
{
    static const char *const whole = "is no whole number from 0 to 1000000000";
    const char *exposed = str_format(&arena, "exposed %s", whole);
    const char *sessions = str_format(&arena, "sessions %s", whole);

    (void)state;
    assert_string_equal(refused_cells("-\t9\t1\t-\t-\t-\t-\t0\t0\t0\t-"), exposed);
    assert_string_equal(refused_cells("-1\t9\t1\t-\t-\t-\t-\t0\t0\t0\t-"), exposed);
    assert_string_equal(refused_cells("1000000001\t9\t1\t-\t-\t-\t-\t0\t0\t0\t-"),
                        exposed);
    assert_string_equal(refused_cells("9\t1.5\t1\t-\t-\t-\t-\t0\t0\t0\t-"), sessions);
    assert_string_equal(refused_cells("9\t\t1\t-\t-\t-\t-\t0\t0\t0\t-"), sessions);
    assert_string_equal(refused_cells("9\t9\tx\t-\t-\t-\t-\t0\t0\t0\t-"),
                        str_format(&arena, "conversions %s", whole));
    assert_string_equal(refused_cells("9\t9\t10\t-\t-\t-\t-\t0\t0\t0\t-"),
                        "more conversions than sessions");
    assert_string_equal(refused_cells("9\t-\t1\t-\t-\t-\t-\t0\t0\t0\t-"),
                        "sessions is not known, but what they did is");
    assert_string_equal(refused_cells("9\t-\t-\t-\t-\t-\t-\t0\t0\t0\trefund=0"),
                        "sessions is not known, but what they did is");
    assert_string_equal(refused_cells("9\t9\t1\t-\t-\t-\t-\t10\t0\t0\t-"),
                        "tagged is no whole number from 0 to exposed");
    assert_string_equal(refused_cells("9\t9\t1\t-\t-\t-\t-\t0\t-\t0\t-"),
                        str_format(&arena, "multi or unknown %s", whole));
    assert_string_equal(refused_cells("9\t9\t1\t-\t-\t-\t-\t0\t0\t-1\t-"),
                        str_format(&arena, "multi or unknown %s", whole));
}

static void rewards_that_cannot_be_are_refused(void **state)
{
    static const char *const neither =
        "neither conversions alone nor sum_x10000 and sumsq_x1e8 alone";

    (void)state;
    assert_string_equal(refused_cells("9\t9\t-\t-\t-\t-\t-\t0\t0\t0\t-"), neither);
    assert_string_equal(refused_cells("9\t9\t1\t1\t1\t-\t-\t0\t0\t0\t-"), neither);
    assert_string_equal(refused_cells("9\t9\t-\t1\t-\t-\t-\t0\t0\t0\t-"), neither);
    assert_string_equal(refused_cells(
                            "9\t9\t-\t9223372036854775808\t1\t-\t-\t0\t0\t0\t-"),
                        "sum_x10000 is no whole number of 64 bits");
    assert_string_equal(
        refused_cells("9\t9\t-\t1\t340282366920938463463374607431768211456\t-\t-\t0\t0"
                      "\t0\t-"),
        "sumsq_x1e8 is no whole number of 128 bits");
    assert_string_equal(refused_cells("9\t9\t-\t1\t-1\t-\t-\t0\t0\t0\t-"),
                        "sumsq_x1e8 is no whole number of 128 bits");
    // two units of 5 have a sum of 10 and squares of 50
    assert_string_equal(refused_cells("2\t2\t-\t11\t50\t-\t-\t0\t0\t0\t-"),
                        "sum_x10000 is larger than sumsq_x1e8 allows");
    assert_string_equal(refused_cells("0\t0\t-\t1\t1\t-\t-\t0\t0\t0\t-"),
                        "sum_x10000 is larger than sumsq_x1e8 allows");
}

static void weights_and_versions_that_cannot_be_are_refused(void **state)
{
    static const char *const bad[] = {"10000.0001", "10001", "-1",  "1.",  ".5",
                                      "1.23456",    "1.2.3", "1e3", "1.-5"};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_string_equal(refused_cells(str_format(&arena,
                                                     "9\t9\t1\t-\t-\t%s\t-\t0\t0\t0\t-",
                                                     bad[i])),
                            "weight_bp is not from 0 to 10000 with up to 4 decimals");
    assert_string_equal(refused_cells("9\t9\t1\t-\t-\t-\t0\t0\t0\t0\t-"),
                        "version is no whole number from 1");
}

static void guardrails_that_cannot_be_are_refused(void **state)
{
    static const char *const bad[] = {"refund",    "=1",        "refund=",
                                      "refund=1,", ",refund=1", "refund=10",
                                      "refund=-1", ""};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_string_equal(
            refused_cells(
                str_format(&arena, "9\t9\t1\t-\t-\t-\t-\t0\t0\t0\t%s", bad[i])),
            "guardrails are not NAME=COUNT,... with counts up to sessions");
    assert_string_equal(refused_cells("9\t9\t1\t-\t-\t-\t-\t0\t0\t0\tslow=1,slow=1"),
                        "a guardrail is named twice");
}

/* A second arm's line whose fields behind the arm are these. */
static const char *refused_second(const char *cells)
{
    return refusal(
        str_format(&arena,
                   "cta\t2026-11-01\tcontrol\t9\t9\t1\t-\t-\t5000\t1\t0\t0\t0\t"
                   "refund=0\ncta\t2026-11-01\tb\t%s\n",
                   cells));
}

static void arms_that_do_not_agree_on_their_day_are_refused(void **state)
{
    static const char *const day =
        REFUSED("3", "version, multi or unknown differs between the arms of one day");

    (void)state;
    assert_string_equal(refused_second("9\t9\t1\t-\t-\t5000\t2\t0\t0\t0\trefund=0"),
                        day);
    assert_string_equal(refused_second("9\t9\t1\t-\t-\t5000\t1\t0\t1\t0\trefund=0"),
                        day);
    assert_string_equal(refused_second("9\t9\t1\t-\t-\t5000\t1\t0\t0\t1\trefund=0"),
                        day);
    assert_string_equal(refused_second("9\t-\t-\t-\t-\t5000\t1\t0\t0\t0\t-"),
                        REFUSED("3", "sessions are known of one arm only"));
    assert_string_equal(refused_second("9\t9\t-\t1\t1\t5000\t1\t0\t0\t0\trefund=0"),
                        REFUSED("3", "conversions of one arm, sums of another"));
    assert_string_equal(refused_second("9\t9\t1\t-\t-\t-\t1\t0\t0\t0\trefund=0"),
                        REFUSED("3", "weight_bp is known of one arm only"));
    assert_string_equal(refused_second("9\t9\t1\t-\t-\t5000\t1\t0\t0\t0\tslow=0"),
                        REFUSED("3", "a guardrail is counted of one arm only"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_read_into_its_day),
        cmocka_unit_test(a_day_that_is_not_mature_has_no_sessions),
        cmocka_unit_test(weights_are_written_without_zeros_at_their_end),
        cmocka_unit_test(sums_go_through_to_their_last_digit),
        cmocka_unit_test(random_days_read_the_same_again),
        cmocka_unit_test(
            experiments_that_are_not_configured_keep_their_lines_and_place),
        cmocka_unit_test(days_of_other_arms_are_kept_with_all_before_them),
        cmocka_unit_test(days_before_a_new_arm_are_kept),
        cmocka_unit_test(days_of_arms_in_another_order_are_kept),
        cmocka_unit_test(days_of_another_kind_of_reward_are_kept),
        cmocka_unit_test(guardrails_of_another_configuration_do_not_matter),
        cmocka_unit_test(the_newest_400_days_are_written_kept_ones_counted),
        cmocka_unit_test(days_are_put_in_their_order_and_found),
        cmocka_unit_test(lines_out_of_order_are_refused),
        cmocka_unit_test(a_day_that_lost_an_arm_is_refused_where_it_ends),
        cmocka_unit_test(broken_lines_are_refused),
        cmocka_unit_test(counts_that_cannot_be_are_refused),
        cmocka_unit_test(rewards_that_cannot_be_are_refused),
        cmocka_unit_test(weights_and_versions_that_cannot_be_are_refused),
        cmocka_unit_test(guardrails_that_cannot_be_are_refused),
        cmocka_unit_test(arms_that_do_not_agree_on_their_day_are_refused),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
