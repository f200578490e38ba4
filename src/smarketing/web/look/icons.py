"""Small drawings of our own on a grid of 16, drawn in the ink of their surroundings; the shape of every state is one of them."""

from __future__ import annotations

from functools import cache

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

LINE = 'fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round"'

DRAWINGS: dict[str, str] = {
    # states: told apart by their outline alone
    "met": '<circle cx="8" cy="8" r="7" fill="currentColor"/><path d="m4.8 8.3 2.2 2.2 4.2-4.6" fill="none" stroke="var(--surface)" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round"/>',
    "on_pace": f'<circle cx="8" cy="8" r="6.2" {LINE}/><path d="M8 3.6a4.4 4.4 0 0 1 0 8.8z" fill="currentColor"/>',
    "behind": f'<path d="M8 2.2 14.4 13.4H1.6z" {LINE}/><path d="M8 6.4v3.2M8 11.4v.1" {LINE}/>',
    "missed": '<rect x="1" y="1" width="14" height="14" rx="3" fill="currentColor"/><path d="m5.2 5.2 5.6 5.6m0-5.6-5.6 5.6" fill="none" stroke="var(--surface)" stroke-width="1.7" stroke-linecap="round"/>',
    "trial": '<circle cx="8" cy="8" r="6.2" fill="none" stroke="currentColor" stroke-width="1.5" stroke-dasharray="2.6 2.3"/>',
    "open": f'<circle cx="8" cy="8" r="6.2" {LINE}/><path d="M8 4.6V8l2.3 1.6" {LINE}/>',
    "late": f'<circle cx="8" cy="8" r="6.2" {LINE}/><path d="m5 8.2 2 2 4-4.2" {LINE}/>',
    "void": f'<circle cx="8" cy="8" r="6.2" {LINE}/><path d="m3.8 12.2 8.4-8.4" {LINE}/>',
    "above": f'<path d="M8 13V3.5M3.8 7.4 8 3.2l4.2 4.2" {LINE}/>',
    "below": f'<path d="M8 3v9.5M3.8 8.6 8 12.8l4.2-4.2" {LINE}/>',
    "expected": f'<path d="M3 6h10M3 10h10" {LINE}/>',
    "few": '<g fill="currentColor"><circle cx="3.5" cy="8" r="1.3"/><circle cx="8" cy="8" r="1.3"/><circle cx="12.5" cy="8" r="1.3"/></g>',
    # pages
    "scoreboard": f'<path d="M2.5 13.5v-4M8 13.5v-11M13.5 13.5V6" {LINE}/>',
    "funnel": f'<path d="M1.8 3h12.4L9.8 8.6v4.9l-3.6-2V8.6z" {LINE}/>',
    "campaigns": f'<path d="M2.2 6.3v3.4h2.4l6.2 3.2V3.1L4.6 6.3zM13.2 6.4v3.2" {LINE}/>',
    "attribution": f'<circle cx="3.2" cy="4" r="1.6" {LINE}/><circle cx="3.2" cy="12" r="1.6" {LINE}/><circle cx="12.6" cy="8" r="2" {LINE}/><path d="m4.7 4.7 6 2.5m-6 4.1 6-2.5" {LINE}/>',
    "reps": f'<circle cx="6" cy="5.2" r="2.7" {LINE}/><path d="M1.6 13.6c.3-2.6 2-4.1 4.4-4.1s4.1 1.5 4.4 4.1M10.6 2.8a2.6 2.6 0 0 1 0 4.8M12.3 9.9c1.2.7 1.9 1.9 2.1 3.7" {LINE}/>',
    "leads": f'<path d="M2 4.2h12M2 8h12M2 11.8h7" {LINE}/>',
    "agreement": f'<path d="M3.5 1.8h6.3l2.9 2.9v9.5H3.5zM5.8 7.3h4.5M5.8 10h4.5" {LINE}/>',
    "imports": f'<path d="M8 2v7.6M4.8 6.7 8 9.9l3.2-3.2M2.2 11v2.8h11.6V11" {LINE}/>',
    "status": f'<path d="M1.5 8.4h3L6.6 3.6l3 9 1.9-4.2h3" {LINE}/>',
    "design": f'<circle cx="5.4" cy="8" r="3.4" {LINE}/><circle cx="10.6" cy="8" r="3.4" {LINE}/>',
    "inbox": f'<path d="M1.8 9.2 4 2.8h8l2.2 6.4v4H1.8zM1.8 9.2h3.6l1 1.8h3.2l1-1.8h3.6" {LINE}/>',
    "phone": f'<path d="M4.6 1.8 6.4 5.4 4.9 6.9c.8 1.9 2.3 3.4 4.2 4.2l1.5-1.5 3.6 1.8-.6 2.8c-6.2 0-11.8-5.6-11.8-11.8z" {LINE}/>',
    "mail": f'<path d="M1.8 3.4h12.4v9.2H1.8zM2 3.8l6 4.9 6-4.9" {LINE}/>',
    "comment": f'<path d="M2 2.8h12v8.4H7.2L4 14v-2.8H2z" {LINE}/>',
    # things to press and signs
    "menu": f'<path d="M2 4.5h12M2 8h12M2 11.5h12" {LINE}/>',
    "close": f'<path d="m3.8 3.8 8.4 8.4m0-8.4-8.4 8.4" {LINE}/>',
    "search": f'<circle cx="7" cy="7" r="4.6" {LINE}/><path d="m10.6 10.6 3.2 3.2" {LINE}/>',
    "right": f'<path d="m6 3.5 4.5 4.5L6 12.5" {LINE}/>',
    "left": f'<path d="M10 3.5 5.5 8l4.5 4.5" {LINE}/>',
    "down": f'<path d="M3.5 6 8 10.5 12.5 6" {LINE}/>',
    "up": f'<path d="M3.5 10 8 5.5l4.5 4.5" {LINE}/>',
    "sort": f'<path d="m5 6.2 3-3 3 3M5 9.8l3 3 3-3" {LINE}/>',
    "plus": f'<path d="M8 2.8v10.4M2.8 8h10.4" {LINE}/>',
    "more": '<g fill="currentColor"><circle cx="3.2" cy="8" r="1.35"/><circle cx="8" cy="8" r="1.35"/><circle cx="12.8" cy="8" r="1.35"/></g>',
    "export": f'<path d="M8 10V2.4M4.9 5.3 8 2.2l3.1 3.1M2.2 10.5v3.3h11.6v-3.3" {LINE}/>',
    "link": f'<path d="M6.6 9.4a2.8 2.8 0 0 0 4 0l2.3-2.3a2.8 2.8 0 0 0-4-4l-.8.8M9.4 6.6a2.8 2.8 0 0 0-4 0L3.1 8.9a2.8 2.8 0 0 0 4 4l.8-.8" {LINE}/>',
    "calendar": f'<path d="M2.2 3.5h11.6v10.3H2.2zM2.2 6.6h11.6M5.2 1.8v3M10.8 1.8v3" {LINE}/>',
    "filter": f'<path d="M2 4h12M4.5 8h7M6.8 12h2.4" {LINE}/>',
    "star": f'<path d="m8 1.9 1.9 3.9 4.2.6-3 3 .7 4.2L8 11.6l-3.8 2 .7-4.2-3-3 4.2-.6z" {LINE}/>',
    "bell": f'<path d="M3 12h10c-1-1-1.3-2.2-1.3-4.6C11.7 4.7 10.2 3.2 8 3.2S4.3 4.7 4.3 7.4C4.3 9.8 4 11 3 12zM6.7 14.2h2.6" {LINE}/>',
    "sun": f'<circle cx="8" cy="8" r="3" {LINE}/><path d="M8 1.3v1.2M8 13.5v1.2M1.3 8h1.2M13.5 8h1.2M3.3 3.3l.8.8M11.9 11.9l.8.8M12.7 3.3l-.8.8M4.1 11.9l-.8.8" {LINE}/>',
    "moon": f'<path d="M13.4 9.7A5.9 5.9 0 0 1 6.3 2.6 5.9 5.9 0 1 0 13.4 9.7z" {LINE}/>',
    "screen": f'<path d="M1.8 2.8h12.4v8.4H1.8zM5.6 13.7h4.8" {LINE}/>',
    "info": f'<circle cx="8" cy="8" r="6.2" {LINE}/><path d="M8 7.4v3.6M8 5v.1" {LINE}/>',
    "warning": f'<path d="M8 2.2 14.4 13.4H1.6z" {LINE}/><path d="M8 6.4v3.2M8 11.4v.1" {LINE}/>',
    "error": f'<path d="M5.3 1.8h5.4l3.5 3.5v5.4l-3.5 3.5H5.3l-3.5-3.5V5.3z" {LINE}/><path d="M8 4.9v3.9M8 11.1v.1" {LINE}/>',
    "check": f'<path d="m3 8.5 3.3 3.3L13 4.7" {LINE}/>',
    "handoff": f'<path d="M2 5.3h9.5M8.7 2.5l2.8 2.8-2.8 2.8M14 10.7H4.5M7.3 7.9l-2.8 2.8 2.8 2.8" {LINE}/>',
    "machine": f'<path d="M3 5.5h10v7H3zM8 5.5V2.8M6 8.5v1M10 8.5v1M1.2 8v2.5M14.8 8v2.5" {LINE}/>',
    "person": f'<circle cx="8" cy="5.2" r="2.9" {LINE}/><path d="M2.8 14c.4-2.9 2.3-4.5 5.2-4.5s4.8 1.6 5.2 4.5" {LINE}/>',
    "out": f'<path d="M6.5 2.3H2.5v11.4h4M10.3 4.9 13.5 8l-3.2 3.1M13.2 8H6" {LINE}/>',
    "key": f'<circle cx="5" cy="10.6" r="2.9" {LINE}/><path d="m7.1 8.5 5.7-5.7M10.4 5.2l2 2" {LINE}/>',
    "win": f'<path d="M4.2 2.2h7.6v4.2a3.8 3.8 0 0 1-7.6 0zM4.2 3.6H1.9c0 2.3.8 3.5 2.6 3.7M11.8 3.6h2.3c0 2.3-.8 3.5-2.6 3.7M8 10.2v2M5.2 13.8h5.6" {LINE}/>',
    "keyboard": f'<path d="M1.5 3.8h13v8.4h-13zM4 6.5h.1M6.7 6.5h.1M9.3 6.5h.1M12 6.5h.1M4.8 9.5h6.4" {LINE}/>',
}  # fmt: skip


@cache
def icon(name: str, label: str = "") -> SafeString:
    """The drawing `name`; hidden from screen readers unless `label` says what it means. An unknown name is an error of ours."""
    drawing = mark_safe(DRAWINGS[name])  # noqa: S308 - a constant of this module
    if label:
        return format_html('<svg class="icon" viewBox="0 0 16 16" role="img" aria-label="{}">{}</svg>', label, drawing)
    return format_html('<svg class="icon" viewBox="0 0 16 16" aria-hidden="true">{}</svg>', drawing)
