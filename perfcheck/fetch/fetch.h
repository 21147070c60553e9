/*
 * The verb `fetch` (perfcheck.md 11): PageSpeed Insights and CrUX asked, their answers
 * left in one folder. What an answer means is apart from asking (answer.c, pure),
 * and so is keeping it (keep.c): the one writer of perfcheck outside the state
 * folder.
 */
#ifndef PERFCHECK_FETCH_FETCH_H
#define PERFCHECK_FETCH_FETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perfcheck/lhr.h"
#include "shared/arena.h"
#include "shared/err.h"
#include "shared/http.h"
#include "shared/str.h"

enum { FETCH_TRIES = 3, FETCH_PAUSE_MAX_S = 120 };

/* ---- answer.c: what to ask, and what an answer means ---- */

enum answer_kind {
    ANSWER_GOOD,
    ANSWER_FAILURE, /* the service says why: {"error": {"code", "message"}} */
    ANSWER_NONE,    /* CrUX has no data of it */
    ANSWER_BROKEN,  /* nothing that could be kept */
};

struct answer {
    enum answer_kind kind;
    bool may_pass;    /* another try may go better */
    int code;         /* of ANSWER_FAILURE */
    const char *text; /* why not good; for people, fit to print */
};

struct answer answer_of_psi(const struct http_reply *reply, struct arena *arena);
struct answer answer_of_crux(const struct http_reply *reply, struct arena *arena);

/* Seconds until the next try after `tried` (from 1) of them; -1: give up. What the
 * service wants (Retry-After) up to FETCH_PAUSE_MAX_S, else 5, then 20. */
int answer_pause_s(const struct answer *answer, int64_t retry_after_s, int tried);

/* "BASE?url=..&strategy=..&category=..&locale=en_US&key=", the key to follow; without
 * one the query ends before "&key=". */
const char *psi_query(const char *base, const char *url, enum form form, bool has_key,
                      struct arena *arena);

/* The body of a question to CrUX. */
const char *crux_body(const char *where, bool is_origin, enum form form,
                      struct arena *arena);
/* "https://shop.example" of "https://shop.example/cart". */
const char *origin_of(const char *url, struct arena *arena);

/* A failure as perfcheck.md 3 records it, and an answer of CrUX with its question. */
struct str failure_text(const char *url, enum form form, int64_t now_ms,
                        const struct answer *answer, struct arena *arena);
struct str crux_text(const char *body, struct str reply, struct arena *arena);

/* ---- keep.c ---- */

/* Makes the folder, and those above it, when they are not there. -1 with err set. */
int keep_open(const char *path, struct err *err);

/* Whole or not at all, as PREFIX-MS.json, MS being `now_ms` or the first after it that
 * is free. `name` is of 64 bytes. */
MUST_USE bool keep_file(int folder, const char *prefix, int64_t now_ms,
                        struct str bytes, char name[64], struct err *err);

struct options;

/* The verb; perfcheck.h's perfcheck_fetch becomes the program that has it. */
int fetch_verb(const struct options *opt, struct err *err);

#endif
