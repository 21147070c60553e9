/*
 * Which addresses a program that follows links from outside may connect to: public ones
 * alone, so that no page can make it ask a neighbour. Judges addresses after resolving;
 * a name says nothing about where it leads. Pure.
 */
#ifndef SHARED_GUARD_H
#define SHARED_GUARD_H

#include <stdbool.h>
#include <sys/socket.h>

#include "shared/str.h"

/* False for everything that is not public unicast: 0/8, 10/8, 100.64/10, 127/8,
 * 169.254/16, 172.16/12, 192.0.0/24, 192.0.2/24, 192.168/16, 198.18/15, 198.51.100/24,
 * 203.0.113/24, 224/3; ::, ::1, fc00::/7, fe80::/10, ff00::/8, 2001:db8::/32; IPv6 that
 * carries such an IPv4 address in ::ffff:0:0/96, 64:ff9b::/96 or 2002::/16; and any
 * other family. */
bool guard_is_public(const struct sockaddr *address);

/* The address that the text of a URL's host stands for where it is no name: an IPv6
 * address with or without its brackets, or what the resolvers of C take for IPv4: one
 * to four numbers, decimal, 0octal or 0xhex, the last one filling the bytes that are
 * left (2130706433, 0x7f.1 and 0177.0.0.1 are all 127.0.0.1), a dot at the end ignored.
 * False: a name, or no host. */
MUST_USE bool guard_literal(struct str host, struct sockaddr_storage *address);

#endif
