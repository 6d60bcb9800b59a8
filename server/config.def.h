/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The options of skrytkad, one row each: O(section, key, kind, default, help, extra). From these
 * rows come struct config, the reader, `--check`, docs/config.md and the man page skrytkad.conf(5).
 *
 * `kind` is a row of CONFIG_KINDS (config.h). In a default, and in a path or url that people write,
 * <directory> stands for [storage] directory. An empty default that depends on other options is
 * worked out in config_rules.c and told in the help. `extra` sets further members of
 * struct config_option: the range of a number.
 */
O(storage, directory, path, "./data",
  "Folder of the database, the scans and everything else that the daemon keeps. Made, for the "
  "daemon's user alone, when it is missing.", )
O(storage, max_scan_bytes, number, "52428800", "Largest scan that is taken, in bytes.", .min = 1,
  .max = 4294967296)

O(staff, socket, path, "<directory>/skrytka.sock",
  "Unix socket on which the terminals of this machine connect.", )
O(staff, listen, address, "127.0.0.1:7460",
  "Address and port on which terminals connect over the network. Empty: none.", )
O(staff, tls_certificate, path, "",
  "PEM file with the certificate of the staff port, followed by those that lead to its root. Read "
  "anew on SIGHUP.", )
O(staff, tls_key, path, "", "PEM file with the private key of that certificate.", )
O(staff, allow_plaintext, flag, "no",
  "Whether the staff port may be open to other machines without TLS, so that passwords and post "
  "travel readable.", )

O(web, listen, address, "127.0.0.1:7480", "Address and port of the clients' pages.", )
O(web, base_url, url, "",
  "How clients reach the pages; links in e-mails begin with it. Default: http (https with "
  "tls_certificate) and the address of listen.", )
O(web, tls_certificate, path, "",
  "PEM file with the certificate of the pages, followed by those that lead to its root. Read anew "
  "on SIGHUP.", )
O(web, tls_key, path, "", "PEM file with the private key of that certificate.", )
O(web, allow_plaintext, flag, "no",
  "Whether the pages may be open to other machines without TLS. Not needed behind a web server on "
  "this machine that adds TLS.", )
O(web, trusted_proxies, ip_list, "",
  "Addresses of the web servers in front of the pages, like 127.0.0.1, ::1: only they are believed "
  "when X-Forwarded-For says who asks. Without it all who come through a proxy share the limits of "
  "one address.", )

O(mail, url, url, "maildir:<directory>/mail",
  "Where mail goes: smtp://HOST:PORT, smtps://HOST:PORT, or maildir:PATH to keep it in a folder.", )
O(mail, from, text, "",
  "Address that mail comes from. Needed when the mail server is another machine; else the default "
  "is skrytka@localhost.", )
O(mail, user, text, "", "User name at the mail server. Empty: no sign-in.", )
O(mail, password_file, secret_file, "",
  "File whose first line is the password at the mail server.", )
O(mail, starttls, starttls, "",
  "Whether an smtp:// connection must change to TLS. Default: required, or optional when the mail "
  "server is this machine.", )
O(mail, ca_file, path, "",
  "PEM file with the authorities that may vouch for the mail server. Empty: those of the system.", )
O(mail, answer_seconds, number, "300", "Longest wait for an answer of the mail server.", .min = 1,
  .max = 3600)
O(mail, attachment_bytes, number, "15000000",
  "Scans that are larger than this together, in bytes, are not attached to the e-mail but linked.",
  .min = 0, .max = 100000000)
O(mail, parallel, number, "4", "Messages sent at the same time.", .min = 1, .max = 64)
O(mail, hold_seconds, number, "10",
  "Seconds that mail to clients waits, so that a clerk can undo. 0: none.", .min = 0, .max = 3600)

O(sms, provider, sms_provider, "file",
  "Who sends SMS: smsapi, kannel, file (they are only written into a file) or off.", )
O(sms, url, url, "",
  "Address of the provider. Default: file:<directory>/sms.log or https://api.smsapi.pl/sms.do; "
  "needed for kannel.", )
O(sms, token_file, secret_file, "", "File whose first line is the token for smsapi.", )
O(sms, user, text, "", "User name at kannel.", )
O(sms, password_file, secret_file, "", "File whose first line is the password at kannel.", )
O(sms, sender, text, "", "Sender that SMS show; must be known to the provider.", )
O(sms, polish_letters, flag, "no",
  "Whether SMS keep Polish letters; one part then holds 70 characters instead of 160.", )
O(sms, ca_file, path, "",
  "PEM file with the authorities that may vouch for the provider. Empty: those of the system.", )
O(sms, answer_seconds, number, "60", "Longest wait for an answer of the provider.", .min = 1,
  .max = 3600)
