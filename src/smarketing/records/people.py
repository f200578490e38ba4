"""The people who use a workspace, and the views of its pages that they keep."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models


class Role(models.TextChoices):
    """What somebody may do. Everybody sees the teams' numbers; operations alone looks after people, connections and erasure."""

    MARKETING = "marketing"
    SALES = "sales"
    LEADER = "leader"
    OPERATIONS = "operations"
    VIEWER = "viewer"


def as_login(email: str) -> str:
    """The address as it is kept: without blanks around it, in small letters."""
    return email.strip().lower()


class Users(BaseUserManager["User"]):
    """All users; the login is found whatever its capitals."""

    def get_by_natural_key(self, username: str | None) -> User:
        """The user of this e-mail address."""
        return self.get(email=as_login(username or ""))


class User(AbstractBaseUser):
    """Somebody who may log in. `email` is the login, and what facts name as `actor` where the same person acts.

    `mails`: what concerns them is mailed too.
    """

    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=200)
    role = models.CharField(max_length=20, choices=Role.choices)
    is_active = models.BooleanField(default=True)
    mails = models.BooleanField(default=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name", "role"]
    objects: ClassVar[Users] = Users()

    class Meta:
        """`user` is a word of SQL."""

        db_table = "user_account"

    def save(self, *args: Any, **options: Any) -> None:
        """Keep it; an address belongs to one user, whatever its capitals."""
        self.email = as_login(self.email)
        super().save(*args, **options)

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        """The name."""
        return self.name

    def get_short_name(self) -> str:
        """What colleagues call them: the first word of the name."""
        return self.name.split()[0] if self.name.strip() else self.email


class SavedView(models.Model):
    """One page as somebody likes to look at it: `page` is its path, `query` the filters and periods of its URL.

    `shared`: everybody finds it on that page, not only the user who keeps it.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=100)
    page = models.CharField(max_length=100)
    query = models.TextField(blank=True)
    shared = models.BooleanField(default=False)

    class Meta:
        """A user's views of a page have different names."""

        db_table = "saved_view"
        ordering = ("name",)
        constraints = (models.UniqueConstraint(fields=["user", "page", "name"], name="saved_view_once"),)

    def __str__(self) -> str:
        return self.name
