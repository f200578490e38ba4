"""An address for every route of the matrix, and what a page's HTML must not hold."""

from __future__ import annotations

from html.parser import HTMLParser

ADDRESSES = {
    "home": "/",
    "plan": "/plan",
    "funnel": "/funnel",
    "campaigns": "/campaigns",
    "attribution": "/attribution",
    "reps": "/reps",
    "leads": "/leads",
    "lead": "/leads/lead-0175",
    "agreement": "/agreement",
    "routing": "/routing",
    "routing-simulation": "/routing/simulation",
    "behind": "/behind?of=leads",
    "chart": "/charts/funnel.json",
    "inbox": "/inbox",
    "inbox-list": "/inbox/list",
    "lead-act": "/acts",
    "act-doubts": "/acts/doubts?lead=lead-0175&of=reject",
    "act-undo": "/acts/none/undo",
    "check": "/check",
    "check-list": "/check/list",
    "delivered": "/delivered",
    "feed": "/feed",
    "lead-new": "/leads/new",
    "import-new": "/imports/new",
    "import": "/imports/none",
    "import-rejects": "/imports/none/rejects/0",
    "view-save": "/views",
    "view-remove": "/views/0/remove",
    "password": "/password",
    "login": "/login",
    "account_login": "/login",
    "account_logout": "/logout",
    "account_inactive": "/login/inactive",
    "mfa_authenticate": "/login/code",
    "openid_connect_login": "/login/with/company",
    "openid_connect_callback": "/login/with/company/back",
    "socialaccount_login_cancelled": "/login/cancelled",
    "invitation": "/invitation/none",
    "account": "/account",
    "first-day": "/first-day",
    "mfa_index": "/account",
    "sessions-end": "/account/sessions/end",
    "session-end": "/account/sessions/0/end",
    "account_reauthenticate": "/account/again",
    "mfa_reauthenticate": "/account/again/code",
    "mfa_activate_totp": "/account/second-factor",
    "mfa_deactivate_totp": "/account/second-factor/off",
    "mfa_view_recovery_codes": "/account/recovery-codes",
    "mfa_generate_recovery_codes": "/account/recovery-codes/new",
    "people": "/people",
    "invite": "/people/invite",
    "person": "/people/0",
    "person-change": "/people/0/change",
    "invitation-take-back": "/people/invitations/0/take-back",
    "keys": "/keys",
    "key-make": "/keys/make",
    "key-revoke": "/keys/0/revoke",
    "logout": "/logout",
    "health": "/health",
    "api:api-root": "/api/",
    "api:openapi-json": "/api/openapi.json",
    "api:openapi-view": "/api/docs",
    "health-work": "/health/work",
    "status": "/status",
    "notices": "/notices",
    "notice": "/notices/1",
    "notices-read": "/notices/read",
    "notices-mails": "/notices/mails",
    "notices-bell": "/notices/bell",
    "news": "/news",
    "tv": "/tv",
    "tv-board": "/tv/board",
    "mail-preview": "/mail/daily",
    "trail": "/audit",
    "api:status": "/api/status",
    "api:facts": "/api/facts",
    "api:state": "/api/state",
    "api:scoreboard": "/api/scoreboard",
    "api:funnel": "/api/funnel",
    "api:campaigns": "/api/campaigns",
    "api:attribution": "/api/attribution",
    "api:reps": "/api/reps",
    "api:plan": "/api/plan",
    "api:leads": "/api/leads",
    "api:lead": "/api/leads/lead-0175",
    "api:agreements": "/api/agreements",
    "api:agreement": "/api/agreements/current",
    "api:behind": "/api/behind?of=leads",
    "api:inbox": "/api/inbox",
    "api:receipt": "/api/leads/lead-0175/receipt",
    "api:handoffs": "/api/handoffs",
    "api:act": "/api/leads/lead-0175/acts",
    "api:undo": "/api/acts/none/undo",
}
PAGES = ["/", "/plan", "/funnel", "/campaigns", "/attribution", "/reps", "/leads", "/leads/lead-0175", "/agreement", "/routing", "/routing/simulation", "/behind?of=leads", "/notices", "/tv", "/mail/daily", "/imports/new", "/password", "/audit", "/people", "/keys", "/account", "/account/again", "/nowhere",
         "/funnel?period=nonsense", "/api/docs"]  # fmt: skip


class Inline(HTMLParser):
    """What a strict content policy would refuse, and what comes from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Called for each element."""
        told = dict(attrs)
        if tag == "style" or (tag == "script" and not told.get("src") and told.get("type") != "application/json"):
            self.found.append(tag)
        for name, value in attrs:
            text = (value or "").strip().lower()
            if name == "style" or name.startswith("on") or text.startswith("javascript:"):
                self.found.append(f"{tag} {name}")
            if name in {"src", "srcset", "action"} and ("//" in text or text.startswith("data:text")):
                self.found.append(f"{tag} {name} {text}")
            if name == "href" and tag == "link" and "//" in text:
                self.found.append(f"{tag} {text}")


def inline(html: str) -> list[str]:
    """Everything of that sort in a page."""
    reader = Inline()
    reader.feed(html)
    return reader.found
