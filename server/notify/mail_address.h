/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The second wall before an address goes into a header or an SMTP command: addresses are checked
 * where people enter them, and once more here, because libcurl 7.88 hands CR LF in an address on
 * to the server as a command of its own.
 */
#ifndef SKRYTKA_NOTIFY_MAIL_ADDRESS_H
#define SKRYTKA_NOTIFY_MAIL_ADDRESS_H

struct arena;

/*
 * `address` as it goes into mail: a dot-atom local part of at most 64 bytes (RFC 5321, UTF-8 as in
 * RFC 6531 allowed), "@", and the domain in its ASCII form (RFC 5891). Quoted local parts, address
 * literals, comments and more than one address are not addresses here. NULL when it is none.
 */
const char *mail_address(struct arena *arena, const char *address);

#endif
