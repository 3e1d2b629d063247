"""Informes de entrega como los que de verdad llegan: Postfix, Exim, Gmail, qmail. Hechos aquí, sin datos de nadie."""

from __future__ import annotations

POSTFIX = """\
Return-Path: <>
From: MAILER-DAEMON@mx.ejemplo.pe (Mail Delivery System)
To: rebotes+{token}@pichari.ejemplo.pe
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="4Xk2.177/mx"

--4Xk2.177/mx
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.ejemplo.pe.

I'm sorry to have to inform you that your message could not be delivered.

--4Xk2.177/mx
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.ejemplo.pe
X-Postfix-Queue-ID: 4Xk2
Arrival-Date: Mon,  1 Jun 2026 10:00:03 -0500 (-05)

Final-Recipient: rfc822; rosa@ejemplo.pe
Original-Recipient: rfc822;rosa@ejemplo.pe
Action: failed
Status: 5.1.1
Remote-MTA: dns; buzon.ejemplo.pe
Diagnostic-Code: smtp; 550 5.1.1 <rosa@ejemplo.pe>: Recipient address rejected:
    User unknown in virtual mailbox table

--4Xk2.177/mx
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

Message-ID: <{token}@pichari.ejemplo.pe>
Subject: Tiene una notificacion
--4Xk2.177/mx--
"""

EXIM = """\
Return-path: <>
X-Failed-Recipients: rosa@ejemplo.pe
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@cpanel.ejemplo.pe>
To: rebotes+{token}@pichari.ejemplo.pe
References: <{token}@pichari.ejemplo.pe>
Content-Type: multipart/report; report-type=delivery-status; boundary=1717254003-eximdsn-22
MIME-Version: 1.0
Subject: Mail delivery failed: returning message to sender

--1717254003-eximdsn-22
Content-type: text/plain; charset=us-ascii

This message was created automatically by mail delivery software.

  rosa@ejemplo.pe
    host buzon.ejemplo.pe [192.0.2.9]
    SMTP error from remote mail server after RCPT TO:<rosa@ejemplo.pe>:
    550 No such user here

--1717254003-eximdsn-22
Content-type: message/delivery-status

Reporting-MTA: dns; cpanel.ejemplo.pe

Action: failed
Final-Recipient: rfc822;rosa@ejemplo.pe
Status: 5.0.0
Remote-MTA: dns; buzon.ejemplo.pe
Diagnostic-Code: smtp; 550 No such user here

--1717254003-eximdsn-22
Content-type: message/rfc822

Message-ID: <{token}@pichari.ejemplo.pe>
To: rosa@ejemplo.pe
Subject: Tiene una notificacion

Ábrala.

--1717254003-eximdsn-22--
"""

EXIM_ANTIGUO = """\
Return-path: <>
X-Failed-Recipients: rosa@ejemplo.pe
From: Mail Delivery System <Mailer-Daemon@correo.ejemplo.pe>
To: rebotes+{token}@pichari.ejemplo.pe
Subject: Mail delivery failed: returning message to sender

A message that you sent could not be delivered to one or more of its recipients.
This is a permanent error. The following address(es) failed:

  rosa@ejemplo.pe
    SMTP error from remote mail server after RCPT TO: 550 5.7.1 relaying denied
"""

GMAIL = """\
Delivered-To: rebotes+{token}@pichari.ejemplo.pe
Return-Path: <>
From: Mail Delivery Subsystem <mailer-daemon@correo.ejemplo.com>
To: rebotes+{token}@pichari.ejemplo.pe
Auto-Submitted: auto-replied
Subject: Delivery Status Notification (Failure)
MIME-Version: 1.0
Content-Type: multipart/report; boundary="00000000000086"; report-type=delivery-status

--00000000000086
Content-Type: multipart/related; boundary="00000000000087"

--00000000000087
Content-Type: multipart/alternative; boundary="00000000000088"

--00000000000088
Content-Type: text/plain; charset="UTF-8"

** Address not found **

Your message wasn't delivered to rosa@ejemplo.pe because the address couldn't be found.

--00000000000088
Content-Type: text/html; charset="UTF-8"

<p>Address not found</p>
--00000000000088--
--00000000000087
Content-Type: image/png; name="icon.png"
Content-Transfer-Encoding: base64

iVBORw0KGgo=
--00000000000087--
--00000000000086
Content-Type: message/delivery-status

Reporting-MTA: dns; correo.ejemplo.com
Arrival-Date: Mon, 01 Jun 2026 08:00:04 -0700 (PDT)

Final-Recipient: rfc822; rosa@ejemplo.pe
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.ejemplo.com. (192.0.2.26, the server for the domain.)
Diagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not exist.
Last-Attempt-Date: Mon, 01 Jun 2026 08:00:05 -0700 (PDT)

--00000000000086
Content-Type: message/rfc822

Message-ID: <{token}@pichari.ejemplo.pe>
Subject: Tiene una notificacion

--00000000000086--
"""

BUZON_LLENO = POSTFIX.replace("Status: 5.1.1", "Status: 5.2.2").replace(
    "550 5.1.1 <rosa@ejemplo.pe>: Recipient address rejected:\n    User unknown in virtual mailbox table",
    "552 5.2.2 Mailbox full",
)

DEMORADO = POSTFIX.replace("Action: failed", "Action: delayed").replace("Status: 5.1.1", "Status: 4.4.1")

ENTREGADO = POSTFIX.replace("Action: failed", "Action: delivered").replace("Status: 5.1.1", "Status: 2.0.0")

SIN_VERP = POSTFIX.replace("To: rebotes+{token}@pichari.ejemplo.pe", "To: postmaster@pichari.ejemplo.pe")

QMAIL = """\
Return-Path: <>
From: MAILER-DAEMON@correo.ejemplo.pe
To: rebotes+{token}@pichari.ejemplo.pe
Subject: failure notice

Hi. This is the qmail-send program at correo.ejemplo.pe.
I'm afraid I wasn't able to deliver your message to the following addresses.

<rosa@ejemplo.pe>:
192.0.2.9 does not like recipient.
Remote host said: 550 no mailbox by that name
"""

FUERA_DE_OFICINA = """\
From: Rosa <rosa@ejemplo.pe>
To: rebotes+{token}@pichari.ejemplo.pe
Subject: Estoy de viaje
Auto-Submitted: auto-replied
Content-Type: text/plain; charset=utf-8

Vuelvo el lunes.
"""
