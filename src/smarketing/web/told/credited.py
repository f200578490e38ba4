"""Attribution for its page: the columns of its two tables, and its answer in a sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from smarketing.web.tables.columns import Column, Kind
from smarketing.web.templatetags.said import money
from smarketing.web.told.links import link
from smarketing.web.told.names import name_of

Row = Mapping[str, Any]
MODELS = {
    "first": "First touch",
    "last": "Last touch",
    "linear": "Linear",
    "position": "Position",
    "time_decay": "Time decay",
    "markov": "Markov",
    "shapley": "Shapley",
}
"""The models as their columns are called."""
BY = (("campaign", "Campaign"), ("channel", "Channel"))
"""What the page is cut by."""
UNSIGNED = "linear"
"""The model that the report is ordered by where the agreement has none."""
ENDS = {"low": "Least", "high": "Most"}


def given(by: str, signed: str | None, currency: str) -> Iterator[Column]:
    """Who, how many wins they touched, and the money that each model gives them."""
    yield _who(by)
    yield Column("wins", "Wins", Kind.number)
    for model, title in MODELS.items():
        shown = f"{title}, signed" if model == signed else title
        yield Column(
            model, shown, Kind.money, value=_of("models", model, "amount"), path=f"models.{model}.amount", currency=currency
        )


def returned(by: str, signed: str | None, currency: str, *, costs: bool) -> Iterator[Column]:
    """Who, the least and the most of all models; where anything was spent, what, and what came of each unit of it."""
    yield _who(by)
    for end, title in ENDS.items():
        yield Column(end, title, Kind.money, value=_of("spread", end), path=f"spread.{end}", currency=currency)
    if not costs:
        return
    yield Column("spend", "Spend", Kind.money)
    ends = {"signed": "Return, signed"} if signed else {}
    for end, title in {**ends, "low": "Least return", "high": "Most return"}.items():
        yield Column(f"return_{end}", title, Kind.ratio, value=_of("return_on_spend", end), path="none")


def _who(by: str) -> Column:
    return Column("by", dict(BY)[by], value=lambda row: name_of(row["by"], by).text)


def _of(*path: str) -> Callable[[Row], Any]:
    """The figure at a path of a row; None where it ends before."""

    def found(row: Row) -> Any:
        held: Any = row
        for word in path:
            held = None if held is None else held[word]
        return held

    return found


def of_attribution(rows: Sequence[Row], by: str, signed: str | None) -> SafeString | str:
    """Who brought the most, by the signed model and by all of them, and over whom the models part most."""
    named = [row for row in rows if row["by"] is not None and row["wins"]]
    if not named:
        return f"No win of this period had a touch with a {by}."
    model = signed or UNSIGNED
    best = max(named, key=lambda row: row["models"][model]["amount"])
    text = format_html(
        "{} brought the most: {} by the {} model{}, from {} to {} by all seven.",
        name_of(best["by"], by).quoted, _amount(best, model), MODELS[model].lower(), " that was signed" if signed else "", *_ends(best),
    )  # fmt: skip
    widest = max(named, key=lambda row: row["spread"]["high"] - row["spread"]["low"])
    if widest is best:
        return format_html("{} Over none do the models part more.", text)
    return format_html("{} They part most over {}: {} to {}.", text, name_of(widest["by"], by).quoted, *_ends(widest))


def _amount(row: Row, model: str) -> SafeString:
    return link(row["links"].get(f"models.{model}.amount", ""), money(row["models"][model]))


def _ends(row: Row) -> list[SafeString]:
    currency = row["models"][UNSIGNED]["currency"]
    return [
        link(row["links"].get(f"spread.{end}", ""), money({"amount": row["spread"][end], "currency": currency})) for end in ENDS
    ]
