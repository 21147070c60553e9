/* The words for kinds of events. */
#include "shared/row.h"

#include "shared/banned.h"

static const char *const words[KIND_COUNT] = {
    [KIND_PAGEVIEW] = "pageview",
    [KIND_RAGE_CLICK] = "rage_click",
    [KIND_DEAD_CLICK] = "dead_click",
    [KIND_ERROR_CLICK] = "error_click",
    [KIND_EXCEPTION] = "exception",
    [KIND_VITALS] = "vitals",
    [KIND_REQUEST] = "request",
    [KIND_NOT_FOUND] = "not_found",
    [KIND_SEARCH] = "search",
    [KIND_FORM_START] = "form_start",
    [KIND_FORM_SUBMIT] = "form_submit",
    [KIND_CHECKOUT_START] = "checkout_start",
    [KIND_CHECKOUT_DONE] = "checkout_done",
    [KIND_PAYMENT_FAILED] = "payment_failed",
};

const char *kind_word(enum kind kind)
{
    return words[kind];
}

bool kind_parse(struct str word, enum kind *kind)
{
    for (int i = 0; i < KIND_COUNT; i++) {
        if (str_equal(word, str_of(words[i]))) {
            *kind = (enum kind)i;
            return true;
        }
    }
    return false;
}
