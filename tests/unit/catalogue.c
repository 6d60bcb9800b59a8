/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tests/unit/catalogue.h"

#include <libintl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "protocol/base/i18n.h"
#include "protocol/base/log.h"

void catalogue_init(void)
{
    i18n_init();
    char path[PATH_MAX + 16];
    ssize_t length = readlink("/proc/self/exe", path, PATH_MAX - 1);
    ENSURE(length > 0);
    path[length] = '\0';
    char *end = strstr(path, "/tests/unit/");
    ENSURE(end);
    snprintf(end, sizeof("/locale"), "/locale");
    ENSURE(bindtextdomain("skrytka-pl", path));
    ENSURE(strcmp(tr(LANG_PL, "Ask for a scan"), "Poproś o skan") == 0);
}
