/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* One letter with all that belongs to it: scans, costs, request, and who did what when. */
#include "tui/app.h"
#include "tui/cells.h"
#include "tui/letter.h"
#include "tui/ui/words.h"

struct mail_card {
    struct card_screen base;
    struct letter letter;
};

static struct letter *letter_of(struct screen *screen)
{
    return &((struct mail_card *)screen)->letter;
}

static void open_screen(struct screen *screen, int64_t argument)
{
    letter_open(letter_of(screen), screen->app, card_of(screen));
    letter_want(letter_of(screen), argument);
}

static void close_screen(struct screen *screen)
{
    app_forget(screen->app, screen);
    letter_close(letter_of(screen));
}

static bool can(struct screen *screen, enum action needed)
{
    const struct rec_mail_item *item = letter_item(letter_of(screen));
    return item != NULL && can_do(&item->can, needed);
}

static bool can_request(struct screen *screen, enum action needed)
{
    const struct rec_mail_item *item = letter_item(letter_of(screen));
    return item != NULL && item->request != NULL && can_do(&item->request->can, needed);
}

/* What Enter opens: where the line leads, else the letter's form. */
static const struct card_line *leading_line(struct screen *screen)
{
    const struct card_line *line = card_selected(card_of(screen));
    return line != NULL && line->opens != NULL ? line : NULL;
}

static const char *refuses(struct screen *screen, enum ui_action action)
{
    bool known = letter_item(letter_of(screen)) != NULL;
    switch (action) {
    case ACTION_ROW_MENU: return known ? NULL : not_here;
    case ACTION_OPEN:
        return (known && leading_line(screen) != NULL) || can(screen, action_mail_save) ? NULL
                                                                                        : not_here;
    case ACTION_EDIT: return can(screen, action_mail_save) ? NULL : not_here;
    case ACTION_ATTACH: return can(screen, action_scan_attach) ? NULL : not_here;
    case ACTION_CHARGE: return can(screen, action_charge_save) ? NULL : not_here;
    case ACTION_SCAN:
        return known && letter_item(letter_of(screen))->scans.count > 0 ? NULL : not_here;
    case ACTION_ASK_SCAN: return can(screen, action_scan_request_create) ? NULL : not_here;
    case ACTION_FULFIL: return can_request(screen, action_scan_request_fulfil) ? NULL : not_here;
    case ACTION_CANCEL:
    case ACTION_CANCEL_BY_F8:
        return can_request(screen, action_scan_request_cancel) ? NULL : not_here;
    default: return not_here;
    }
}

static void on_requested(void *owner, const struct rec_scan_request *request, const struct err *err)
{
    struct screen *screen = owner;
    if (err != NULL) {
        app_say_error(screen->app, err);
    } else {
        app_say(screen->app, STYLE_DONE, "%s: %s", _("Scan requested"), request->counterparty);
    }
}

static void act(struct screen *screen, enum ui_action action)
{
    const struct rec_mail_item *item = letter_item(letter_of(screen));
    const struct card_line *line = leading_line(screen);
    struct rec_scan_request_create wanted = { .item_id = item->id };
    switch (action) {
    case ACTION_OPEN:
        app_push(screen->app, line != NULL ? line->opens : &screen_mail_edit,
                 line != NULL ? line->id : item->id);
        break;
    case ACTION_EDIT: app_push(screen->app, &screen_mail_edit, item->id); break;
    case ACTION_ATTACH: app_push(screen->app, &screen_attach, item->id); break;
    case ACTION_CHARGE: app_push(screen->app, &screen_charge, item->id); break;
    case ACTION_SCAN: app_push(screen->app, &screen_scan, item->id); break;
    case ACTION_ASK_SCAN:
        call_scan_request_create(app_client(screen->app), &wanted, on_requested, screen);
        break;
    case ACTION_FULFIL: app_serve(screen->app, item->request->id); break;
    case ACTION_CANCEL:
    case ACTION_CANCEL_BY_F8: app_push(screen->app, &screen_cancel, item->request->id); break;
    default: break;
    }
}

static void event(struct screen *screen, const struct rec_event *event)
{
    struct letter *letter = letter_of(screen);
    if (event == NULL || (event->has_item_id && event->item_id == letter->wanted)) {
        letter_reload(letter);
    }
}

const struct screen_ops screen_mail_card = {
    .title = N_("Mail > Letter"),
    .size = sizeof(struct mail_card),
    CARD_SCREEN,
    .open = open_screen,
    .close = close_screen,
    .refuses = refuses,
    .act = act,
    .event = event,
};
