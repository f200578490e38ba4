"""The names under which facts tell something about a person: their values are laid apart, can be forgotten, and are offered for no report."""

from __future__ import annotations

import re
from functools import lru_cache

PERSONAL = frozenset(
    "email mail emailaddress mailaddress phone phonenumber telephone tel mobile mobilephone cell fax name firstname lastname "
    "middlename fullname surname givenname familyname nickname displayname username contact contactname salutation address "
    "postaladdress homeaddress street streetaddress birthday birthdate dateofbirth age gender avatar photo linkedin twitter xing "
    "facebook skype text message comment comments note notes body description subject transcript answer answers ip ipaddress "
    "useragent deviceid cookie cookieid latitude longitude".split()
)
"""The properties that hold personal values, in any spelling: `First Name`, `first_name` and `firstName` are `firstname`."""
BETWEEN_WORDS = re.compile(r"[\s._-]+")


@lru_cache(maxsize=65_536)
def is_personal(name: str) -> bool:
    """Whether a property of this name holds a personal value."""
    return BETWEEN_WORDS.sub("", name).lower() in PERSONAL
