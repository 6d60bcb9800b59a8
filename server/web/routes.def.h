/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The pages: R(method, pattern, page). A pattern that ends in "*" takes every path that begins so;
 * the page gets what stands for the star. GET answers HEAD too. The first row that fits is taken.
 */
R(GET, "/", page_home)
R(GET, "/s/*", page_letter)
R(POST, "/s/*", page_letter_ask)
R(GET, "/style.css", page_style)
R(GET, "/healthz", page_health)
R(GET, "/metrics", page_metrics)
