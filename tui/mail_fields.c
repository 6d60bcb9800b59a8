/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tui/mail_fields.h"

#include "protocol/record.h"
#include "tui/ui/words.h"
#include "tui/wording.h"

/* The two directions differ in words and in the states there are. */
#define MAIL_FIELDS(other_end, states, information_help)                                           \
    {                                                                                              \
        [CLIENT] = { .name = "client_id",                                                          \
                     .label = N_("Client (box no.)"),                                              \
                     .kind = INPUT_PICK,                                                           \
                     .limit = LIMIT_LINE_BYTES,                                                    \
                     .width = 40,                                                                  \
                     .flags = INPUT_REQUIRED,                                                      \
                     .help = N_("Digits are the box number, letters the name, another name or "    \
                                "the NIP; Polish marks do not matter.") },                         \
        [COUNTERPARTY] = { .name = "counterparty",                                                 \
                           .label = other_end,                                                     \
                           .kind = INPUT_PICK,                                                     \
                           .limit = LIMIT_LINE_BYTES,                                              \
                           .width = 40,                                                            \
                           .flags = INPUT_REQUIRED | INPUT_FREE,                                   \
                           .help = N_("A few letters find one who wrote before; Enter takes it, "  \
                                      "Tab keeps what is typed.") },                               \
        [KIND] = { .name = "kind",                                                                 \
                   .label = N_("Kind"),                                                            \
                   .kind = INPUT_CHOICE,                                                           \
                   .choices = choices_mail_kind,                                                   \
                   .help = N_("The first letter of the word chooses it.") },                       \
        [REFERENCE] = { .name = "reference",                                                       \
                        .label = N_("Reference number"),                                           \
                        .kind = INPUT_TEXT,                                                        \
                        .limit = LIMIT_LINE_BYTES,                                                 \
                        .width = 30,                                                               \
                        .help = N_("A bar code scanner types it by itself.") },                    \
        [SHELF] = { .name = "shelf",                                                               \
                    .label = N_("Shelf"),                                                          \
                    .kind = INPUT_TEXT,                                                            \
                    .limit = LIMIT_LINE_BYTES,                                                     \
                    .width = 12 },                                                                 \
        [DATE] = { .name = "date",                                                                 \
                   .label = N_("Date"),                                                            \
                   .kind = INPUT_DAY,                                                              \
                   .width = 12,                                                                    \
                   .flags = INPUT_REQUIRED,                                                        \
                   .help = N_("Today, yesterday, 12, 12.11 or 12.11.2026.") },                     \
        [NOTE] = { .name = "note",                                                                 \
                   .label = N_("Note"),                                                            \
                   .kind = INPUT_NOTE,                                                             \
                   .limit = LIMIT_NOTE_BYTES,                                                      \
                   .help = N_("For the staff.") },                                                 \
        [STATUS] = { .name = "status",                                                             \
                     .label = N_("Status"),                                                        \
                     .kind = INPUT_CHOICE,                                                         \
                     .choices = states },                                                          \
        [SENT_ON] = { .name = "sent_on",                                                           \
                      .label = N_("Sent on"),                                                      \
                      .kind = INPUT_DAY,                                                           \
                      .width = 12,                                                                 \
                      .help = N_("Its costs count on this day. Empty: today.") },                  \
        [COLLECTED_BY] = { .name = "collected_by",                                                 \
                           .label = N_("Collected by"),                                            \
                           .kind = INPUT_TEXT,                                                     \
                           .limit = LIMIT_LINE_BYTES,                                              \
                           .width = 30 },                                                          \
        [NOTIFY] = { .name = "notify",                                                             \
                     .label = N_("Tell the client"),                                               \
                     .kind = INPUT_TOGGLE,                                                         \
                     .help = N_("The e-mail about the letter, to the client it is for now.") },    \
        [FILES] = { .name = "uploads",                                                             \
                    .label = N_("Files"),                                                          \
                    .kind = INPUT_FILES,                                                           \
                    .limit = 1000,                                                                 \
                    .help = N_("Scans to send with the first e-mail already. May stay empty.") },  \
        [INFORMATION] = { .name = "information",                                                   \
                          .label = N_("Additional information"),                                   \
                          .kind = INPUT_TEXT,                                                      \
                          .limit = LIMIT_LINE_BYTES,                                               \
                          .help = information_help },                                              \
        [COST] = {                                                                                 \
            .name = "cost", .label = N_("Additional cost"), .kind = INPUT_MONEY, .width = 12       \
        },                                                                                         \
    }

const struct form_field incoming_fields[FIELDS] =
    MAIL_FIELDS(N_("Sender"), choices_incoming_status, N_("Told to the client with the scan."));
const struct form_field outgoing_fields[FIELDS] = MAIL_FIELDS(
    N_("Addressee"), choices_outgoing_status, N_("Stands beside the cost in the summary."));
