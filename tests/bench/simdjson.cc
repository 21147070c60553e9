// The scanner's peer: the ten fields by simdjson's on-demand parser, as its
// documentation advises for lines of JSON (iterate_many), from blocks of 1 MiB, so that
// no peer pays for memory that another one does not touch. Built only where it is
// installed, for the processor it runs on.
#include <simdjson.h>

#include <cstdio>
#include <cstring>
#include <vector>

using namespace simdjson;

static const char *const outer[] = {"timestamp", "uuid", "distinct_id", "event"};
static const char *const inner[] = {"$session_id",  "$pathname", "$browser",
                                    "$device_type", "release",   "$lib_version"};
static long long rows, bytes;

template <typename T> static void add(T object, const char *key)
{
    std::string_view text;

    if (object[key].get_string().get(text) == SUCCESS)
        bytes += (long long)text.size();
}

static void count(ondemand::parser &parser, const char *at, size_t n)
{
    ondemand::document_stream lines;

    if (parser.iterate_many(at, n, n + 32).get(lines) != SUCCESS)
        return;
    for (auto line : lines) {
        ondemand::object event, properties;

        if (line.get_object().get(event) != SUCCESS)
            continue;
        rows++;
        if (event["properties"].get_object().get(properties) == SUCCESS)
            for (const char *key : inner)
                add<ondemand::object &>(properties, key);
        for (const char *key : outer)
            add<ondemand::object &>(event, key);
    }
}

int main(int argc, char **argv)
{
    const size_t block = 1 << 20;
    std::vector<char> room(2 * block + SIMDJSON_PADDING);
    ondemand::parser parser;
    FILE *file = argc == 2 ? std::fopen(argv[1], "rb") : nullptr;
    size_t kept = 0, got;

    if (!file)
        return 3;
    std::setvbuf(file, nullptr, _IONBF, 0);
    while ((got = std::fread(room.data() + kept, 1, block, file)) > 0) {
        size_t whole = kept + got;

        while (whole > 0 && room[whole - 1] != '\n')
            whole--;
        count(parser, room.data(), whole);
        kept = kept + got - whole;
        std::memmove(room.data(), room.data() + whole, kept);
    }
    std::printf("%lld lines, %lld bytes in ten fields\n", rows, bytes);
    return std::fclose(file);
}
