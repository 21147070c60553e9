/*
 * Hosts of URLs in their one form: lower case, Punycode, IPv6 as RFC 5952 writes it.
 * Only url.c's business.
 */
#ifndef SEOCHECK_URL_HOST_H
#define SEOCHECK_URL_HOST_H

#include <stddef.h>

#include "shared/str.h"

enum { URL_HOST_BYTES_MAX = 255 };

/* Escapes are decoded first. Returns the bytes written, not NUL-terminated; 0 for what
 * is no host: empty, too long, an IPv6 address that is none, bytes that are not UTF-8
 * or that RFC 3986 does not let into a name. Letters beyond ASCII become lower case by
 * simple mapping and then Punycode (RFC 3492); IDNA's other mappings are not made. */
size_t url_host(struct str text, char out[URL_HOST_BYTES_MAX]);

#endif
