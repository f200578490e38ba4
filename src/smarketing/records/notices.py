"""What people are told: notices in the app, and letters that were mailed; nothing twice."""

from __future__ import annotations

from django.db import connection, models

from smarketing.records.people import User


class Notice(models.Model):
    """Something that one user is told. `key` says what it is about: the same again is the same notice.

    `kind`: assigned, breach, mention, won, check, comment; `storm`: what is merged with it while it is unread; `number` so many were.
    `url` is a path of the site. `lead_id` where it is about one lead alone. `mail_at`: when it may be mailed (quiet hours), null: it is not;
    `mailed_at`: it was.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notices")
    key = models.CharField(max_length=200)
    kind = models.CharField(max_length=40)
    text = models.TextField()
    url = models.TextField()
    lead_id = models.TextField(blank=True)
    storm = models.CharField(max_length=200, blank=True)
    number = models.IntegerField(default=1)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    mail_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        """The latest first; each once for a user."""

        db_table = "notice"
        ordering = ("-created_at", "-id")
        constraints = (models.UniqueConstraint(fields=["user", "key"], name="notice_once"),)
        indexes = (
            models.Index(fields=["user", "-created_at"], name="notice_of_user"),
            models.Index(fields=["mail_at"], condition=models.Q(mailed_at=None, mail_at__isnull=False), name="notice_to_mail"),
            models.Index(fields=["user"], condition=models.Q(read_at=None), name="notice_unread"),
        )


class Merged(models.Model):
    """A key that went into another notice of the same storm, so that it is not told again, with what it said and where it led.

    The first one of a storm is in it too. Those of long ago say nothing.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="merged")
    key = models.CharField(max_length=200)
    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="merged")
    text = models.TextField(blank=True, default="")
    url = models.TextField(blank=True, default="")
    lead_id = models.TextField(blank=True, default="")

    class Meta:
        """Each once for a user."""

        db_table = "notice_merged"
        constraints = (models.UniqueConstraint(fields=["user", "key"], name="merged_once"),)


class Letter(models.Model):
    """A mail: `key` says which, and each is sent once. `sent_at` null: it is to be sent, after `attempts` that failed, not before `next_at`.

    `trouble`: what the mail server said last.
    """

    key = models.CharField(max_length=200, unique=True)
    to = models.TextField()
    subject = models.TextField()
    created_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    attempts = models.IntegerField(default=0)
    trouble = models.TextField(blank=True)
    message = models.BinaryField(null=True)

    class Meta:
        """The oldest first."""

        db_table = "letter"
        ordering = ("created_at", "id")
        indexes = (models.Index(fields=["next_at"], condition=models.Q(sent_at=None), name="letter_waits"),)


def alone_for(user: int) -> None:
    """Until the transaction ends nobody else tells this user anything: two who look whether it was told already would both say no."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('notice', %s))", [user])
