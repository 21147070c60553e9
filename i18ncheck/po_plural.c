/* The plural expression of a PO header, for every n at once: infix to postfix by the
 * shunting-yard method, then a stack machine. No recursion, no undefined arithmetic. */
#include "i18ncheck/po.h"

#include "shared/banned.h"

enum { EXPRESSION_BYTES_MAX = 1024, STACK_MAX = 64 };

/* Operators of two or more characters are lower-case letters here. */
enum code {
    CODE_NUMBER = '0',
    CODE_N = 'n',
    CODE_OR = 'o',
    CODE_AND = 'a',
    CODE_EQUAL = 'e',
    CODE_UNEQUAL = 'u',
    CODE_AT_MOST = 'm',
    CODE_AT_LEAST = 'l',
    CODE_NOT = '!',
    CODE_CHOICE = ':', /* condition, then, else */
};

struct step {
    char code;
    uint64_t number;
};

struct program {
    struct step step[EXPRESSION_BYTES_MAX];
    size_t n;
};

struct parser {
    const char *at, *end;
    struct program *program;
    char stack[STACK_MAX]; /* operators that wait for their right operand */
    size_t depth;
};

/* How tightly an operator binds; 0: '(' and '?', which nothing pops but their mate. */
static int binding(char code)
{
    switch (code) {
    case CODE_CHOICE: return 1;
    case CODE_OR: return 2;
    case CODE_AND: return 3;
    case CODE_EQUAL:
    case CODE_UNEQUAL: return 4;
    case '<':
    case '>':
    case CODE_AT_MOST:
    case CODE_AT_LEAST: return 5;
    case '+':
    case '-': return 6;
    case '*':
    case '/':
    case '%': return 7;
    case CODE_NOT: return 8;
    default: return 0;
    }
}

static void emit(struct parser *self, char code, uint64_t number)
{
    self->program->step[self->program->n++] = (struct step){code, number};
}

static bool push(struct parser *self, char code)
{
    if (self->depth == STACK_MAX)
        return false;
    self->stack[self->depth++] = code;
    return true;
}

/* Operators that bind at least that tightly go out. */
static void pop_down_to(struct parser *self, int least)
{
    while (self->depth > 0 && binding(self->stack[self->depth - 1]) >= least)
        emit(self, self->stack[--self->depth], 0);
}

/* All down to the mate, which must be there. */
static bool pop_mate(struct parser *self, char mate)
{
    pop_down_to(self, 1);
    if (self->depth == 0 || self->stack[self->depth - 1] != mate)
        return false;
    self->depth--;
    return true;
}

static void skip_space(struct parser *self)
{
    while (self->at < self->end &&
           (*self->at == ' ' || (*self->at >= '\t' && *self->at <= '\r')))
        self->at++;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool read_number(struct parser *self)
{
    uint64_t number = 0;

    for (; self->at < self->end && is_digit(*self->at); self->at++) {
        if (number > UINT32_MAX)
            return false;
        number = number * 10 + (uint64_t)(*self->at - '0');
    }
    emit(self, CODE_NUMBER, number);
    return true;
}

/* n or a number, with what may stand before it. */
static bool read_operand(struct parser *self)
{
    for (;; self->at++) {
        skip_space(self);
        if (self->at == self->end)
            return false;
        if (*self->at != '!' && *self->at != '(')
            break;
        if (!push(self, *self->at))
            return false;
    }
    if (is_digit(*self->at))
        return read_number(self);
    emit(self, CODE_N, 0);
    return *self->at++ == 'n';
}

/* '\0': none. */
static char read_operator(struct parser *self)
{
    static const struct {
        char text[3], code;
    } operators[] = {
        {"||", CODE_OR},      {"&&", CODE_AND},     {"==", CODE_EQUAL},
        {"!=", CODE_UNEQUAL}, {"<=", CODE_AT_MOST}, {">=", CODE_AT_LEAST},
        {"<", '<'},           {">", '>'},           {"+", '+'},
        {"-", '-'},           {"*", '*'},           {"/", '/'},
        {"%", '%'},           {"?", '?'},           {":", CODE_CHOICE},
        {")", ')'},
    };
    struct str rest = {self->at, (size_t)(self->end - self->at)};

    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
        struct str word = str_of(operators[i].text);

        if (!str_starts(rest, word))
            continue;
        self->at += word.n;
        return operators[i].code;
    }
    return '\0';
}

/* What may stand behind an operand, up to the next one; `*is_end`: nothing is left. */
static bool read_operators(struct parser *self, bool *is_end)
{
    char code;

    for (;;) {
        skip_space(self);
        *is_end = self->at == self->end;
        if (*is_end)
            return true;
        code = read_operator(self);
        if (code != ')')
            break;
        if (!pop_mate(self, '('))
            return false;
    }
    if (code == '?') { // binds to the right: an open choice stays open
        pop_down_to(self, binding(CODE_CHOICE) + 1);
        return push(self, code);
    }
    if (code == CODE_CHOICE)
        return pop_mate(self, '?') && push(self, code);
    if (code == '\0')
        return false;
    pop_down_to(self, binding(code));
    return push(self, code);
}

static bool parse(struct str expression, struct program *program)
{
    struct parser self = {.at = expression.at,
                          .end = expression.at + expression.n,
                          .program = program};
    bool is_end = false;

    program->n = 0;
    if (expression.n == 0 || expression.n > EXPRESSION_BYTES_MAX)
        return false;
    while (!is_end)
        if (!read_operand(&self) || !read_operators(&self, &is_end))
            return false;
    pop_down_to(&self, 1);
    return self.depth == 0;
}

/* What a step makes of its operands; a quotient by zero is known to be bad, and only
 * where it counts. */
struct value {
    uint64_t n;
    bool is_bad;
};

static struct value combined(char code, struct value a, struct value b)
{
    struct value value = {.is_bad = a.is_bad || b.is_bad};

    switch (code) {
    case CODE_OR:
        value =
            (struct value){a.n != 0 || b.n != 0, a.is_bad || (a.n == 0 && b.is_bad)};
        break;
    case CODE_AND:
        value =
            (struct value){a.n != 0 && b.n != 0, a.is_bad || (a.n != 0 && b.is_bad)};
        break;
    case CODE_EQUAL: value.n = a.n == b.n; break;
    case CODE_UNEQUAL: value.n = a.n != b.n; break;
    case CODE_AT_MOST: value.n = a.n <= b.n; break;
    case CODE_AT_LEAST: value.n = a.n >= b.n; break;
    case '<': value.n = a.n < b.n; break;
    case '>': value.n = a.n > b.n; break;
    case '+': value.n = a.n + b.n; break;
    case '-': value.n = a.n - b.n; break;
    case '*': value.n = a.n * b.n; break;
    default: // quotient and remainder
        value.is_bad |= b.n == 0;
        if (b.n != 0)
            value.n = code == '/' ? a.n / b.n : a.n % b.n;
    }
    return value;
}

/* A program that parsed leaves one value. As deep as operands can wait: each waits for
 * an operator on the parser's stack, of which a choice keeps two. */
static struct value evaluate(const struct program *program, uint64_t n)
{
    struct value stack[2 * STACK_MAX + 1] = {0};
    size_t depth = 0;

    for (size_t i = 0; i < program->n; i++) {
        const struct step *step = &program->step[i];

        if (step->code == CODE_NUMBER || step->code == CODE_N) {
            stack[depth++] =
                (struct value){.n = step->code == CODE_N ? n : step->number};
        } else if (step->code == CODE_NOT) {
            stack[depth - 1].n = stack[depth - 1].n == 0;
        } else if (step->code == CODE_CHOICE) {
            struct value *condition = &stack[depth - 3];
            struct value chosen = condition->n != 0 ? condition[1] : condition[2];

            chosen.is_bad |= condition->is_bad;
            *condition = chosen;
            depth -= 2;
        } else {
            stack[depth - 2] = combined(step->code, stack[depth - 2], stack[depth - 1]);
            depth--;
        }
    }
    return stack[0];
}

bool po_plural_select(struct str expression, int nplurals, uint8_t index[PO_PLURAL_N],
                      const char **why)
{
    struct program program;

    *why = "the plural expression of the header does not parse";
    if (!parse(expression, &program))
        return false;
    for (uint64_t n = 0; n < PO_PLURAL_N; n++) {
        struct value value = evaluate(&program, n);

        *why = value.is_bad ? "the plural expression of the header divides by zero"
                            : "the plural expression of the header selects a form "
                              "that nplurals does not have";
        if (value.is_bad || value.n >= (uint64_t)nplurals)
            return false;
        index[n] = (uint8_t)value.n;
    }
    *why = NULL;
    return true;
}
