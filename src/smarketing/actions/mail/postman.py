"""The postman: a thread of the worker that writes letters when they are due and sends what waits."""

from __future__ import annotations

import logging
import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from smarketing.actions.mail_address import mail_server, usual_sender
from smarketing.vocabulary.errors import OutsideError, SmarketingError

if TYPE_CHECKING:
    from smarketing.actions.mail_address import MailServer
    from smarketing.actions.workspace import Workspace

LOOK_SECONDS = 1.0
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 600.0
"""Seconds before a server that does not answer is tried again, doubled each time."""
SECONDS_BETWEEN_TIDYINGS = 3600.0
logger = logging.getLogger(__name__)


class Postman:
    """The letters of one workspace; of several that work at once each takes what no other one has."""

    def __init__(self, workspace: Workspace, stopped: threading.Event) -> None:
        self.workspace, self.stopped = workspace, stopped
        url = workspace.settings.mail_url
        self.server: MailServer | None = mail_server(url) if url else None
        self.sender = workspace.settings.mail_from or (usual_sender(self.server, workspace.settings.url) if self.server else "")
        self.pause, self.not_before, self.tidied, self.said = 0.0, 0.0, 0.0, ""

    def look(self) -> None:
        """Write what is due, and send what waits. Without a mail server letters wait; those of others (an invitation) may be there."""
        from smarketing.actions.mail.daily import mail_daily
        from smarketing.actions.mail.notified import mail_notices
        from smarketing.actions.mail.sending import send_waiting

        self._tidy()
        if self.server is None:
            return
        now = self.workspace.now()
        mail_notices(self.workspace, now)
        mail_daily(self.workspace, now)
        if time.monotonic() < self.not_before:
            return
        try:
            send_waiting(self.server, self.sender, stop=self.stopped.is_set)
            self.pause = 0.0
        except OutsideError:
            self.pause = min(LONGEST_PAUSE, max(FIRST_PAUSE, 2 * self.pause))
            self.not_before = time.monotonic() + self.pause
            raise

    def _tidy(self) -> None:
        """Forget what is old, now and then."""
        from smarketing.actions.mail.post import forget_sent
        from smarketing.actions.notices import forget_old

        if self.tidied and time.monotonic() - self.tidied < SECONDS_BETWEEN_TIDYINGS:
            return
        self.tidied = time.monotonic()
        forget_old(self.workspace.now())
        forget_sent(datetime.now(UTC))

    def keep(self) -> None:
        """Look again and again until `stopped`; what goes wrong is said once for each reason."""
        from django.db import Error, connection

        while not self.stopped.wait(LOOK_SECONDS):
            try:
                self.look()
                self.said = ""
            except (SmarketingError, Error, OSError) as problem:
                self._say(str(problem))
                connection.close()
            except Exception as problem:  # noqa: BLE001 -- a mistake in one letter is no reason to end the worker
                self._say(repr(problem), trace=True)
                connection.close()
        connection.close()

    def _say(self, problem: str, *, trace: bool = False) -> None:
        if problem != self.said:
            logger.warning("Letters wait: %s", problem, exc_info=trace)
        self.said = problem
