/*
 * A live server, by one thread and libcurl's multi interface. Each host has a queue, a
 * rate and a number of requests under way; what failed in passing waits and is tried
 * again. A host that breaks off connections gets fewer of them: our own load must not
 * look like its errors.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "seocheck/fetch_internal.h"
#include "shared/clock.h"
#include "shared/hash.h"
#include "shared/http.h"
#include "shared/limits.h"

#include "shared/banned.h"

enum {
    SLOTS = 64,     // requests under way in all
    BUCKETS = 1024, // of the table of hosts
    STREAMS = 64,   // of one HTTP/2 connection
    IDLE_CONNECTIONS = 128,
    RATE = 10, // where nothing is said, and of other hosts
    EXTERNAL_RATE = 2,
    CONNECTIONS = 4,
    LOOPBACK_CONNECTIONS = 16,
    EXTERNAL_CONNECTIONS = 1,
    TRIES = 3,
    EASED_MAX = 7,   // halvings of 64 down to 1, and one
    LOST_MAX = 3,    // given up at a host that never answered: the rest is not asked
    GROW_AFTER = 16, // answers a connection, before one more is allowed
    RETRY_AFTER_MAX_S = 60,
    POLL_MS = 1000,
};

struct host {
    struct host *in_bucket, *next;
    struct str name;
    uint16_t port;
    bool is_https, is_external;
    int most, allowed, under_way; // requests at a time
    int generation;               // times `allowed` went down
    int good;                     // answers since it last changed
    int64_t gap_us, next_us;      // between starts; the next one's earliest moment
    bool has_answered;
    int lost;     // requests given up
    int failures; // answers of class server or network in a row
    struct http_reply last_loss;
    struct task *first, **last; // ready
};

struct task {
    struct task *next; // in its host's queue
    struct host *host;
    const struct fetch_request *request;
    struct url url;   // of this hop
    const char *sent; // its spelling
    int hops, tries, eased;
    int allowed, generation; // of the host when it was started
    bool is_get;             // HEAD was not answered well
    int64_t due_us;
};

struct slot {
    struct http *http;
    struct task *task; // NULL: free
};

struct live {
    struct fetcher common;
    struct fetch_live_plan plan;
    struct http_policy policy;
    struct http_home home;
    CURLM *multi;
    struct slot slot[SLOTS];
    struct host *bucket[BUCKETS];
    struct host *hosts;
    /* of one fetch_all */
    struct arena work;
    const struct fetch_request *requests;
    struct task **waiting; // a heap by due_us
    size_t nwaiting;
    size_t left; // unanswered
    fetch_done done;
    void *context;
};

static int64_t wait_us(const struct live *live, int64_t seconds)
{
    return seconds * live->plan.second_ms * 1000;
}

/* ---- hosts ---- */

static struct host *host_of(struct live *live, const struct url *url, bool is_external)
{
    uint64_t key =
        hash_mix(hash_bytes(url->host.at, url->host.n),
                 (uint64_t)url->port << 2 | (uint64_t)url->is_https << 1 | is_external);
    struct host **bucket = &live->bucket[key % BUCKETS];
    double rate = is_external ? live->plan.external_rate : live->plan.rate;
    struct host *host;

    for (host = *bucket; host; host = host->in_bucket)
        if (host->port == url->port && host->is_https == url->is_https &&
            host->is_external == is_external && str_equal(host->name, url->host))
            return host;
    host = arena_new(live->common.arena, struct host, 1);
    host->name = (struct str){str_copy(live->common.arena, url->host.at, url->host.n),
                              url->host.n};
    host->port = url->port;
    host->is_https = url->is_https;
    host->is_external = is_external;
    host->most = is_external ? live->plan.external_connections : live->plan.connections;
    host->allowed = host->most;
    host->gap_us = rate > 0 ? llround(1e6 / rate) : 0;
    host->last = &host->first;
    host->in_bucket = *bucket;
    *bucket = host;
    host->next = live->hosts;
    live->hosts = host;
    return host;
}

static void host_ease(struct host *host, const struct task *task)
{
    if (task->generation != host->generation || host->allowed == 1)
        return; // of a time when more were under way
    host->allowed /= 2;
    host->generation++;
    host->good = 0;
}

static void host_grow(struct host *host)
{
    host->has_answered = true;
    if (host->allowed == host->most || ++host->good < GROW_AFTER * host->allowed)
        return;
    host->allowed++;
    host->good = 0;
}

static void note_failure(struct host *host, const struct http_reply *got,
                         const struct fetch_reply *reply)
{
    if (reply->url_class != CLASS_SERVER && reply->url_class != CLASS_NETWORK) {
        host->failures = 0;
        return;
    }
    host->failures++;
    host->last_loss = *got;
    host->last_loss.body = (struct str){0}; // it goes with the next request
}

static bool is_dead(const struct host *host)
{
    return !host->has_answered && host->lost >= LOST_MAX;
}

static bool is_failing(const struct host *host)
{
    return !host->is_external && host->failures >= FETCH_FAILURES_MAX;
}

/* ---- tasks: ready in their host's queue, or waiting ---- */

static void enqueue(struct task *task)
{
    task->next = NULL;
    *task->host->last = task;
    task->host->last = &task->next;
}

static struct task *dequeue(struct host *host)
{
    struct task *task = host->first;

    host->first = task->next;
    if (!host->first)
        host->last = &host->first;
    return task;
}

static void aim(struct live *live, struct task *task, const char *sent)
{
    task->host = host_of(live, &task->url, task->request->kind == FETCH_EXTERNAL);
    task->sent =
        sent ? sent : str_copy(&live->work, task->url.text.at, task->url.text.n);
    enqueue(task);
}

static void wait_for(struct live *live, struct task *task, int64_t due_us)
{
    size_t at = live->nwaiting++;

    task->due_us = due_us;
    for (; at > 0 && live->waiting[(at - 1) / 2]->due_us > due_us; at = (at - 1) / 2)
        live->waiting[at] = live->waiting[(at - 1) / 2];
    live->waiting[at] = task;
}

static struct task *take_waiting(struct live *live)
{
    struct task *first = live->waiting[0];
    struct task *moved = live->waiting[--live->nwaiting];
    size_t at = 0;

    for (size_t child; (child = 2 * at + 1) < live->nwaiting; at = child) {
        if (child + 1 < live->nwaiting &&
            live->waiting[child + 1]->due_us < live->waiting[child]->due_us)
            child++;
        if (live->waiting[child]->due_us >= moved->due_us)
            break;
        live->waiting[at] = live->waiting[child];
    }
    live->waiting[at] = moved;
    return first;
}

/* ---- answers ---- */

static bool finish(struct live *live, const struct task *task,
                   const struct fetch_reply *reply, struct err *err)
{
    live->left--;
    return live->done(live->context, (size_t)(task->request - live->requests), reply,
                      err);
}

/* `http` NULL: the answer of a host, without asking. */
static void judge(struct live *live, const struct task *task,
                  const struct http_reply *got, struct http *http,
                  struct fetch_reply *reply)
{
    bool is_challenge; // which a 304 is never: it is the page's own

    *reply = (struct fetch_reply){.detail = http_outcome_word(got->outcome)};
    reply->url_class = got->outcome == HTTP_REFUSED ? CLASS_REFUSED : CLASS_NETWORK;
    if (got->outcome != HTTP_ANSWERED)
        return;
    is_challenge =
        http && got->status != 304 && http_header(http, "cf-mitigated").n > 0;
    fetch_judge(&live->common, task->request, got->status, is_challenge, reply);
    if (reply->url_class == CLASS_NETWORK || !http)
        return;
    if (reply->url_class == CLASS_REDIRECT)
        reply->location = http_header(http, "location");
    reply->content_type = http_header(http, "content-type");
    if (reply->status == 200) {
        reply->etag = http_header(http, "etag");
        reply->last_modified = http_header(http, "last-modified");
    }
    reply->link = http_header_all(http, "link", ", ");
    reply->x_robots = http_header_all(http, "x-robots-tag", "\n");
    if (task->request->kind == FETCH_GET) {
        reply->body = got->body;
        reply->is_cut = got->is_cut;
    }
}

/* Seconds until another try; 0: none. */
static int64_t next_try(const struct live *live, struct task *task,
                        const struct http_reply *got, const struct fetch_reply *reply)
{
    if (reply->url_class != CLASS_SERVER && reply->url_class != CLASS_NETWORK &&
        reply->status != 429 && reply->status != 503)
        return 0;
    if (++task->tries >= live->plan.tries || got->retry_after_s > RETRY_AFTER_MAX_S)
        return 0;
    if (got->retry_after_s > 0)
        return got->retry_after_s;
    return task->tries == 1 ? 1 : 4;
}

/* Broken off before any answer while others were under way: perhaps too many for the
 * host. Such a failure is none of the tries. */
static bool is_ours(struct task *task, const struct http_reply *got)
{
    if (got->is_begun || (got->outcome != HTTP_CONNECT && got->outcome != HTTP_TLS &&
                          got->outcome != HTTP_READ))
        return false;
    host_ease(task->host, task);
    return task->allowed > 1 && task->eased++ < EASED_MAX;
}

/* HEAD is not everywhere allowed, or well. What the host says of itself stays. */
static bool wants_get(const struct task *task, const struct http_reply *got,
                      const struct fetch_reply *reply)
{
    return task->request->kind != FETCH_GET && !task->is_get &&
           (got->outcome == HTTP_ANSWERED || got->outcome == HTTP_READ ||
            got->outcome == HTTP_TIMEOUT) &&
           reply->url_class != CLASS_OK && reply->url_class != CLASS_REDIRECT;
}

static bool hop(struct live *live, struct task *task, const struct fetch_reply *reply)
{
    struct url from = task->url;

    if (task->request->kind != FETCH_EXTERNAL || !fetch_is_redirect(reply) ||
        task->hops == FETCH_HOPS_MAX ||
        url_resolve(&from, reply->location, NULL, &live->work, &task->url) != URL_OK)
        return false;
    task->hops++;
    task->tries = task->eased = 0;
    task->is_get = false;
    return true;
}

/* What becomes of a request that came back: another, or the answer. */
static bool decide(struct live *live, struct task *task, const struct http_reply *got,
                   struct http *http, struct err *err)
{
    int64_t now = clock_ticks_us();
    struct fetch_reply reply;
    int64_t seconds;

    judge(live, task, got, http, &reply);
    if (got->is_begun)
        host_grow(task->host);
    if (is_ours(task, got)) {
        wait_for(live, task, now + wait_us(live, 1) / 4);
        return true;
    }
    note_failure(task->host, got, &reply);
    if (hop(live, task, &reply)) {
        aim(live, task, NULL);
        return true;
    }
    if (wants_get(task, got, &reply)) {
        task->is_get = true;
        if (reply.status != 429) {
            enqueue(task);
            return true;
        }
    }
    seconds = next_try(live, task, got, &reply);
    if (seconds > 0) {
        wait_for(live, task, now + wait_us(live, seconds));
        if (reply.status == 429) // said to all of us
            task->host->next_us = now + wait_us(live, seconds);
        return true;
    }
    if (reply.url_class == CLASS_NETWORK)
        task->host->lost++;
    return finish(live, task, &reply, err);
}

/* ---- starting ---- */

static bool is_plain(struct str text)
{
    for (size_t i = 0; i < text.n; i++)
        if ((unsigned char)text.at[i] < 0x20)
            return false;
    return text.n < URL_BYTES_MAX;
}

/* The conditions of a request, which go to its own host alone: it follows no redirect.
 */
static void add_condition(struct live *live, struct str name, const char *value,
                          const char **headers, size_t *n)
{
    struct str text = str_of(value ? value : "");
    char *line;

    if (!value || !is_plain(text))
        return;
    line = arena_new(&live->work, char, name.n + text.n + 1);
    memcpy(line, name.at, name.n);
    memcpy(line + name.n, text.at, text.n);
    headers[(*n)++] = line;
}

static bool start(struct live *live, struct slot *slot, struct task *task,
                  struct err *err)
{
    const struct fetch_request *asked = task->request;
    bool is_external = asked->kind == FETCH_EXTERNAL;
    const char *headers[3] = {0};
    struct http_request request = {
        .url = task->sent,
        .is_head = asked->kind != FETCH_GET && !task->is_get,
        .is_first_byte = is_external && task->is_get,
        .is_headers_only = asked->kind != FETCH_GET,
        .headers = headers,
        .most_bytes = asked->most_bytes,
        .may_cut = true,
        .sink = asked->sink,
    };
    size_t n = 0;

    if (!is_external) {
        add_condition(live, STR("If-None-Match: "), asked->etag, headers, &n);
        add_condition(live, STR("If-Modified-Since: "), asked->last_modified, headers,
                      &n);
    }
    if (!slot->http)
        slot->http = http_new(&live->policy, live->common.arena, err);
    if (!slot->http || !http_prepare(slot->http, &request, err))
        return false;
    if (curl_easy_setopt(http_easy(slot->http), CURLOPT_PRIVATE, slot) != CURLE_OK ||
        curl_multi_add_handle(live->multi, http_easy(slot->http)) != CURLM_OK)
        return err_set(err, "cannot start a request: out of memory");
    slot->task = task;
    task->allowed = task->host->allowed;
    task->generation = task->host->generation;
    task->host->under_way++;
    return true;
}

static struct slot *free_slot(struct live *live)
{
    for (size_t i = 0; i < SLOTS; i++)
        if (!live->slot[i].task)
            return &live->slot[i];
    return NULL;
}

/* The answer of a host that is not asked. */
static bool answer_for(struct live *live, const struct task *task, struct err *err)
{
    const struct host *host = task->host;
    struct fetch_reply reply;

    judge(live, task, &host->last_loss, NULL, &reply);
    reply.is_given_up = !is_dead(host);
    return finish(live, task, &reply, err);
}

/* Starts what a host may have now; a dead or failing one answers for its queue.
 * `*wake_us` is when its rate allows the next one. */
static bool start_host(struct live *live, struct host *host, int64_t now,
                       int64_t *wake_us, struct err *err)
{
    while (host->first) {
        struct slot *slot;

        if (is_dead(host) || (is_failing(host) && !host->first->request->is_urged)) {
            if (!answer_for(live, dequeue(host), err))
                return false;
            continue;
        }
        if (host->under_way >= host->allowed)
            return true;
        if (now < host->next_us) {
            *wake_us = host->next_us < *wake_us ? host->next_us : *wake_us;
            return true;
        }
        slot = free_slot(live);
        if (!slot)
            return true;
        if (!start(live, slot, dequeue(host), err))
            return false;
        host->next_us = now + host->gap_us;
    }
    return true;
}

static bool start_all(struct live *live, int64_t *wake_us, struct err *err)
{
    int64_t now = clock_ticks_us();

    *wake_us = now + (int64_t)POLL_MS * 1000;
    while (live->nwaiting > 0 && live->waiting[0]->due_us <= now)
        enqueue(take_waiting(live));
    if (live->nwaiting > 0 && live->waiting[0]->due_us < *wake_us)
        *wake_us = live->waiting[0]->due_us;
    for (struct host *host = live->hosts; host; host = host->next)
        if (!start_host(live, host, now, wake_us, err))
            return false;
    return true;
}

/* ---- the loop ---- */

static bool take_answers(struct live *live, size_t *n, struct err *err)
{
    const CURLMsg *message;
    int queued;

    for (*n = 0; (message = curl_multi_info_read(live->multi, &queued)); (*n)++) {
        CURLcode code = message->data.result;
        CURL *easy = message->easy_handle; // the message goes with the handle
        struct http_reply got;
        struct slot *slot = NULL;
        struct task *task;

        (void)curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&slot);
        (void)curl_multi_remove_handle(live->multi, easy);
        task = slot->task;
        slot->task = NULL;
        task->host->under_way--;
        if (!http_finish(slot->http, code, &got, err) ||
            !decide(live, task, &got, slot->http, err))
            return false;
    }
    return true;
}

static bool run(struct live *live, struct err *err)
{
    while (live->left > 0) {
        int64_t wake_us, now;
        int running;
        size_t answers;

        if (!start_all(live, &wake_us, err))
            return false;
        if (curl_multi_perform(live->multi, &running) != CURLM_OK)
            return err_set(err, "cannot go on asking: libcurl failed");
        if (!take_answers(live, &answers, err))
            return false;
        now = clock_ticks_us();
        if (answers == 0 && live->left > 0 && wake_us > now &&
            curl_multi_poll(live->multi, NULL, 0, (int)((wake_us - now + 999) / 1000),
                            NULL) != CURLM_OK)
            return err_set(err, "cannot wait for answers: libcurl failed");
    }
    return true;
}

/* Forgets what a stopped fetch_all left. */
static void abandon(struct live *live)
{
    for (size_t i = 0; i < SLOTS; i++) {
        if (live->slot[i].task)
            (void)curl_multi_remove_handle(live->multi, http_easy(live->slot[i].http));
        live->slot[i].task = NULL;
    }
    for (struct host *host = live->hosts; host; host = host->next) {
        host->under_way = 0;
        host->first = NULL;
        host->last = &host->first;
    }
    live->nwaiting = 0;
}

static bool live_all(struct fetcher *fetcher, const struct fetch_request *requests,
                     size_t n, fetch_done done, void *context, struct err *err)
{
    struct live *live = (struct live *)fetcher;
    struct task *task;
    bool ok;

    arena_init(&live->work, ARENA_BYTES_MAX);
    task = arena_new(&live->work, struct task, n);
    live->waiting = arena_new(&live->work, struct task *, n);
    live->nwaiting = 0;
    live->requests = requests;
    live->left = n;
    live->done = done;
    live->context = context;
    for (size_t i = 0; i < n; i++) {
        task[i].request = &requests[i];
        task[i].url = *requests[i].url;
        aim(live, &task[i], requests[i].spelling);
    }
    for (struct host *host = live->hosts; host; host = host->next)
        host->failures = 0; // whoever asks anew has a reason
    ok = run(live, err);
    abandon(live);
    arena_release(&live->work);
    return ok;
}

static void slow(struct host *host, int64_t least_us)
{
    if (host->gap_us < least_us)
        host->gap_us = least_us;
}

/* By its usual ports a host is the same one for both schemes. */
static int64_t live_gap_us(struct fetcher *fetcher, const struct url *url,
                           int64_t least_us)
{
    struct live *live = (struct live *)fetcher;
    struct host *host = host_of(live, url, false);
    struct url twin = *url;

    least_us = least_us * live->plan.second_ms / 1000;
    slow(host, least_us);
    if (url->port == (url->is_https ? 443 : 80)) {
        twin.is_https = !url->is_https;
        twin.port = twin.is_https ? 443 : 80;
        slow(host_of(live, &twin, false), least_us);
    }
    return host->gap_us * 1000 / live->plan.second_ms;
}

/* ---- opening ---- */

static void live_close(struct fetcher *fetcher)
{
    struct live *live = (struct live *)fetcher;

    for (size_t i = 0; i < SLOTS; i++)
        http_free(live->slot[i].http);
    (void)curl_multi_cleanup(live->multi);
    http_end();
}

static void fill_plan(struct fetch_live_plan *plan, bool is_loopback)
{
    if (plan->rate < 0)
        plan->rate = is_loopback ? 0 : RATE;
    if (plan->connections <= 0)
        plan->connections = is_loopback ? LOOPBACK_CONNECTIONS : CONNECTIONS;
    if (plan->external_rate < 0)
        plan->external_rate = EXTERNAL_RATE;
    if (plan->external_connections <= 0)
        plan->external_connections = EXTERNAL_CONNECTIONS;
    if (plan->tries <= 0)
        plan->tries = TRIES;
    if (plan->second_ms <= 0)
        plan->second_ms = 1000;
}

static void set_policy(struct live *live)
{
    struct arena *arena = live->common.arena;
    const struct fetch_live_plan *plan = &live->plan;
    uint16_t *ports = arena_new(arena, uint16_t, plan->nports + 1);

    if (plan->nports > 0)
        memcpy(ports, plan->ports, plan->nports * sizeof *ports);
    ports[plan->nports] = plan->home ? plan->home->port : 80;
    live->policy = (struct http_policy){
        .agent = str_format(arena, "rounds-seocheck/%s", plan->agent_version),
        .ca_file = plan->ca_file,
        .connect_ms = (long)HTTP_CONNECT_MS * plan->second_ms / 1000,
        .total_ms = (long)HTTP_TOTAL_MS * plan->second_ms / 1000,
        .allow_private = plan->allow_private,
        .home = plan->home ? &live->home : NULL,
        .ports = ports,
        .nports = plan->nports + 1,
    };
}

static bool open_multi(struct live *live, struct err *err)
{
    live->multi = curl_multi_init();
    if (live->multi &&
        curl_multi_setopt(live->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_MULTIPLEX) ==
            CURLM_OK &&
        curl_multi_setopt(live->multi, CURLMOPT_MAX_CONCURRENT_STREAMS,
                          (long)STREAMS) == CURLM_OK &&
        curl_multi_setopt(live->multi, CURLMOPT_MAXCONNECTS, (long)IDLE_CONNECTIONS) ==
            CURLM_OK)
        return true;
    (void)curl_multi_cleanup(live->multi);
    return err_set(err, "cannot start libcurl: out of memory");
}

bool fetch_live_open(const struct fetch_live_plan *plan, struct arena *arena,
                     struct fetcher **fetcher, struct err *err)
{
    struct live *live = arena_new(arena, struct live, 1);

    live->common = (struct fetcher){.all = live_all,
                                    .close = live_close,
                                    .gap_us = live_gap_us,
                                    .has_headers = true,
                                    .arena = arena};
    live->plan = *plan;
    if (!http_begin(err))
        return false;
    if ((plan->home &&
         !http_home_find(str_copy(arena, plan->home->text.at, plan->home->text.n),
                         arena, &live->home, err)) ||
        !open_multi(live, err)) {
        http_end();
        return false;
    }
    fill_plan(&live->plan, plan->home && live->home.is_loopback);
    set_policy(live);
    *fetcher = &live->common;
    return true;
}
