/* Looking things up in a catalog that was read. Pure. */
#include <string.h>

#include "i18ncheck/catalog.h"
#include "i18ncheck/utf8.h"

#include "shared/banned.h"

const struct message *catalog_find(const struct catalog *catalog, struct str key)
{
    size_t low = 0, high = catalog->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_compare(catalog->message[middle].key, key);

        if (order == 0)
            return &catalog->message[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

size_t message_line(const struct catalog *catalog, const struct message *message)
{
    (void)catalog; // every reader knows its lines
    return message->line;
}

struct str key_shown(struct str key, struct arena *arena)
{
    char *copy;

    if (key.n == 0 || !memchr(key.at, '\x04', key.n))
        return key;
    copy = str_copy(arena, key.at, key.n);
    for (size_t i = 0; i < key.n; i++)
        if (copy[i] == '\x04')
            copy[i] = '|';
    return (struct str){copy, key.n};
}

bool text_is_blank(struct str text)
{
    for (size_t n; (n = utf8_space(text)) > 0;) {
        text.at += n;
        text.n -= n;
    }
    return text.n == 0;
}

bool message_is_nonempty(const struct message *message)
{
    for (size_t i = 0; i < message->nforms; i++)
        if (!text_is_blank(message->form[i].text))
            return true;
    return false;
}

const struct form *message_form(const struct message *message, const char *name)
{
    for (size_t i = 0; i < message->nforms; i++)
        if (str_equal(message->form[i].name, str_of(name)))
            return &message->form[i];
    return NULL;
}

struct str message_text(const struct message *message)
{
    const struct form *other = message_form(message, "other");

    if (other)
        return other->text;
    return message->nforms > 0 ? message->form[message->nforms - 1].text
                               : (struct str){0};
}
