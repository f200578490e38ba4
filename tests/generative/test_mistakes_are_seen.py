"""The control: a reference with one mistake in it must differ from the right one in some of the usual cases. A comparison that lets
such a mistake pass would let the product make it too."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

from tests.generative.cases import Case, make_case
from tests.generative.comparing import differences
from tests.generative.needed import CASES
from tests.reference import replay
from tests.reference.replay import Tables

MODULES = (
    "journal",
    "conditions",
    "business",
    "versions",
    "rates",
    "receipt",
    "stages",
    "handoffs",
    "clocks",
    "periods",
    "commitments",
    "ledger",
    "attribution",
    "credits",
    "replay",
)

MISTAKES = """
journal | fact.at <= as_of | fact.at < as_of
journal | (fact.recorded_at, fact.content) | (fact.content,)
journal | fact.properties.get("machine") is not True | True
journal | counts[one] = False | counts[one] = True
journal | not in {"email_delivered", "unsubscribed"} | not in {"email_delivered"}
journal | return self.at, self.fact_id | return self.at, self.kind
journal | min(group - anonymous or group) | min(group)
journal | last_word[frozenset({fact.lead_id, other})] = fact.kind | last_word.setdefault(frozenset({fact.lead_id, other}), fact.kind)
conditions | float(actual) == float(other) | actual == other
conditions | return actual.lower() == other.lower() | return actual == other
conditions | if is_number(one) or is_number(other): | if False:
conditions | return actual is None or not any | return actual is not None and not any
conditions | float(one) >= float(other) | float(one) > float(other)
conditions | if name not in fact.properties and name in COLUMNS | if name in COLUMNS
conditions | (actual is not None) == operand | actual is not None
receipt | len(later) >= rule["at_most"] | len(later) > rule["at_most"]
receipt | other.order > hit.order and other.at <= at | other.at > hit.at and other.at <= at
receipt | hit.at + elapsed(step["after"]) <= at | hit.at + elapsed(step["after"]) < at
receipt | ROUND_HALF_UP)) | "ROUND_HALF_EVEN"))
receipt | ROUND_HALF_UP)) | "ROUND_FLOOR"))
receipt | if time <= self.as_of | if time < self.as_of
receipt | Decimal(hundredths(rule["points"])) * share | Decimal(points) * share
receipt | hundredths(self.rule(name, fact)["points"]) > 0 | hundredths(self.rule(name, fact)["points"]) != 0
receipt | profile \\|= fact.properties | profile = dict(fact.properties)
receipt | sum(points.values()) > sum(best[1].values()) | sum(points.values()) >= sum(best[1].values())
receipt | profile_facts[-1] if profile_facts | profile_facts[0] if profile_facts
receipt | {self.facts[0].at} \\| changed | changed
receipt | self.fit_at(at) >= hundredths(low) | self.fit_at(at) > hundredths(low)
receipt | return reached[0] if reached | return reached[-1] if reached
stages | self.begin < at or (self.includes_begin | self.begin <= at or (self.includes_begin
stages | self.end is None or at <= self.end | self.end is None or at < self.end
stages | if disqualifications: | if disqualifications and not hand_backs:
stages | openers = [fact for fact in moment if begins_after_disqualification(fact)] if found else moment | openers = moment
stages | return fact.is_touch or in_pipeline | return fact.is_touch
stages | and fact.kind != "opportunity_lost" | and True
stages | all(word == "lost" for word in state.values()) | True
stages | fact.kind == "opportunity_lost" and fact.opportunity_id in state | fact.kind == "opportunity_lost"
stages | state.get(deal) != "won" | deal not in state
stages | if not cycle.includes(fact.at) or fact.at > moment[0].at: | if fact.at > moment[0].at:
stages | else names[: names.index(version["handoff"]["at"])] | else names[: names.index(version["handoff"]["at"]) + 1]
stages | if not self.cycle.after_hand_back: | if self.cycle.number == 1:
stages | latched and fact.at < at | latched and False
stages | self.holds(part, at, name, latched=True) for part | self.holds(part, at, name, latched=False) for part
stages | return any(self.came_from(before, time, name, order) for time in times) | return bool(times) and self.came_from(before, at, name, order)
stages | between = order[order.index(before) : order.index(name)] | between = [before]
stages | each in self.given or (each in self.own | (each in self.own
stages | self.has_earned_its_way(at) and self.state_holds | self.state_holds
stages | fact.at <= at and self.receipt.earns(fact) for fact in self.facts | fact.at <= at and self.receipt.earns(fact) for fact in self.receipt.facts
stages | if first else self.receipt.engagement_of(self.facts, at) | if first else self.receipt.engagement_at(at)
stages | "total": fit + engagement | "total": fit + self.receipt.engagement_at(at)
stages | score[axis] >= hundredths(low) | score[axis] > hundredths(low)
stages | min((self.own[each] for each in later if each in self.own), default=None) | self.own.get(name)
stages | each for each in later if self.own.get(each) == entered | each for each in reversed(later) if self.own.get(each) == entered
stages | return causes[0].fact_id if causes | return causes[-1].fact_id if causes
stages | left or self.cycle.end | left
stages | at for at in receipt.moments() if | at for at in sorted({f.at for f in receipt.facts}) if
business | and not absent | and True
business | if high - low >= budget: | if high - low > budget:
business | return max(end for _, end in pieces) | return max(other for _, other in spans)
business | end if end > start else end + 1440 | end if end > start else 1440
business | day in [read_date(one) for one in self.holidays.get("also") or []] | False
business | country is not None and day in of_country | False and day in of_country
business | fold=0 | fold=1
business | calendar.get("timezone") or zone | zone
business | (calendars.get(own[0]) if own else None) or | None or
handoffs | max(passed[0], entry) if passed | passed[0] if passed
handoffs | in {"passed", "accepted"} | in {"passed"}
handoffs | return by_then[-1].text("to") | return by_then[0].text("to")
handoffs | return later[0].text("to") | return later[-1].text("to")
handoffs | return earlier[-1].text("to") | return None
handoffs | in_cycle[-1].text("to") if in_cycle else self.rep | self.rep
handoffs | return self.handed_at if assigned else None | return assigned[-1].at if assigned else None
handoffs | fact.at >= self.handed_at] # after | fact.at > self.handed_at]
handoffs | fact.kind == "assigned" and fact.text("to") | fact.kind == "assigned"
handoffs | self.receipt.engagement_at(self.handed_at) | self.receipt.engagement_of(self.stages.facts, self.handed_at)
handoffs | hundredths(band) <= engagement | hundredths(band) < engagement
handoffs | fact.at <= self.handed_at and fact.is_touch and fact.campaign | fact.at <= self.handed_at and fact.campaign
handoffs | touches[-1].campaign | touches[0].campaign
handoffs | last_win[fact.opportunity_id] = fact | last_win.setdefault(fact.opportunity_id, fact)
handoffs | any(loss.order > win.order for loss in losses) | any(loss.order > win.order and self.cycle.includes(loss.at) for loss in losses)
handoffs | any(loss.order > win.order for loss in losses) | bool(losses)
handoffs | own == self.entered_at | own is not None
clocks | handoff.sourced != "marketing" | False
clocks | kept <= due | kept < due
clocks | end <= due | end < due
clocks | as_of > due | as_of >= due
clocks | (first_at(attempts), first_at(handoff.connects)) | (first_at(attempts),)
clocks | commitment["attempts"] - 1 :] | commitment["attempts"] :]
clocks | "rejected", "recycled", "disqualified") | "rejected", "recycled")
periods | self.start <= at < self.end | self.start < at < self.end
periods | self.start <= at < self.end | self.start <= at <= self.end
periods | self.end <= as_of | self.end < as_of
periods | day.weekday() * DAY | (day.weekday() + 1) % 7 * DAY
periods | ZoneInfo(zone)).astimezone | UTC).astimezone
periods | at.astimezone(ZoneInfo(zone)).date() | at.date()
periods | if calendar and whole: | if False:
commitments | row["sourced"] == "marketing"] | True]
commitments | fact.opportunity_id or ("of the lead", lead_id) | fact.opportunity_id
commitments | fact.opportunity_id or ("of the lead", lead_id) | (fact.opportunity_id, lead_id)
commitments | if last.kind == "opportunity_won": | if True:
commitments | period.has(at) | period.start <= at
commitments | first = max(min(times), | first = min(min(times),
commitments | period.start < trial_until | period.end <= trial_until
commitments | get("share", "100%") | get("share", "90%")
commitments | working_time(None, version, {}) | None
commitments | if commitment.get("grades") is not None: | if False:
commitments | row["due_at"] < seen.as_of | row["due_at"] <= seen.as_of
commitments | row["due_at"] < seen.as_of | (row["due_at"] < seen.as_of or row["kept_at"])
commitments | period.has(row["due_at"]) and | period.has(row["kept_at"] or row["due_at"]) and
commitments | row["state"] != "void" | True
commitments | any(row[time] is not None for time in DECISIONS) | True
commitments | if row["first_attempt_at"] is not None | if period.has(row["first_attempt_at"])
commitments | and (over or unit != "share") | and over
commitments | and (over or unit != "share") | and True
commitments | if actual >= target | if actual > target
commitments | if actual >= expected else | if actual > expected else
commitments | if passed >= TENTH: | if passed > TENTH:
commitments | if passed >= TENTH: | if passed > 0:
commitments | earlier[-3:] | earlier
commitments | earlier[-3:] | earlier[-2:]
commitments | number = to_come / (total / len(singles)) | number = len(singles)
commitments | poisson_quantile(to_come, 0.95) | poisson_quantile(to_come, 0.975)
commitments | to_come = max(0.0, forecast - now.actual) | to_come = abs(forecast - now.actual)
commitments | for one in earlier for amount in one.singles | for amount in now.singles
commitments | Z = 1.6449 | Z = 1.96
rates | fact.currency or str(self.versions.at(fact.at)["currency"]) | fact.currency or str(self.versions.last["currency"])
rates | if source == target: | if True:
versions | if start_of(one) <= as_of] | if True]
versions | if start_of(one) <= at] | if start_of(one) < at]
versions | version["timezone"] | "UTC"
receipt | self.versions.at(fact.at).get("engagement") | self.versions.last.get("engagement")
receipt | self.versions.at(fact.at).get("engagement") | self.versions.all[0].get("engagement")
receipt | other.order > hit.order and other.at <= at] | other.order > hit.order and other.at <= at and self.rule(name, other) == rule]
receipt | rule = self.rule(name, hit) | rule = next(one for one in reversed([self.rule(name, each) for each in self.hits[name] if each.at <= at]) if one)
receipt | self.winner(self.versions.at(at), self.profile_at(at)) | self.winner(self.versions.last, self.profile_at(at))
receipt | if fact.at < time] | if fact.at <= time]
receipt | if start > self.facts[0].at] | if start >= self.facts[0].at]
receipt | if points := sum(now.values()) - sum(before.values()): | if (points := sum(now.values()) - sum(before.values())) or True:
receipt | if time in self.begun_in_life(): | if False:
receipt | Change(time, "fit", "version", None, points) | Change(time, "fit", "version", cause.fact_id, points)
receipt | grades = self.versions.at(at).get("grades") or {} | grades = self.versions.last.get("grades") or {}
receipt | {self.facts[0].at} \\| changed \\| set(self.begun_in_life()) | {self.facts[0].at} \\| changed
stages | self.names = names_of(self.versions.last) | self.names = names_of(self.versions.all[0])
stages | self._given(self.versions.at(cycle.begin)) | self._given(self.versions.last)
stages | for stage in self.versions.at(self.cycle.begin)["stages"]: | for stage in self.versions.last["stages"]:
stages | for stage in self.versions.at(at)["stages"]: | for stage in self.versions.last["stages"]:
stages | for stage in self.versions.at(at)["stages"]: | for stage in self.versions.at(self.cycle.begin)["stages"]:
stages | condition.get("only_from"), names_of(self.versions.at(at)) | condition.get("only_from"), names_of(self.versions.last)
stages | (latched and fact.at < at)) | (latched and fact.at < at and self.versions.at(fact.at) is self.versions.at(at)))
stages | self.versions.at(entered), nearest | self.versions.last, nearest
stages | if name not in self.own and when | if when
handoffs | for version, start, end in self.versions.windows(): | for version, start, end in self.versions.windows()[-1:]:
handoffs | for version, start, end in self.versions.windows(): | for version, start, end in self.versions.windows()[:1]:
handoffs | entry = max(entry, start) if start else entry | pass
handoffs | (end is not None and at >= end) | (end is not None and at > end)
handoffs | (self.cycle.end is not None and at > self.cycle.end) | False
handoffs | (self.cycle.end is not None and at > self.cycle.end) | (self.cycle.end is not None and at >= self.cycle.end)
handoffs | found.append((at, version)) | found.append((at, self.versions.last))
handoffs | listed = self.versions.at(fact.at)["handoff"].get("attempts") | listed = self.agreement["handoff"].get("attempts")
handoffs | listed = self.versions.at(fact.at)["handoff"].get("connects") | listed = self.agreement["handoff"].get("connects")
handoffs | names_of(self.agreement)) | self.stages.names)
handoffs | working_time(self.rep, self.agreement, self.tables) | working_time(self.rep, self.versions.last, self.tables)
handoffs | self.versions.last["handoff"]["at"]) + 1 :] | self.agreement["handoff"]["at"]) + 1 :]
clocks | handoff.agreement.get("commitments") | handoff.versions.last.get("commitments")
clocks | working_time(handoff.rep, handoff.agreement, handoff.tables) | working_time(handoff.rep, handoff.versions.last, handoff.tables)
commitments | versions.at(min(as_of, period.end)) is version | version is versions.last
commitments | versions.at(min(as_of, period.end)) is version | versions.at(period.start) is version
commitments | versions.at(min(as_of, period.end)) is version | versions.at(min(as_of, period.end - (period.end - period.start) / 10**12)) is version
commitments | start_of(versions.all[0]) or | start_of(versions.last) or
commitments | zone, in_force = version["timezone"], version.get("in_force") or {} | zone, in_force = "UTC", version.get("in_force") or {}
commitments | found[row["name"], row["period_start"]] = row | found.setdefault((row["name"], row["period_start"]), row)
rates | read_date(row["day"]) <= self.day_of(at) | read_date(row["day"]) < self.day_of(at)
rates | return at.astimezone(self.zone).date() | return at.date()
rates | Fraction(str(max(begun | Fraction(str(min(begun
rates | (row["from_currency"], row["to_currency"]) == (source, target) | {row["from_currency"], row["to_currency"]} == {source, target}
rates | return NOTHING if rate is None else | return amount if rate is None else
rates | int(abs(amount) * 100 + Fraction(1, 2)) | int(abs(amount) * 100)
rates | int(abs(amount) * 100 + Fraction(1, 2)) | round(abs(amount) * 100)
rates | ZoneInfo(versions.last["timezone"]) | ZoneInfo(versions.all[0]["timezone"])
rates | self.versions.last["currency"] | self.versions.all[0]["currency"]
handoffs | Exchange(self.versions, self.tables).amount_of(win) | Exchange(self.versions, {}).amount_of(win)
commitments | exchange.amount_of(last, currency) | exchange.amount_of(last)
ledger | handoff.sourced != "marketing" or handoff.worth is None | handoff.worth is None
ledger | handoff.agreement["currency"], exchange.currency, | exchange.currency, exchange.currency,
ledger | exchange.currency, handoff.handed_at) | exchange.currency, handoff.cycle.end or handoff.handed_at)
ledger | handoff.first("rejected") is not None or handoff.first("accepted") is None | handoff.first("accepted") is None
ledger | handoff.first("rejected") is not None or handoff.first("accepted") is None | handoff.first("rejected") is not None
ledger | if fact.order > win.order] | if fact.at > win.at]
ledger | if fact.order > win.order] | if fact.at >= win.at]
ledger | min(losses, key | max(losses, key
ledger | sums.get(key, Decimal("0.00")) + amount | amount
ledger | facts = lives[lead] if win.opportunity_id is None else everywhere | facts = everywhere
ledger | facts = lives[lead] if win.opportunity_id is None else everywhere | facts = lives[lead]
ledger | yield (undone.at, "sales", lead, number, | yield (undone.at, "sales", lead, max(one.number for one in cycles[lead] if one.begin <= undone.at),
ledger | "undone", win.opportunity_id | "undone", None
attribution | [begin, end] if begin + end else [ONE, ONE] | [begin, end] if begin and end else [ONE, ONE]
attribution | *[between / inside] * inside | *[between] * inside
attribution | (times[-1] - at) // | (at - times[0]) //
attribution | -(age / | -(age * 2 /
attribution | dict.fromkeys(campaigns, Fraction(0)) | dict.fromkeys([one for one, given in zip(campaigns, weights) if given], Fraction(0))
attribution | for path in paths: | for path in set(paths):
attribution | "sale" if path.sold else "none" | "sale"
attribution | effect / total if total else Fraction(1, len(own)) | Fraction(1, len(own))
attribution | set(path.campaigns) <= campaigns] | set(path.campaigns) & campaigns]
attribution | sum(path.sold for path in inside) | len(inside)
attribution | factorial(size) * factorial(len(players) - size - 1), factorial(len(players)) | 1, 2 ** (len(players) - 1)
attribution | found[player] = total / whole | found[player] = max(total, Fraction(0)) / whole
credits | settings = exchange.versions.last.get("attribution") | settings = exchange.versions.all[0].get("attribution")
credits | fact.opportunity_id or ("of the lead", lead) | fact.opportunity_id
credits | with_accounts({lead for lead, _ in found} | with_accounts({lead for lead, fact in found if fact is last}
credits | OF_A_DEAL = {"opportunity_opened", "opportunity_moved", | OF_A_DEAL = {
credits | max(ends, key=lambda fact: fact.order, | max(ends, key=lambda fact: (fact.at, fact.kind),
credits | settings.get("scope") != "account" | True
credits | settings.get("scope") != "account" | False
credits | for lead in leads} - {None} | for lead in leads}
credits | account_of(life) in accounts | (account_of(life) or "-").lower() in {one.lower() for one in accounts}
credits | account = json_text(fact.properties["account"]) | account = json_text(fact.properties["account"]) or account
credits | if fact.is_touch and fact.campaign] | if fact.campaign]
credits | if touch.at < win.at] | if touch.at <= win.at]
credits | touch.at >= win.at - elapsed(lookback) | touch.at > win.at - elapsed(lookback)
credits | one.at >= as_of - elapsed(lookback)] | one.at > as_of - elapsed(lookback)]
credits | one.at >= as_of - elapsed(lookback)] | True]
credits | if lead in sold: | if False:
credits | for deal in deals for lead in deal.leads} | for deal in deals if deal.touches for lead in deal.leads}
credits | for deal in deals for lead in deal.leads} | for deal in deals for lead in lives if any(fact in deal.touches for fact in lives[lead])}
credits | + unsold(deals, lives, settings, as_of) | + []
credits | Path(deal.campaigns, sold=True) for deal in deals if deal.touches | Path(campaigns, sold=True) for campaigns in sorted({deal.campaigns for deal in deals if deal.touches})
credits | or "7d") | or "30d")
credits | ("40%", "20%", "40%") | ("30%", "40%", "30%")
credits | exchange.amount_of(deal.win) | deal.win.amount or Decimal("0.00")
credits | if not shares: | if False:
credits | named[0] if named else channels.get(campaign) | channels.get(campaign) or (named[0] if named else None)
credits | named[0] if named else | named[-1] if named else
credits | [touch.channel for touch in touches if touch.channel] | [touch.channel for touch in touches[:1] if touch.channel]
credits | "touches": len(touches) | "touches": len({touch.at for touch in touches})
credits | (-lost[campaign], campaign) | (lost[campaign], campaign)
credits | (-lost[campaign], campaign) | (-lost[campaign], campaign.lower())
credits | (-lost[campaign], campaign) | (-lost[campaign], list(shares).index(campaign))
"""


def mistakes() -> list[tuple[str, str, str]]:
    """Module, what stands there, what stands there instead."""
    lines = [line.replace("\\|", "\0").split(" | ") for line in MISTAKES.strip().splitlines()]
    return [(module, *(text.split(" # ")[0].replace("\0", "|") for text in (old, new))) for module, old, new in lines]


@pytest.mark.slow
@pytest.mark.parametrize(("module", "old", "new"), mistakes(), ids=lambda text: text[:60])
def test_a_mistake_is_seen(module: str, old: str, new: str) -> None:
    with mistaken(module, old, new) as mistaken_replay:
        for seed in range(CASES):
            if differs(usual_case(seed), mistaken_replay):
                return
    pytest.fail(f"{CASES} cases do not tell {new!r} from {old!r}")


@cache
def usual_case(seed: int) -> Case:
    """One of the usual cases."""
    return make_case(seed)


def differs(case: Case, mistaken_replay: Callable[..., Tables]) -> bool:
    """Does the mistake show in this case? An exception shows too."""
    try:
        return differences(case.expected, mistaken_replay(case.facts, case.agreements, case.as_of, case.tables)) != []
    except Exception:  # noqa: BLE001  (whatever it is, it shows)
        return True


@contextmanager
def mistaken(module: str, old: str, new: str) -> Iterator[Callable[..., Tables]]:
    """The reference with one text replaced, under another name."""
    package = "mistaken_reference"
    folder = Path(replay.__file__).parent
    assert (folder / f"{module}.py").read_text().count(old) >= 1, f"{module}.py has no {old!r} any more"
    try:
        sys.modules[package] = ModuleType(package)
        for name in MODULES:
            source = (folder / f"{name}.py").read_text().replace("tests.reference.", f"{package}.")
            made = sys.modules[f"{package}.{name}"] = ModuleType(f"{package}.{name}")
            exec(compile(source.replace(old, new) if name == module else source, name, "exec"), made.__dict__)
        yield sys.modules[f"{package}.replay"].reference_replay
    finally:
        for name in [package, *(f"{package}.{name}" for name in MODULES)]:
            sys.modules.pop(name, None)
