#!/usr/bin/python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writes text_runs.c and text_letters.c, beside itself, from Python's Unicode database.

Run it again only to move to a newer Unicode; the rules for what is visible, wide or a letter
stand here, the C code only looks things up. Use the python3 of the Debian release Skrytka runs on:
then the tables and the C library (so also ncurses) know the same characters.
"""
import contextlib
import pathlib
import re
import unicodedata as ud

# Kinds, as in text_tables.h.
HIDDEN, UNKNOWN, MARK, BLANK, NARROW, WIDE, WORD = 0, 1, 2, 3, 4, 5, 8

# Assigned, yet drawn as nothing (Default_Ignorable_Code_Point beyond category Cf), and Hangul
# fillers, which are letters by category.
IGNORABLE = {0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0,
             *range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0000, 0xE1000)}

# Drawn in two columns by terminals and by the C library, against East_Asian_Width: circled numbers
# on black squares, hexagrams.
WIDE_IN_PRACTICE = {*range(0x3248, 0x3250), *range(0x4DC0, 0x4E00)}

# Letters that Unicode does not take apart although people read them so.
OWN_LETTERS = {
    'ß': 'ss', 'ẞ': 'SS', 'Æ': 'AE', 'æ': 'ae', 'Ǽ': 'AE', 'ǽ': 'ae', 'Ǣ': 'AE', 'ǣ': 'ae',
    'Œ': 'OE', 'œ': 'oe', 'Þ': 'TH', 'þ': 'th', 'Ð': 'D', 'ð': 'd', 'ı': 'i', 'Ŋ': 'N',
    'ŋ': 'n', 'ĸ': 'k', 'ŉ': 'n', 'ſ': 's', 'ẛ': 's', 'ẜ': 's', 'ẝ': 's', 'Ə': 'E', 'ə': 'e',
}

# Latin, its ligatures (copied out of PDFs), full-width forms, the Kelvin and Ångström signs.
LATIN = [*range(0xAA, 0x250), *range(0x1E00, 0x1F00), 0x212A, 0x212B,
         *range(0xFB00, 0xFB07), *range(0xFF21, 0xFF5B)]
# Scripts whose case and marks are folded and composed too: Greek and Cyrillic.
NEIGHBOURS = [*range(0x0370, 0x0530), *range(0x1F00, 0x2000)]
DIGITS = range(0xFF10, 0xFF1A)  # full-width


def kind_of(code):
    char = chr(code)
    category = ud.category(char)
    if category in ('Cn', 'Cs'):
        return UNKNOWN
    if code in IGNORABLE or category in ('Cc', 'Cf', 'Zl', 'Zp'):
        return HIDDEN
    if category in ('Mn', 'Me'):
        kind = MARK
    elif 0x1160 <= code <= 0x11FF or 0xD7B0 <= code <= 0xD7FB:
        kind = MARK  # Hangul vowels and finals: drawn into the syllable they follow
    elif category == 'Zs' or code == 0x2800:
        return BLANK
    else:
        wide = ud.east_asian_width(char) in 'WF' or code in WIDE_IN_PRACTICE
        kind = WIDE if wide else NARROW
    return kind | (WORD if category[0] in 'LN' or category == 'Mc' else 0)


def bare(text):
    """Compatibility form without marks."""
    return ''.join(c for c in ud.normalize('NFKD', text) if not ud.combining(c))


def ascii_of(char):
    """ASCII look-alike of a Latin letter, in its case, or None."""
    if char in OWN_LETTERS:
        return OWN_LETTERS[char]
    if not ud.category(char).startswith('L'):
        return None
    plain = bare(char)
    named = re.fullmatch(r'LATIN (CAPITAL|SMALL) LETTER ([A-Z]) WITH .*', ud.name(char, ''))
    if named:
        plain = named[2] if named[1] == 'CAPITAL' else named[2].lower()
    if plain.isascii() and plain.isalpha():
        return plain
    small = char.lower()
    return (ascii_of(small) or '').upper() or None if small != char else None


def folded_of(char):
    """Search form of a letter or digit that has no ASCII look-alike, one character."""
    before, after = None, char
    while before != after:
        before, after = after, bare(after).casefold()
    return after if len(after) == 1 and kind_of(ord(after)) & WORD else char


def rows(items):
    line = '   '
    for item in items:
        if len(line) + 1 + len(item) > 100:
            print(line)
            line = '   '
        line += ' ' + item
    print(line)


def table(declaration, items):
    name = declaration.split()[-1]
    print(f'\nconst {declaration}[] = {{')
    rows(items)
    print(f'}};\nconst size_t {name}_count = sizeof({name}) / sizeof({name}[0]);')


def head():
    print('/* SPDX-License-Identifier: AGPL-3.0-or-later */')
    print(f'/* Made by text_tables.py from Unicode {ud.unidata_version}; do not edit. */')
    print('/* clang-format off */\n#include "protocol/base/text_tables.h"')


def runs_file():
    head()
    runs, last = [], None
    for code in range(0x110000):
        kind = kind_of(code)
        if kind != last:
            runs.append(code << 4 | kind)
            last = kind
    table('uint32_t text_runs', (f'{run:#x},' for run in runs))


def letters_file():
    head()
    looks = {code: ascii_of(chr(code)) for code in LATIN}
    looks = {code: look for code, look in looks.items() if look}
    table('struct text_look text_looks', (f'{{ {c:#x}, "{look}" }},' for c, look in looks.items()))

    folds = {code: ord(folded_of(chr(code))) for code in sorted({*LATIN, *NEIGHBOURS, *DIGITS})
             if code not in looks and kind_of(code) & WORD}
    table('struct text_pair text_folds',
          (f'{{ {c:#x}, {to:#x} }},' for c, to in folds.items() if c != to))

    joins = []
    for code in sorted({*LATIN, *NEIGHBOURS}):
        parts = [int(p, 16) for p in ud.decomposition(chr(code)).split() if p[0] != '<']
        if len(parts) == 2 and ud.normalize('NFC', ''.join(map(chr, parts))) == chr(code):
            joins.append((*parts, code))
    table('struct text_join text_joins',
          (f'{{ {a:#x}, {b:#x}, {c:#x} }},' for a, b, c in sorted(joins)))

    print('\nconst uint8_t text_mark_places[TEXT_MARK_LAST - TEXT_MARK_FIRST + 1] = {')
    rows(f'{ud.combining(chr(code))},' for code in range(0x300, 0x370))
    print('};')


def write(path, contents):
    with path.open('w', encoding='utf-8') as file, contextlib.redirect_stdout(file):
        contents()


if __name__ == '__main__':
    here = pathlib.Path(__file__).parent
    write(here / 'text_runs.c', runs_file)
    write(here / 'text_letters.c', letters_file)
