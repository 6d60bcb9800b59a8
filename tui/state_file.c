/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tui/state_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

bool state_file_path(const char *name, char out[PATH_MAX])
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    char folder[PATH_MAX];
    int length;
    if (state != NULL && state[0] == '/') {
        length = snprintf(folder, sizeof(folder), "%s/skrytka", state);
    } else if (home != NULL && home[0] == '/') {
        length = snprintf(folder, sizeof(folder), "%s/.local/state/skrytka", home);
    } else {
        return false;
    }
    if (length < 0 || length >= PATH_MAX) {
        return false;
    }
    for (char *slash = folder + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
        *slash = '\0';
        mkdir(folder, 0700);
        *slash = '/';
    }
    mkdir(folder, 0700);
    length = snprintf(out, PATH_MAX, "%s/%s", folder, name);
    return length > 0 && length < PATH_MAX;
}
