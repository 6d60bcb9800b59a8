/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Words for people, in the language of whoever reads them.
 *
 * Source text is English. The server speaks to each recipient in their own language at the same
 * time, so there is one gettext domain per language ("skrytka-pl") and the language is an argument,
 * never a global: LANGUAGE is set once at start to a made-up name under which all domains lie
 * (<locale directory>/x/LC_MESSAGES/skrytka-pl.mo). English needs no catalogue.
 */
#ifndef SKRYTKA_BASE_I18N_H
#define SKRYTKA_BASE_I18N_H

/* The languages there are, Polish first: id, ISO 639-1 code. */
#define I18N_LANGUAGES(L) L(PL, "pl") L(EN, "en")

#define L(id, code) LANG_##id,
enum lang { I18N_LANGUAGES(L) LANG_MAX };
#undef L

/*
 * Once, before threads: forces the C.UTF-8 locale and finds the catalogues, in the folder `locale`
 * beside the running program or else where `make install` puts them. Works whatever LANG says.
 */
void i18n_init(void);

/* The text in a language; the English text itself when there is no translation. Any thread. */
const char *tr(enum lang lang, const char *english) __attribute__((format_arg(2)));

/* The form that goes with `n`: Polish has three. Both arguments are English forms. */
const char *tr_n(enum lang lang, const char *one, const char *many, unsigned long n)
    __attribute__((format_arg(2), format_arg(3)));

/* Marks a text for translation in a table. */
#define N_(english) english

/* Language of an ISO 639-1 code ("pl", also "pl_PL.UTF-8"); LANG_MAX when there is none. */
enum lang i18n_lang(const char *code);
const char *i18n_code(enum lang lang);

#endif
