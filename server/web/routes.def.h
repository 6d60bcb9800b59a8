/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The pages: R(method, pattern, page). A pattern that ends in "*" takes every path that begins so;
 * the page gets what stands for the star. GET answers HEAD too. The first row that fits is taken.
 * Where a form was refused its address stays in the browser, and a telephone that opens its tabs
 * again asks for it with GET: then comes the page that the form stood on.
 */
R(GET, "/", page_home)
R(POST, "/", page_home_ask)
R(GET, "/sign-in", page_sign_in_wait)
R(POST, "/sign-in", page_sign_in_code)
R(GET, "/sign-in/*", page_sign_in)
R(POST, "/sign-in/*", page_sign_in_confirm)
R(GET, "/sign-out", page_to_mail)
R(POST, "/sign-out", page_sign_out)
R(GET, "/choose", page_choose)
R(POST, "/choose", page_choose_one)
R(GET, "/mail", page_mail)
R(GET, "/mail/request", page_to_mail)
R(POST, "/mail/request", page_mail_request)
R(GET, "/mail/withdraw", page_to_mail)
R(POST, "/mail/withdraw", page_mail_withdraw)
R(GET, "/mail/scan/*", page_scan)
R(GET, "/mail/summary", page_summary)
R(GET, "/s/*", page_letter)
R(POST, "/s/*", page_letter_ask)
R(GET, "/withdraw/*", page_to_letter)
R(POST, "/withdraw/*", page_letter_withdraw)
R(GET, "/style.css", page_style)
R(GET, "/healthz", page_health)
R(GET, "/metrics", page_metrics)
