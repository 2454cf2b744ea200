"""One's own account: signing up, in and out, password, language, theme, name, a copy of what is kept, and the end."""

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, send_file, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup
from werkzeug.exceptions import HTTPException
from wtforms import PasswordField

from academy import clock
from academy.account import actions, erasure, export, forms
from academy.account.entering import address, enter, leave, still_free
from academy.account.rules import local_path
from academy.achievements.certificates.queries import own
from academy.achievements.forms import LegalName
from academy.achievements.points.rules import earns
from academy.catalog.queries import on_page
from academy.conduct.queries import own as violations
from academy.courses.actions import count_trial
from academy.db import db
from academy.journal.queries import done
from academy.people.actions import lock
from academy.people.models import Person
from academy.people.passwords import hash_password, matches
from academy.people.queries import application, by_contact, cohort_by_code, membership
from academy.people.rules import TRAINEE, email_address, masked, phone_number
from academy.people.throttle import forget, note
from academy.practice.pictures import discard, room
from academy.tiers.rules import ladder
from academy.web import flashes
from academy.web.access import even_removed, public, signed_in
from academy.web.reading import LOCALES, THEMES

bp = Blueprint("account", __name__)


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    """Sign in, and go on to where she was."""
    target = _local(request.args.get("next"))
    if current_user.is_authenticated:
        return redirect(target or url_for("home.today"), 303)
    form = forms.SignIn()
    if form.validate_on_submit():
        person = _who(form.contact.data or "", form.password.data or "")
        if person:
            enter(person)
            return redirect(target or url_for("home.today"), 303)
        forms.refuse(form.password, _("This password does not go with that phone number or e-mail"))
    return _page("sign_in", form, target=target, ended=_ended(), tiers=ladder(on_page()).tiers)


def _who(typed: str, password: str) -> Person | None:
    """The person with this password; a miss is counted, and takes as long whether or not there is an account."""
    contact = forms.contact_of(typed)
    still_free(("signin", contact), ("signin-host", address()))
    found = by_contact(db.session(), contact)
    right = matches(found.password_hash if found else None, password)
    with db.writing() as writing:
        if found and right:
            forget(writing, "signin", contact)
            if found.role == TRAINEE and "trial" in session:
                count_trial(writing, found.id, session["trial"])
        else:
            note(writing, "signin", contact)
            note(writing, "signin-host", address())
    return found if right else None


@bp.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """Sign out; language and theme of this phone stay."""
    leave()
    flash(_("You are signed out. See you soon!"), "ok")
    return redirect(url_for("account.sign_in"), 303)


@bp.route("/sign-up", methods=["GET", "POST"])
@public
def sign_up() -> ResponseReturnValue:
    """Make an account with an invitation; the lesson that she took before is counted."""
    if current_user.is_authenticated:
        return redirect(url_for("home.today"), 303)
    trial = session.get("trial") or {}
    token = request.args.get("application", "")
    applied = application(db.session(), token) if token else None
    hers = {"contact": applied.phone, "name": applied.name, "code": applied.cohort.code} if applied else {}
    form = forms.SignUp(**({"code": request.args.get("code") or trial.get("cohort", "")} | hers))
    if form.validate_on_submit():
        welcome = _new_account(form, trial, token)
        if welcome:
            enter(welcome.person)
            flash(_("Welcome, %(name)s! Your progress is saved.", name=welcome.person.name), "ok")
            if not welcome.seated:
                flash(_("Your class is full just now. You are on its waiting list and can learn already."), "info")
            flashes.gains(welcome.outcome.gains)
            return redirect(url_for("home.today"), 303)
    invited = cohort_by_code(db.session(), form.code.data) if form.code.data else None
    tiers = ladder(on_page()).tiers
    return _page("sign_up", form, invited=invited, application=token or None, learned="lesson" in trial, tiers=tiers)


def _new_account(form: forms.SignUp, trial: dict[str, Any], token: str) -> actions.Welcome | None:
    still_free(("signup-host", address()))
    typed = form.contact.data or ""
    phone = phone_number(typed)
    new = actions.Newcomer(
        name=form.name.data or "",
        phone=phone,
        email=None if phone else email_address(typed),
        password_hash=hash_password(form.password.data or ""),
        code=form.code.data or "",
        application=token,
        locale=session.get("locale"),
        theme=session.get("theme"),
    )
    try:
        with db.writing() as writing:
            return actions.sign_up(writing, new, trial)
    except actions.Uninvited:
        asked = _("No open class has this code. Please check it with your trainer")
        forms.refuse(form.code, asked if form.code.data else _("Ask your trainer for the code"))
    except actions.Taken:
        link = Markup('<a href="{}">{}</a>').format(url_for("account.sign_in"), _("Sign in instead"))
        forms.refuse(form.contact, Markup("<span>{} {}</span>").format(_("This one has an account already."), link))
    # Only guesses count: a whole class may sign up from one room.
    with db.writing() as writing:
        note(writing, "signup-host", address())
    return None


@bp.route("/reset-password", methods=["GET", "POST"])
@public
def reset() -> ResponseReturnValue:
    """Choose a new password with a one-time code from the trainer."""
    form = forms.Reset()
    if form.validate_on_submit():
        contact, code = forms.contact_of(form.contact.data or ""), form.code.data or ""
        still_free(("reset", contact), ("signin-host", address()))
        hashed = hash_password(form.new.data or "")
        with db.writing() as writing:
            good = actions.reset_password(writing, contact, code, hashed)
            if good:
                forget(writing, "reset", contact)
                forget(writing, "signin", contact)
            else:
                note(writing, "reset", contact)
                note(writing, "signin-host", address())
        if good:
            flash(_("Your new password is set. Please sign in with it."), "ok")
            return redirect(url_for("account.sign_in"), 303)
        forms.refuse(
            form.code,
            _("This code does not go with that account, or it has been used or is older than 24 hours"),
        )
    return _page("reset", form)


@bp.get("/me")
@signed_in
def me() -> ResponseReturnValue:
    """Her own page."""
    return _me(forms.Profile(formdata=None, obj=current_user))


def _me(form: forms.Profile) -> ResponseReturnValue:
    reading, catalog = db.session(), on_page()
    trainee = current_user.role == TRAINEE
    facts = done(reading, current_user.id, ("profile.completed", "certificate.earned", "certificate.issued"))
    rungs = ladder(catalog)
    return _page(
        "me",
        form,
        contact=masked(current_user.phone or current_user.email or ""),
        seat=membership(reading, current_user.id) if trainee else None,
        tier=rungs[current_user.standing.tier] if trainee and rungs.climbed_by(current_user.external) else None,
        complete=not trainee or bool(facts["profile.completed"]),
        earns=earns(catalog, "profile.completed")["feathers"],
        nameless=bool(facts["certificate.earned"] - facts["certificate.issued"]),
        violations=violations(reading, catalog, current_user) if trainee else [],
    )


@bp.post("/me/profile")
@signed_in
def profile() -> ResponseReturnValue:
    """Keep how she is called."""
    form, person_id = forms.Profile(), current_user.id
    if not form.validate_on_submit():
        return _me(form)
    with db.writing() as writing:
        outcome = actions.set_profile(writing, person_id, form.name.data or "", form.salutation.data or "")
    flash(_("Saved"), "ok")
    flashes.gains(outcome.gains)
    tiers = outcome.won("tier.reached")
    return redirect(url_for("honours.promotion", tier=tiers[-1]) if tiers else url_for("account.me"), 303)


@bp.post("/me/announcements")
def announcements() -> ResponseReturnValue:
    """Agree to having her honours announced in her class's group, or not any more."""
    person_id, agrees = current_user.id, "agrees" in request.form
    with db.writing() as writing:
        actions.agree_to_announcements(writing, person_id, agrees)
    flash(_("From now on your class hears of it.") if agrees else _("Nobody is told from now on."), "ok")
    return redirect(url_for("account.me", _anchor="announcements"), 303)


@bp.route("/me/legal-name", methods=["GET", "POST"])
def legal_name() -> ResponseReturnValue:
    """Keep the name that certificates print; once printed, it is corrected with the paper."""
    person_id, target = current_user.id, _local(request.args.get("next"))
    form = LegalName(obj=current_user)
    papers = own(db.session(), current_user.id)
    fixed = bool(papers)
    if form.validate_on_submit() and not fixed:
        try:
            with db.writing() as writing:
                issued = actions.set_legal_name(
                    writing, person_id, form.legal_name.data or "", form.salutation.data or ""
                )
        except actions.Fixed:
            fixed = True
        else:
            flash(_("Saved. Your certificate has been issued.") if issued else _("Saved"), "ok")
            return redirect(target or url_for("honours.index" if issued else "account.me"), 303)
    return _page("legal_name", form, target=target, fixed=fixed, papers=papers, refused=409 if fixed else 422)


@bp.route("/me/password", methods=["GET", "POST"])
@signed_in
def password() -> ResponseReturnValue:
    """Change the password; all other sessions end, this one goes on."""
    form, person_id = forms.Password(), current_user.id
    if form.validate_on_submit() and _confirmed(form.present):
        contact = current_user.phone or current_user.email
        hashed = hash_password(form.new.data or "")
        with db.writing() as writing:
            forget(writing, "signin", contact)
            person = actions.set_password(writing, person_id, hashed)
        enter(person)
        flash(_("Your password is changed. Other phones have been signed out."), "ok")
        return redirect(url_for("account.me"), 303)
    return _page("password", form)


@bp.post("/language")
@public
def language() -> ResponseReturnValue:
    """Read in another language from now on."""
    return _prefer("locale", LOCALES)


@bp.post("/theme")
@public
def theme() -> ResponseReturnValue:
    """Read in light or dark from now on."""
    return _prefer("theme", THEMES)


def _prefer(what: str, among: tuple[str, ...]) -> ResponseReturnValue:
    """Keep a reader's choice, on her row or in a guest's session, and go back to the page she was on."""
    chosen = request.form.get(what)
    if chosen in among:
        if current_user.is_authenticated:
            person_id = current_user.id
            with db.writing() as writing:
                lock(writing, person_id)
                setattr(writing.get_one(Person, person_id), what, chosen)
        else:
            session[what] = chosen
    referrer = request.referrer or ""
    back = _local(referrer.removeprefix(request.host_url.rstrip("/")))
    return redirect(back or url_for("home.today"), 303)


@bp.get("/terms")
@public
def terms() -> str:
    """What both sides agree on."""
    return render_template("account/terms.html", back=_local(request.args.get("next")))


@bp.get("/privacy")
@public
def privacy() -> str:
    """What is kept about her, why, and how it goes away."""
    return render_template("account/privacy.html", back=_local(request.args.get("next")))


def _page(view: str, form: Any, refused: int = 422, **shown: Any) -> ResponseReturnValue:
    """A page with a form: refused if the form was sent."""
    return render_template(f"account/{view}.html", form=form, **shown), refused if form.is_submitted() else 200


def _ended() -> bool:
    """Whether she had been signed in: the session has run out, or was ended by a changed password."""
    came_with = current_app.config["SESSION_COOKIE_NAME"] in request.cookies
    return "_user_id" in session or (came_with and not session)


def _local(target: str | None) -> str | None:
    """The path of a page of this site that can be opened; else None."""
    path = local_path(target)
    adapter = current_app.create_url_adapter(request)
    if path is None or adapter is None:
        return None
    try:
        adapter.match(path.partition("?")[0].partition("#")[0], "GET")
    except HTTPException:
        return None
    return path


@bp.route("/me/data", methods=["GET", "POST"])
@signed_in
@even_removed
def copy() -> ResponseReturnValue:
    """What is kept about her, as a ZIP, once she has typed her password."""
    form = forms.Confirmation()
    if form.validate_on_submit() and _confirmed(form.present):
        packed = export.archive(db.session(), room(), current_user, render_template("account/readme.txt"))
        name = f"academy-{clock.today()}.zip"
        answer = send_file(packed, "application/zip", as_attachment=True, download_name=name)
        answer.headers["Cache-Control"] = "private, no-store"
        return answer
    return _page("copy", form)


@bp.route("/me/erasure", methods=["GET", "POST"])
@signed_in
@even_removed
def erase() -> ResponseReturnValue:
    """Delete the account, once she has read what that means and typed her password."""
    form, person_id = forms.Erasure(), current_user.id
    if form.validate_on_submit() and _confirmed(form.present):
        chosen = {"locale": current_user.locale, "theme": current_user.theme}
        with db.writing() as writing:
            files = erasure.erase(writing, person_id)
        discard(db.session(), files)
        leave()
        session.update({what: choice for what, choice in chosen.items() if choice})
        return redirect(url_for("account.farewell"), 303)
    return _page("erasure", form, hindrance=erasure.hindrance(db.session(), current_user))


@bp.get("/farewell")
@public
def farewell() -> ResponseReturnValue:
    """The account has been deleted."""
    if current_user.is_authenticated:
        return redirect(url_for("home.today"))
    return render_template("account/farewell.html")


def _confirmed(field: PasswordField) -> bool:
    """Whether she typed her own password; a miss counts like one at sign-in and is told at the field.

    Raises `TooManyTries`.
    """
    contact = current_user.phone or current_user.email
    still_free(("signin", contact))
    if matches(current_user.password_hash, field.data or ""):
        return True
    with db.writing() as s:
        note(s, "signin", contact)
    forms.refuse(field, _("That is not your present password"))
    return False
