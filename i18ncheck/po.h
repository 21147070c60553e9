/*
 * What PO files hold besides texts: the header's fields, flags, and the plural
 * expression.
 */
#ifndef I18NCHECK_PO_H
#define I18NCHECK_PO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "i18ncheck/catalog.h"
#include "shared/str.h"

struct reading;

/* The header entry: its language, charset (other than UTF-8: the file's fault) and
 * plural forms. */
bool po_header_read(struct reading *reading, struct str text, size_t line);

/* What "c-format" and the like say; false: not a flag about placeholders. */
bool po_flag_syntax(struct str flag, enum syntax *syntax);

enum { PO_PLURAL_N = 1001 };

/*
 * Which msgstr each n of 0..1000 selects, by the header's expression in C: n, numbers,
 * ?: || && == != < > <= >= + - * / % ! and parentheses. False, with a reason: it does
 * not parse (at most 1 KiB, 64 levels), divides by zero, or selects a form that
 * `nplurals` does not have. A table of bytes: nplurals is at most 255.
 */
bool po_plural_select(struct str expression, int nplurals, uint8_t index[PO_PLURAL_N],
                      const char **why);

#endif
