/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Styles by meaning: STYLE(id, colour, attributes, attributes without colour). Colours stand on
 * the terminal's own background, so none may be one that light or dark screens swallow (no blue,
 * no yellow). A state is always a word first; its colour only helps the eye. A colour alone is a
 * third of the bytes of a colour with an attribute.
 */
STYLE(NORMAL, -1, A_NORMAL, A_NORMAL)
STYLE(TITLE, -1, A_BOLD, A_BOLD)
STYLE(SELECTED, -1, A_REVERSE, A_REVERSE)
STYLE(NEW, COLOR_MAGENTA, A_NORMAL, A_BOLD)
STYLE(DONE, COLOR_GREEN, A_NORMAL, A_NORMAL)
STYLE(CANCELLED, -1, A_DIM, A_NORMAL)
STYLE(ERROR, COLOR_RED, A_BOLD, A_BOLD)
STYLE(HINT, COLOR_CYAN, A_NORMAL, A_NORMAL)
STYLE(KEY, -1, A_REVERSE, A_REVERSE)
STYLE(ALERT, COLOR_MAGENTA, A_NORMAL, A_BOLD)
STYLE(DIM, -1, A_DIM, A_NORMAL)
