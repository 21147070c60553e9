/*
 * The caps on everything that comes from outside, one constant each. Crossing one is a
 * message, never a silent cut. docs/method.md and the manual pages name the ones a user
 * can meet.
 */
#ifndef SHARED_LIMITS_H
#define SHARED_LIMITS_H

#define KIB ((size_t)1024)
#define MIB ((size_t)1024 * 1024)

#define CONFIG_BYTES_MAX       MIB
#define CONFIG_DEPTH_MAX       32
#define CONFIG_KEYS_MAX        10000 /* and as many values in lists, as of all JSON */
#define CONFIG_PATTERNS_MAX    100
#define CONFIG_MUTES_MAX       1000
#define PATTERN_BYTES_MAX      4096
#define STATE_BYTES_MAX        (8 * MIB)
#define STATE_DEPTH_MAX        64
#define STATE_KEYS_MAX         1000000
#define HISTORY_BYTES_MAX      (64 * MIB)
#define HISTORY_LINE_BYTES_MAX (64 * KIB)
#define SECRET_BYTES_MAX       (4 * KIB)

#define EVENT_LINE_BYTES_MAX  MIB
#define EVENT_NAME_BYTES_MAX  256
#define EVENT_VALUE_BYTES_MAX KIB
#define UNIT_BYTES_MAX        512 /* of a session or user, where each is asked for */
#define EVENT_DEPTH_MAX       64
#define EVENT_KEYS_MAX        50000 /* of a line that becomes a tree */
#define EVENT_FILES_MAX       10000
#define EVENT_BYTES_MAX       ((uint64_t)64 << 30) /* decompressed, a run */
#define GZIP_RATIO_MAX        200                  /* above 1 MiB of output */

#define HTTP_HEADER_BYTES_MAX (64 * KIB) /* of one answer, interim ones included */
#define HTTP_HEADER_LINE_MAX  (16 * KIB)
#define HTTP_HEADER_LINES_MAX 200

#define SAVED_CRAWL_BYTES_MAX (64 * MIB) /* its JSONL file; bodies count each */

#define FINDINGS_MAX     5000
#define OUTSIDE_TEXT_MAX 120 /* characters of outside text in state and reports */
#define REPORT_BYTES_MAX (8 * MIB)
#define ENTRIES_MAX      1000000 /* directory entries walked */
#define PATH_BYTES_MAX   4096
#define ARENA_BYTES_MAX  ((size_t)4 << 30)

#endif
