"""In which time zones a number may be, and whether it is one we may ring: from its digits alone, with nothing stored.

It reads the metadata of the package `phonenumbers`, lazily: a worker only. The smaller `phonenumberslite` has no time
zones; with it, as for any number whose area tells nothing, the answer is "not known" and quiet hours are the short ones.
"""

from __future__ import annotations

import re

_NORTH_AMERICAN = re.compile(r"\+1[2-9][0-9]{2}[2-9][0-9]{6}\Z")
_PREFIX = re.compile(r"\A[a-z]{2,16}:(?=\+)")
MOST_ZONES = 3  # more than these is a whole continent: toll-free, satellite, an area nobody knows

# The United States, its territories, and Canada: everything else that begins with +1 costs like a call abroad (T8).
REGIONS = frozenset({"US", "CA", "PR", "VI", "GU", "AS", "MP"})


def plain(address: str) -> str:
    """The number of an address, without the channel in front of it (whatsapp:, rcs:)."""
    return _PREFIX.sub("", address.strip())


def zones_of(address: str) -> tuple[str, ...]:
    """The IANA zones a North American number can be in; empty when nobody knows."""
    number = plain(address)
    if not _NORTH_AMERICAN.match(number):
        return ()
    try:
        import phonenumbers
        from phonenumbers.timezone import time_zones_for_number
    except ImportError:
        return ()
    found = tuple(time_zones_for_number(phonenumbers.parse(number)))
    return found if 0 < len(found) <= MOST_ZONES and "Etc/Unknown" not in found else ()


def may_ring(address: str) -> bool:
    """Whether calling this number costs what an ordinary call costs: no premium rates, no islands, nothing abroad."""
    number = plain(address)
    if not _NORTH_AMERICAN.match(number):
        return False
    import phonenumbers

    parsed = phonenumbers.parse(number)
    if phonenumbers.region_code_for_number(parsed) not in REGIONS:
        return False
    return phonenumbers.number_type(parsed) != phonenumbers.PhoneNumberType.PREMIUM_RATE


def may_text(address: str) -> bool:
    """Texts go to North America only; a rich sender is answered on its own channel wherever it is (T9)."""
    return plain(address) != address or bool(_NORTH_AMERICAN.match(address))
