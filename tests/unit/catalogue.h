/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Polish in unit tests: the catalogue that this build made. */
#ifndef SKRYTKA_TESTS_UNIT_CATALOGUE_H
#define SKRYTKA_TESTS_UNIT_CATALOGUE_H

/* i18n_init(), then the catalogues of the build folder that the running test lies in. */
void catalogue_init(void);

#endif
