"""A small valid agreement, and the same with something changed."""

SMALL = """\
name: Small
currency: EUR
timezone: Europe/Berlin
in_force: {from: 2026-01-01}
calendars:
  default: {hours: {mon-fri: ["09:00-12:30", "13:30-18:00"]}}
vocabulary:
  - {term: Marketing qualified lead, short: MQL, stage: mql, means: Ready for a call.}
personas:
  - name: olga
    when: {role: coo}
    fit:
      - {when: {employees: {between: [50, 500]}}, points: 20}
      - {when: {industry: logistics}, points: 15}
engagement:
  - {name: download, fact: content_downloaded, points: 20, at_most: 3, fades: [{after: 30d, to: 50%}, {after: 90d, to: 0%}]}
  - {name: pricing, fact: page_viewed, where: {url: {contains: /pricing}}, points: 5, at_most: 5}
grades: {A: 30, B: 20}
stages:
  - {name: visitor, owner: marketing}
  - {name: subscriber, owner: marketing, when: {fact: subscribed}}
  - {name: mql, owner: marketing, when: {any: [{score: {fit: 25, engagement: 40}}, {fact: form_submitted, where: {form: demo}}]}}
  - {name: sal, owner: sales, when: {fact: accepted}}
  - {name: sql, owner: sales, when: {fact: meeting_held}}
handoff:
  at: mql
  return_to: subscriber
  attempts: [call_made, email_sent]
  connects: [meeting_held, {fact: call_made, where: {outcome: connected}}]
commitments:
  - {name: qualified leads, by: marketing, deliver: mql, grades: [A, B], at_least: 120, per: month}
  - {name: first response, by: sales, respond_within: 4 business hours, share: 90%, per: month}
  - {name: persistence, by: sales, attempts: 5, within: 14d, share: 80%, per: month}
"""


def changed(old: str, new: str, text: str = SMALL) -> str:
    """The document with one text replaced; a text that is not there is a mistake of the test."""
    assert old in text, old
    return text.replace(old, new, 1)


def line_of(part: str, text: str) -> int:
    """The line on which a text first stands."""
    return text[: text.index(part)].count("\n") + 1
