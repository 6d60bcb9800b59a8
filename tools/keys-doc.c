/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Prints docs/keys.md from the tables of the terminal: keys.def.h, actions.def.h, screens.def.h. */
#include <stdio.h>

#include "tui/app_model.h"
#include "tui/ui/words.h"

static const struct {
    const char *name;
    char ctrl, digit;
} keys[] = {
#define UI_KEY(id, shown, ctrl, digit, capability) { shown, ctrl, digit },
#include "tui/ui/keys.def.h"
#undef UI_KEY
};

static void print_aliases(void)
{
    puts(
        "## Other ways to type a key\n\n"
        "Desktop terminals keep some F-keys for themselves, so each has others. After Esc there is "
        "no hurry.\n\n"
        "| key | Ctrl | Esc, then |\n|---|---|---|");
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        if (keys[i].name[0] == 'F' && (keys[i].ctrl != 0 || keys[i].digit != 0)) {
            char ctrl[] = { 'C', 't', 'r', 'l', '-', keys[i].ctrl, '\0' };
            char digit[] = { keys[i].digit, '\0' };
            printf("| %s | %s | %s |\n", keys[i].name, keys[i].ctrl != 0 ? ctrl : "", digit);
        }
    }
}

static void print_actions(const char *title, enum context context)
{
    printf("## %s\n\n| key | what it does |\n|---|---|\n", title);
    for (int i = 0; i < ACTION_MAX; i++) {
        enum ui_action action = (enum ui_action)i;
        if (action_in(action, context)) {
            const char *key = action_key_name(action);
            printf("| %s | %s |\n", key[0] == '\0' ? "F2, then choose" : key, action_help(action));
        }
    }
    putchar('\n');
}

int main(void)
{
    words_set_lang(LANG_EN);
    puts("# Keys\n\n"
         "<!-- Printed by tools/keys-doc.c. Run: make docs -->\n\n"
         "Typing filters, F-keys act: in a list, letters and digits go to the search, so nothing "
         "typed or pasted by accident changes anything. The last line of the screen shows what "
         "works now; F1 lists it all.\n");
    print_actions("In lists", IN_LIST);
    print_actions("In forms", IN_FORM);
    puts("In a form Tab and Enter go on to the next field, Shift-Tab back; `=` in an empty field "
         "takes what the record before had; the first letter chooses a word, the space bar "
         "switches a box.\n");
    puts("## Screens (F9, then a letter)\n\n| letter | screen |\n|---|---|");
#define SCREEN(name, letter, who, place) printf("| " letter " | %s |\n", screen_##name.title);
#include "tui/screens.def.h"
#undef SCREEN
    putchar('\n');
    print_aliases();
    return 0;
}
