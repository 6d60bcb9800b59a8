/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The transports there are: TRANSPORT(id), for `const struct transport_ops transport_<id>`. */
TRANSPORT(maildir)
TRANSPORT(sms_file)
TRANSPORT(smtp)
TRANSPORT(smtps)
TRANSPORT(smsapi)
TRANSPORT(kannel)
