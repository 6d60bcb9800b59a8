/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The options of skrytka: O(name, long name, what it takes or NULL, help).
 * They stand before the command; options.c and --help come from here.
 */
#define OPTIONS(O)                                                                                 \
    O(connect, "connect", N_("ADDRESS"),                                                           \
      N_("where the daemon is: unix:PATH, tcp:HOST:PORT or tls:HOST:PORT"))                        \
    O(ca_file, "ca-file", N_("FILE"), N_("certificate authorities trusted for tls: addresses"))    \
    O(login, "login", N_("LOGIN"), N_("sign in as this user"))                                     \
    O(password_file, "password-file", N_("FILE"),                                                  \
      N_("read the password from the first line of a file; - is standard input"))                  \
    O(scans, "scans", N_("FOLDER"), N_("where the scanner puts its files"))                        \
    O(mono, "mono", NULL, N_("no colours"))                                                        \
    O(ascii, "ascii", NULL, N_("no line drawing, only letters and common signs"))                  \
    O(without, "without", N_("LIST"), N_("never use these, by commas: bell,notice,title,mouse"))   \
    O(language, "language", "pl|en", N_("language of texts"))                                      \
    O(help, "help", NULL, N_("show this help"))                                                    \
    O(version, "version", NULL, N_("show the version"))
