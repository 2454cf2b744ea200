"""The reader's language and theme, and content in it."""

from collections.abc import Mapping
from datetime import date, datetime

from flask import Flask, g, request, session
from flask_babel import Babel, format_date, get_locale, gettext
from flask_login import current_user
from markupsafe import Markup

from academy import clock
from academy.text.markdown import render

LOCALES = ("zh", "en")
THEMES = ("auto", "light", "dark")

KNOWN = "_user_id"
"""What Flask-Login keeps in a session; where it is missing, nobody need be asked for."""


def pick_locale() -> str:
    """The address's choice, else the person's, else the visitor's, else the browser's, else Chinese."""
    asked = request.args.get("lang")
    if asked in LOCALES:
        return str(asked)
    if KNOWN in session and current_user.is_authenticated and current_user.locale in LOCALES:
        return str(current_user.locale)
    return guest_locale()


def guest_locale() -> str:
    """The visitor's choice, else the browser's, else Chinese: no account is asked."""
    if session.get("locale") in LOCALES:
        return str(session["locale"])
    return request.accept_languages.best_match(LOCALES) or "zh"


def pick_theme() -> str:
    """The person's choice, else the visitor's, else the phone's."""
    if KNOWN in session and current_user.is_authenticated:
        return current_user.theme if current_user.theme in THEMES else "auto"
    return guest_theme()


def guest_theme() -> str:
    """The visitor's choice, else the phone's: no account is asked."""
    return session["theme"] if session.get("theme") in THEMES else "auto"


def theme() -> str:
    """The theme of the page: auto, light or dark."""
    if "theme" not in g:
        g.theme = pick_theme()
    return str(g.theme)


def locale() -> str:
    """The language of the page: zh or en."""
    found = get_locale()
    return found.language if found else "zh"


def pick(text: Mapping[str, str] | str) -> str:
    """A content text in the reader's language, in Chinese where it has not been translated."""
    if isinstance(text, str):
        return text
    return text.get(locale()) or text["zh"]


def day(value: date | datetime) -> str:
    """A day as the reader writes it: 9 月 18 日, 18 Sep."""
    if isinstance(value, datetime):
        value = clock.day_of(value)
    if value.year == clock.today().year:
        return str(format_date(value, "M 月 d 日" if locale() == "zh" else "d MMM"))
    return str(format_date(value, "y 年 M 月 d 日" if locale() == "zh" else "d MMM y"))


def moment(value: datetime) -> str:
    """An instant on the brand's wall clock: 9 月 18 日 14:26."""
    return f"{day(value)} {clock.local(value):%H:%M}"


def month(value: str) -> str:
    """A month, kept as 2026-10, as the reader writes it: 2026 年 10 月, October 2026."""
    return str(format_date(date.fromisoformat(f"{value}-01"), "y 年 M 月" if locale() == "zh" else "MMMM y"))


def weekday(value: datetime) -> str:
    """The day of an instant within the coming week, in a word: today, tomorrow, Fri."""
    ahead = (clock.day_of(value) - clock.today()).days
    return (
        (gettext("today"), gettext("tomorrow"))[ahead] if ahead in (0, 1) else format_date(clock.day_of(value), "EEE")
    )


def soon(value: datetime) -> str:
    """An instant within the coming week: 周五 20:00."""
    return f"{weekday(value)} {clock.local(value):%H:%M}"


def markdown(text: Mapping[str, str] | str) -> Markup:
    """A content text as HTML."""
    return render(pick(text))


def init(app: Flask) -> None:
    """Register language, theme and the filters that speak them."""
    Babel(app, locale_selector=pick_locale, default_translation_directories="translations")
    app.add_template_filter(pick, "t")
    app.add_template_filter(day, "day")
    app.add_template_filter(moment, "moment")
    app.add_template_filter(month, "month")
    app.add_template_filter(weekday, "weekday")
    app.add_template_filter(soon, "soon")
    app.add_template_filter(markdown, "md")

    @app.context_processor
    def reader() -> dict[str, object]:
        return {"locale": locale(), "theme": theme()}
