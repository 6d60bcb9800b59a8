/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Everything a person can do by a key: ACTION(id, key, contexts, hint, help).
 *
 * `key` is F(name) of keys.def.h or L(letter) typed while the search is empty. One key may stand in
 * several rows whose contexts differ, or of which the screen offers at most one at a time. `hint`
 * is the word in the key bar ("" keeps it out of the bar), `help` the line in F1. The key bar, the
 * help, the menu of a row and docs/keys.md all come from here.
 */
ACTION(HELP, F(F1), ANY, N_("Help"), N_("Help for this place, and all keys; type to search"))
ACTION(UNDO, F(UNDO), ANY, N_("Undo"), N_("Take back what was done last, while its e-mail waits"))
ACTION(SAVE, F(F2), IN_FORM, N_("Save"), N_("Save; after a new letter begin the next one"))
ACTION(ROW_MENU, F(F2), IN_LIST, N_("Actions"), N_("All that can be done with this row"))
ACTION(EXPORT, F(F3), IN_LIST, N_("Export"), N_("Write what is shown to a file (CSV)"))
ACTION(SCAN, F(F3), ANY, N_("Scan"),
       N_("Whose letter the scan is: the address, then the whole page"))
ACTION(PREVIEW, F(F3), IN_FORM, N_("Preview"), N_("The whole mail as it will be, and back"))
ACTION(TEST_MAIL, F(F7), IN_FORM, N_("Test"), N_("Send this mail to an address as a test"))
ACTION(INVITE, F(F7), IN_FORM, N_("Invite"), N_("Mail the client how to sign in on the pages"))
ACTION(VALUES, F(F4), IN_FORM, N_("Values"), N_("List of values for the focused field"))
ACTION(SERVE, F(F5), ANY, N_("Serve"), N_("Serve the oldest new scan request that nobody deals with"))
ACTION(NEW, F(F6), IN_LIST, N_("New"), N_("New record; on lists of mail a new letter"))
ACTION(PRINT, F(F7), IN_LIST, N_("Print"), N_("Write what is shown to a text file to be printed"))
ACTION(COLLECT, F(F7), IN_LIST, N_("Hand over"),
       N_("Hand over: marked rows, or all found by the search, or this row"))
ACTION(FORWARD, NO_KEY, IN_LIST, "", N_("Forwarded: marked rows, or all found, or this row"))
ACTION(DESTROY, NO_KEY, IN_LIST, "", N_("Destroyed: marked rows, or all found, or this row"))
ACTION(SEND, NO_KEY, IN_LIST, "", N_("Sent: marked rows, or all found by the search, or this row"))
ACTION(RETRY, F(F7), IN_LIST, N_("Retry"), N_("Try to deliver this message again"))
ACTION(HOLD, NO_KEY, IN_LIST, "", N_("Keep this message from leaving"))
ACTION(DROP, F(F8), IN_LIST, N_("Drop"), N_("Give this message up for good"))
ACTION(FULFIL, L('+'), IN_LIST, N_("Fulfil"),
       N_("Fulfil this scan request: add the scan and its cost"))
ACTION(CANCEL, L('-'), IN_LIST, N_("Cancel"), N_("Cancel this scan request (also F8)"))
ACTION(CANCEL_BY_F8, F(F8), IN_LIST, "", N_("Cancel this scan request"))
ACTION(REMOVE, F(F8), IN_FORM, N_("Remove"), N_("Remove this record"))
ACTION(CLEAR, F(F8), IN_FORM, N_("Clear"), N_("Empty the form"))
ACTION(OPEN, F(ENTER), IN_LIST, "", N_("Open this row"))
ACTION(EDIT, NO_KEY, IN_LIST, "", N_("Change this record"))
ACTION(ATTACH, NO_KEY, IN_LIST, "", N_("Add a scan to this letter"))
ACTION(CHARGE, NO_KEY, IN_LIST, "", N_("Add a cost to this letter"))
ACTION(ASK_SCAN, NO_KEY, IN_LIST, "", N_("Ask for a scan on behalf of the client"))
ACTION(CLIENT_MAIL, NO_KEY, IN_LIST, "", N_("The client's mail"))
ACTION(INVOICE, NO_KEY, IN_LIST, "", N_("Mark the client's costs as invoiced"))
ACTION(MARK, F(INSERT), IN_LIST, "", N_("Mark this row for an action on several (also Space)"))
ACTION(NEXT_TAB, F(TAB), IN_LIST, "", N_("Next group of rows"))
ACTION(PREVIOUS_TAB, F(BACKTAB), IN_LIST, "", N_("Previous group of rows"))
ACTION(MENU, F(F9), ANY, N_("Menu"), N_("All screens, one letter each"))
ACTION(FILTER, F(F4), IN_LIST, N_("Filter"),
       N_("Show only one kind, some days, one client; F12 shows all again"))
ACTION(GO, F(GO), ANY, "", N_("Go to a client or a screen by typing"))
ACTION(REPAINT, F(REPAINT), ANY, "", N_("Draw the screen anew"))
ACTION(QUIT, F(F10), ANY, N_("Quit"), N_("Leave Skrytka"))
ACTION(BACK, F(F12), ANY, N_("Back"), N_("One step back; folds the alert"))
