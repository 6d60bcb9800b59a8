/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tui/ui/keys.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/base/memory.h"
#include "protocol/base/text.h"

enum {
    KEYS_BUFFER = 4096,
    SEQUENCE_MAX = 48, /* longer control sequences are noise and thrown away */
    LEARNT_MAX = UI_KEY_MAX,
};

static const struct {
    const char *shown;
    char ctrl, digit;
} table[UI_KEY_MAX] = {
#define UI_KEY(id, shown, ctrl, digit, capability) { shown, ctrl, digit },
#include "tui/ui/keys.def.h"
#undef UI_KEY
};

struct learnt {
    char sequence[SEQUENCE_MAX];
    enum ui_key_id id;
};

struct keys {
    unsigned char bytes[KEYS_BUFFER];
    size_t length;
    bool pasting;
    bool after_cr;      /* inside a paste CR LF is one line end */
    bool escape_before; /* a lone Esc was delivered just now */
    unsigned undecodable;
    uint64_t consumed;
    struct learnt learnt[LEARNT_MAX];
    size_t learnt_count;
};

/* What looking at the front of the buffer found. */
enum found {
    FOUND_KEY,
    FOUND_NOTHING, /* the bytes were used up but stand for no key */
    FOUND_PART,    /* the sequence goes on in bytes that have not come yet */
};

struct keys *keys_new(void)
{
    return memory_zeroed(sizeof(struct keys));
}

void keys_free(struct keys *keys)
{
    free(keys);
}

const char *keys_name(enum ui_key_id id)
{
    return table[id].shown;
}

bool keys_pending(const struct keys *keys)
{
    return keys->length > 0;
}

unsigned keys_undecodable(const struct keys *keys)
{
    return keys->undecodable;
}

uint64_t keys_consumed(const struct keys *keys)
{
    return keys->consumed;
}

void keys_forget_escape(struct keys *keys)
{
    keys->escape_before = false;
}

size_t keys_room(const struct keys *keys)
{
    return sizeof(keys->bytes) - keys->length;
}

void keys_feed(struct keys *keys, const void *bytes, size_t length)
{
    if (length > keys_room(keys)) {
        length = keys_room(keys);
    }
    memcpy(keys->bytes + keys->length, bytes, length);
    keys->length += length;
}

static void drop(struct keys *keys, size_t count)
{
    memmove(keys->bytes, keys->bytes + count, keys->length - count);
    keys->length -= count;
    keys->consumed += count;
}

static enum found special(struct ui_key *key, enum ui_key_id id)
{
    key->kind = UI_SPECIAL;
    key->id = id;
    return FOUND_KEY;
}

static enum found letter(struct ui_key *key, uint32_t code)
{
    key->kind = UI_TEXT;
    key->code = code;
    return FOUND_KEY;
}

/* CSI number ~ : VT220 editing and function keys, with the Home and End of rxvt and the Linux
 * console. */
static enum found csi_tilde(struct keys *keys, int number, struct ui_key *key)
{
    static const struct {
        int number;
        enum ui_key_id id;
    } known[] = {
        { 1, UI_KEY_HOME },    { 2, UI_KEY_INSERT },    { 3, UI_KEY_DELETE }, { 4, UI_KEY_END },
        { 5, UI_KEY_PAGE_UP }, { 6, UI_KEY_PAGE_DOWN }, { 7, UI_KEY_HOME },   { 8, UI_KEY_END },
        { 11, UI_KEY_F1 },     { 12, UI_KEY_F2 },       { 13, UI_KEY_F3 },    { 14, UI_KEY_F4 },
        { 15, UI_KEY_F5 },     { 17, UI_KEY_F6 },       { 18, UI_KEY_F7 },    { 19, UI_KEY_F8 },
        { 20, UI_KEY_F9 },     { 21, UI_KEY_F10 },      { 23, UI_KEY_F11 },   { 24, UI_KEY_F12 },
    };
    if (number == 200) {
        keys->pasting = true;
        key->kind = UI_PASTE_BEGIN;
        return FOUND_KEY;
    }
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (known[i].number == number) {
            return special(key, known[i].id);
        }
    }
    return FOUND_NOTHING;
}

/* The last byte of a CSI or SS3 sequence. Letters are the same in both; keypad codes only in SS3.
 */
static enum found by_letter(char final, struct ui_key *key)
{
    switch (final) {
    case 'A': return special(key, UI_KEY_UP);
    case 'B': return special(key, UI_KEY_DOWN);
    case 'C': return special(key, UI_KEY_RIGHT);
    case 'D': return special(key, UI_KEY_LEFT);
    case 'H': return special(key, UI_KEY_HOME);
    case 'F': return special(key, UI_KEY_END);
    case 'Z': key->shift = true; return special(key, UI_KEY_BACKTAB);
    case 'P': return special(key, UI_KEY_F1);
    case 'Q': return special(key, UI_KEY_F2);
    case 'R': return special(key, UI_KEY_F3);
    case 'S': return special(key, UI_KEY_F4);
    default: return FOUND_NOTHING;
    }
}

/* SS3: function keys and arrows of application mode, and the numeric block ("j" to "y"). */
static enum found ss3(char final, struct ui_key *key)
{
    if (final == 'M') {
        return special(key, UI_KEY_ENTER);
    }
    if (final >= 'j' && final <= 'y') {
        return letter(key, (uint32_t) "*+,-./0123456789"[final - 'j']);
    }
    if (final == 'X') {
        return letter(key, '=');
    }
    if (final >= 'a' && final <= 'd') { /* rxvt: an arrow with Ctrl */
        key->ctrl = true;
        return by_letter((char)(final - 'a' + 'A'), key);
    }
    return by_letter(final, key);
}

static enum found mouse(struct ui_key *key, int buttons, int col, int row, bool press)
{
    int button = buttons & ~(4 | 8 | 16); /* without the modifiers */
    if (!press || col < 1 || row < 1 || (button != 0 && button != 64 && button != 65)) {
        return FOUND_NOTHING;
    }
    key->kind = UI_MOUSE;
    key->wheel = button == 64 ? -1 : button == 65 ? 1 : 0;
    key->col = col - 1;
    key->row = row - 1;
    return FOUND_KEY;
}

/* xterm's modifier parameter: 1 + (1 shift, 2 alt, 4 ctrl). */
static void modifiers(struct ui_key *key, int parameter)
{
    int bits = parameter > 0 ? parameter - 1 : 0;
    key->shift = (bits & 1) != 0;
    key->alt = (bits & 2) != 0;
    key->ctrl = (bits & 4) != 0;
}

struct csi {
    int number[3];
    char final;
    bool sgr; /* a mouse report, ESC [ < ... */
};

/* Parameters of ESC [ ... (ECMA-48 §5.4) from bytes[2]. The length of all, 0 when there is more to
 * come. */
static size_t csi_parse(const unsigned char *bytes, size_t length, struct csi *ret)
{
    size_t at = 2, number = 0;
    if (at < length && bytes[at] == '<') {
        ret->sgr = true;
        at++;
    }
    for (; at < length; at++) {
        unsigned char c = bytes[at];
        if (c >= '0' && c <= '9') {
            if (number < 3 && ret->number[number] < 100000) {
                ret->number[number] = ret->number[number] * 10 + (c - '0');
            }
        } else if (c == ';') {
            number++;
        } else if (c >= 0x40 && c <= 0x7e) {
            ret->final = (char)c;
            return at + 1;
        } else if (c < 0x20 || c > 0x7e) {
            return at; /* broken off: what comes is another key */
        }
    }
    return 0;
}

static enum found csi(struct keys *keys, size_t length, struct ui_key *key, size_t *used)
{
    const unsigned char *bytes = keys->bytes;
    if (length >= 3 && bytes[2] == '[') { /* Linux console: F1 to F5 are ESC [ [ A to E */
        *used = 4;
        if (length < 4) {
            return FOUND_PART;
        }
        return bytes[3] >= 'A' && bytes[3] <= 'E'
                   ? special(key, (enum ui_key_id)(UI_KEY_F1 + (bytes[3] - 'A')))
                   : FOUND_NOTHING;
    }
    if (length >= 3 && bytes[2] == 'M') { /* X10 mouse report: three bytes, each plus 32 */
        *used = 6;
        if (length < 6) {
            return FOUND_PART;
        }
        int buttons = bytes[3] - 32;
        return mouse(key, buttons, bytes[4] - 32, bytes[5] - 32, (buttons & 3) != 3);
    }
    struct csi parsed = { 0 };
    *used = csi_parse(bytes, length, &parsed);
    if (*used == 0) {
        *used = length;
        return length < SEQUENCE_MAX ? FOUND_PART : FOUND_NOTHING;
    }
    if (parsed.sgr) {
        return mouse(key, parsed.number[0], parsed.number[1], parsed.number[2],
                     parsed.final == 'M');
    }
    modifiers(key, parsed.number[1]);
    return parsed.final == '~' ? csi_tilde(keys, parsed.number[0], key)
                               : by_letter(parsed.final, key);
}

static enum found learnt(const struct keys *keys, struct ui_key *key, size_t *used)
{
    for (size_t i = 0; i < keys->learnt_count; i++) {
        size_t length = strlen(keys->learnt[i].sequence);
        if (length <= keys->length && memcmp(keys->bytes, keys->learnt[i].sequence, length) == 0) {
            *used = length;
            return special(key, keys->learnt[i].id);
        }
    }
    return FOUND_NOTHING;
}

static bool by_digit(char digit, enum ui_key_id *ret_id)
{
    for (int id = 0; id < UI_KEY_MAX; id++) {
        if (table[id].digit == digit && digit != 0) {
            *ret_id = (enum ui_key_id)id;
            return true;
        }
    }
    return false;
}

static enum found utf8(struct keys *keys, size_t offset, struct ui_key *key, size_t *used)
{
    const char *start = (const char *)keys->bytes + offset;
    const char *end = (const char *)keys->bytes + keys->length;
    unsigned char first = (unsigned char)*start;
    size_t need = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    const char *at = start;
    uint32_t code = text_next(&at, end);
    *used = offset + (size_t)(at - start);
    if (code == 0xfffd && at - start == 1) {
        bool cut_short = first >= 0xc2 && first <= 0xf4 && (size_t)(end - start) < need;
        for (const char *next = start + 1; next < end; next++) {
            cut_short = cut_short && ((unsigned char)*next & 0xc0) == 0x80;
        }
        if (cut_short) {
            return FOUND_PART;
        }
        keys->undecodable++;
        return FOUND_NOTHING;
    }
    if (code >= 0x80 && code < 0xa0) {
        return FOUND_NOTHING; /* C1 controls are no letters */
    }
    return letter(key, code);
}

static enum found escape(struct keys *keys, struct ui_key *key, size_t *used)
{
    if (keys->length == 1) {
        *used = 1;
        return FOUND_PART;
    }
    unsigned char second = keys->bytes[1];
    *used = 2;
    if (second == '[' || second == 'O') {
        if (keys->length == 2) {
            return FOUND_PART;
        }
        if (second == '[') {
            return csi(keys, keys->length, key, used);
        }
        *used = 3;
        return ss3((char)keys->bytes[2], key);
    }
    if (second == 0x1b) {
        return special(key, UI_KEY_F12);
    }
    enum ui_key_id id = UI_KEY_F1;
    if (by_digit((char)second, &id)) {
        return special(key, id);
    }
    if (second < 0x20 || second == 0x7f) {
        *used = 1; /* Alt with a control key means nothing here: the Esc alone counts */
        return special(key, UI_KEY_ESC);
    }
    key->alt = true;
    return utf8(keys, 1, key, used);
}

static enum found control(unsigned char byte, struct ui_key *key)
{
    if (byte == 0x7f) {
        return special(key, UI_KEY_BACKSPACE);
    }
    if (byte == '\n') {
        return special(key, UI_KEY_ENTER);
    }
    for (int id = 0; id < UI_KEY_MAX; id++) {
        if (table[id].ctrl != 0 && (table[id].ctrl & 0x1f) == byte) {
            return special(key, (enum ui_key_id)id);
        }
    }
    return FOUND_NOTHING;
}

/* Inside a paste everything is text until ESC [ 201 ~ (xterm's bracketed paste). */
static enum found pasted(struct keys *keys, struct ui_key *key, size_t *used)
{
    static const char end[] = "\033[201~";
    unsigned char byte = keys->bytes[0];
    bool after_cr = keys->after_cr;
    keys->after_cr = false;
    key->pasted = true;
    *used = 1;
    if (byte == 0x1b) {
        size_t length = keys->length < sizeof(end) - 1 ? keys->length : sizeof(end) - 1;
        if (memcmp(keys->bytes, end, length) != 0) {
            return FOUND_NOTHING;
        }
        if (length < sizeof(end) - 1) {
            return FOUND_PART;
        }
        *used = length;
        keys->pasting = false;
        key->kind = UI_PASTE_END;
        return FOUND_KEY;
    }
    if (byte == '\r' || byte == '\n') {
        keys->after_cr = byte == '\r';
        return byte == '\n' && after_cr ? FOUND_NOTHING : letter(key, '\n');
    }
    if (byte == '\t') {
        return letter(key, ' ');
    }
    return byte < 0x20 || byte == 0x7f ? FOUND_NOTHING : utf8(keys, 0, key, used);
}

static enum found front(struct keys *keys, struct ui_key *key, size_t *used)
{
    if (keys->pasting) {
        return pasted(keys, key, used);
    }
    unsigned char byte = keys->bytes[0];
    *used = 1;
    if (byte == 0x1b) {
        enum found found = learnt(keys, key, used);
        return found == FOUND_KEY ? found : escape(keys, key, used);
    }
    return byte < 0x20 || byte == 0x7f ? control(byte, key) : utf8(keys, 0, key, used);
}

/* A beginning that nothing followed. */
static enum found cut_off(struct keys *keys, struct ui_key *key, size_t *used)
{
    *used = 1;
    if (keys->bytes[0] == 0x1b) {
        return keys->pasting ? FOUND_NOTHING : special(key, UI_KEY_ESC);
    }
    keys->undecodable++;
    return FOUND_NOTHING;
}

/* Esc typed by hand before this key makes it an F-key or F12. */
static void apply_escape(struct keys *keys, struct ui_key *key)
{
    bool before = keys->escape_before;
    keys->escape_before = key->kind == UI_SPECIAL && key->id == UI_KEY_ESC && !before;
    if (!before) {
        return;
    }
    if (key->kind == UI_SPECIAL && key->id == UI_KEY_ESC) {
        key->id = UI_KEY_F12;
    } else if (key->kind == UI_TEXT && !key->pasted && key->code < 0x80 &&
               by_digit((char)key->code, &key->id)) {
        key->kind = UI_SPECIAL;
    }
}

bool keys_next(struct keys *keys, bool flush, struct ui_key *ret_key)
{
    while (keys->length > 0) {
        struct ui_key key = { 0 };
        size_t used = 0;
        enum found found = front(keys, &key, &used);
        if (found == FOUND_PART) {
            if (!flush) {
                return false;
            }
            key = (struct ui_key){ 0 };
            found = cut_off(keys, &key, &used);
        }
        drop(keys, used);
        if (found == FOUND_KEY) {
            apply_escape(keys, &key);
            *ret_key = key;
            return true;
        }
    }
    return false;
}

void keys_learn(struct keys *keys, const char *sequence, enum ui_key_id id)
{
    size_t length = strlen(sequence);
    if (sequence[0] != 0x1b || length < 3 || length >= SEQUENCE_MAX ||
        keys->learnt_count == LEARNT_MAX) {
        return;
    }
    struct keys *trial = keys_new();
    struct ui_key key;
    keys_feed(trial, sequence, length);
    bool known = keys_next(trial, false, &key) && !keys_pending(trial);
    keys_free(trial);
    if (!known) {
        struct learnt *row = &keys->learnt[keys->learnt_count++];
        memcpy(row->sequence, sequence, length + 1);
        row->id = id;
    }
}
