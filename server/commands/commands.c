/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/commands/commands.h"

#include <string.h>

static const struct command commands[] = {
    { "user",
      N_("user add LOGIN --role administrator|clerk [--name N] [--os-user U] "
         "[--password-file F|-]"),
      command_user },
    { "backup", N_("backup DIR"), command_backup },
    { "restore", N_("restore DIR"), command_restore },
    { "verify", N_("verify"), command_verify },
    { NULL, NULL, NULL },
};

int commands_run(const struct config *config, enum lang lang, int argc, char **argv)
{
    for (const struct command *command = commands; command->name != NULL; command++) {
        if (strcmp(command->name, argv[0]) == 0) {
            return command->run(config, lang, argc, argv);
        }
    }
    fprintf(stderr, tr(lang, N_("skrytkad: there is no command \"%s\"\n")), argv[0]);
    return 2;
}

void commands_print(FILE *to, enum lang lang)
{
    for (const struct command *command = commands; command->name != NULL; command++) {
        fprintf(to, "  skrytkad %s\n", tr(lang, command->usage));
    }
}
