"""What a trainee has won: her honours, the celebration of a promotion, her certificates."""

from itertools import pairwise

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_babel import gettext as _
from flask_login import current_user

from academy import clock
from academy.achievements import papers, queries
from academy.achievements.certificates import queries as certificates
from academy.achievements.certificates import sharing
from academy.achievements.certificates.models import Certificate
from academy.achievements.certificates.queries import Held
from academy.achievements.certificates.rules import REPLACED, REVOKED, Design, Paper
from academy.achievements.forms import Wish
from academy.achievements.goals import comes_with
from academy.catalog.content import Catalog
from academy.catalog.queries import on_page
from academy.criteria import gaps
from academy.criteria.facts import said
from academy.criteria.language import BALANCES, leaves
from academy.db import db
from academy.journal.queries import Known
from academy.people.models import Person
from academy.text.codes import printed_code
from academy.tiers.benefits import BENEFITS
from academy.tiers.rules import ladder
from academy.web.access import public
from academy.web.bodies import Kept, draw, kept
from academy.web.links import absolute
from academy.web.paging import page_asked, turned
from academy.web.settings import Settings

bp = Blueprint("honours", __name__)

LAST_LINES = 10
PICTURE_WIDTH = 1600  # px: sharp on any phone, and the QR code in it reads


@bp.get("/honours")
def index() -> Response:
    """Everything that she has won, and what the last points were for."""
    me, visit = current_user, current_user.visit
    climbs = ladder(on_page()).climbed_by(me.external)
    printed = certificates.last(db.session(), me.id)
    copies = queries.copies_taken(db.session(), on_page())
    return Kept(_index(on_page(), me.id, me.name, me.standing.tier, climbs, visit.cohort, visit.known, printed, copies))


@kept
def _index(
    catalog: Catalog,
    trainee_id: int,
    name: str,
    standing: str,
    climbs: bool,
    cohort: str | None,
    _known: Known,
    _printed: int,
    copies: queries.Taken,
) -> str:
    session = db.session()
    won = queries.won(session, trainee_id)
    study, run = queries.days(session, trainee_id)
    rungs = {tier.key: tier for tier in ladder(catalog).tiers}
    issued = {one.fact.topic for one in won if one.certificate}
    earned = {one.fact.topic for one in won if one.fact.kind == "certificate.earned"}
    lost = queries.gone(won)
    badges = {
        one.fact.topic: one.fact
        for one in won
        if one.fact.kind == "badge.awarded" and (one.fact.kind, one.fact.topic) not in lost
    }
    return draw(
        "honours/index.html",
        catalog.one("brand"),
        name=name,
        tier=rungs[standing] if climbs else None,
        cohort=cohort,
        benefits=BENEFITS in catalog.documents,
        briefs=("briefs", "academy") in catalog.documents,
        medals=queries.wall(session, catalog, trainee_id, badges, run, copies),
        days=study,
        papers=[
            (held.paper, held.status, queries.wording(session, held.paper, held.paper.name))
            for held in certificates.own(session, trainee_id)
            if held.status != REPLACED
        ],
        waiting=[design for design in catalog.one("designs")["designs"] if design["key"] in earned - issued],
        prizes=queries.prizes(catalog, won),
        promotions=[
            (rungs[one.fact.topic], one.fact.day)
            for one in won
            if one.fact.kind == "tier.reached" and one.fact.topic in rungs
        ],
        lines=queries.ledger(session, catalog, trainee_id, LAST_LINES),
    )


@bp.get("/honours/badges/<key>")
def badge(key: str) -> str:
    """One badge: when and by what she won it, or what is still missing."""
    session, catalog = db.session(), on_page()
    medal, deed = queries.medal(session, catalog, current_user.id, key) or abort(404)
    return render_template(
        "honours/badge.html",
        medal=medal,
        deed=said(catalog, deed.fact, deed.nth) if deed.fact else None,
        given=deed.reason,
        missing=[gaps.row(catalog, part) for part in medal.reason.conditions() if not part.met] if medal.reason else [],
    )


@bp.get("/honours/ledger")
def ledger() -> str:
    """Every line of her ledger with both balances after it, thirty a page, of one currency if asked."""
    session, currency = db.session(), request.args.get("currency")
    account = queries.account(current_user.id, currency if currency in BALANCES else None)
    page, pages = turned(page_asked(), queries.number_of(session, account), queries.PAGE)
    return render_template(
        "honours/ledger.html",
        currency=currency,
        lines=queries.lines(session, on_page(), account, page),
        page=page,
        pages=pages,
    )


@bp.get("/honours/promotions/<tier>")
def promotion(tier: str) -> str:
    """The celebration of a tier that she has reached, with what came with it and how far each thing is."""
    session, catalog = db.session(), on_page()
    won = queries.won(session, current_user.id)
    reached = next((one.fact for one in won if (one.fact.kind, one.fact.topic) == ("tier.reached", tier)), None)
    rungs = ladder(catalog).tiers
    below, now = next(((low, high) for low, high in pairwise(rungs) if high.key == tier), (None, None))
    if reached is None or below is None:
        abort(404)
    together = comes_with(catalog, tier) & {(one.fact.kind, one.fact.topic) for one in won}
    papers = {one.fact.topic: one.certificate for one in won if one.certificate}
    seen = current_user.seen_at
    return render_template(
        "honours/promotion.html",
        below=below,
        now=now,
        reached=reached,
        fresh=seen is None or seen < reached.at,
        conditions=len(list(leaves(below.promotion))) if below.promotion else 0,
        papers=[
            (design, papers.get(design["key"]))
            for design in catalog.one("designs")["designs"]
            if ("certificate.earned", design["key"]) in together
        ],
        seat=queries.seat(session, current_user.id, tier),
        lessons=sum(len(list(course.lessons)) for course in catalog.courses if course.tier == tier),
        prizes=[prize for prize in queries.prizes(catalog, won) if ("reward.granted", prize.reward["key"]) in together],
        badges=[badge for key, badge in catalog.badges.items() if ("badge.awarded", key) in together],
    )


@bp.post("/honours/promotions/<tier>/acceptance")
def accept(tier: str) -> ResponseReturnValue:
    """She has seen it: home shows it no more. Said again later, it changes nothing."""
    trainee_id = current_user.id
    with db.writing() as session:
        reached = queries.promotion(session, trainee_id, tier)
        if reached is None:
            abort(404)
        trainee = session.get_one(Person, trainee_id)
        if trainee.seen_at is None or trainee.seen_at < reached.at:
            trainee.seen_at = clock.now()
    return redirect(url_for("home.today"), 303)


@bp.get("/honours/certificates/<serial>")
def certificate(serial: str) -> str:
    """One of her certificates: its picture, what it says, and where it is printed and checked."""
    held, session = _own(serial), db.session()
    paper = held.paper
    newest, *_older = papers.versions(session, paper)
    revoked = held.status == REVOKED and next(iter(papers.revocations(session, paper)), None)
    return render_template(
        "honours/certificate.html",
        paper=paper,
        status=held.status,
        newest=newest,
        revoked=revoked or None,
        wish=next(iter(papers.wishes(session, paper)), None),
        renewal=[gaps.row(on_page(), part) for part in queries.renewal(session, on_page(), held)],
        says=queries.wording(session, paper, paper.name),
        issued_on=format_date(paper.issued_on, "long"),
        ends_on=paper.expires_on and format_date(paper.expires_on, "long"),
        code=printed_code(paper.code),
        verify_url=_verify_url(paper),
        shared_url=absolute(url_for("honours.shared", token=sharing.token(_key(), paper))),
        shared_until=clock.now() + sharing.LIFE,
    )


@bp.get("/honours/certificates/<serial>.pdf")
def paper(serial: str) -> ResponseReturnValue:
    """One of her certificates as it is printed; what is not in force says so."""
    return _file(_own(serial))


@bp.get("/honours/certificates/<serial>.png")
def picture(serial: str) -> ResponseReturnValue:
    """One of her certificates as a picture, which a long press saves where no PDF opens."""
    from academy.achievements.certificates.plates.picture import picture as drawn

    mine = _own(serial)
    return drawn(*_printed(mine), PICTURE_WIDTH), 200, _named(mine.paper, "image/png", "png")


@bp.get("/c/<token>.pdf")
@public
def shared(token: str) -> ResponseReturnValue:
    """The paper that a signed link opens, for whoever holds the link."""
    body, status, headers = _file(sharing.opened(db.session(), _key(), token) or abort(404))
    return body, status, {**headers, "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}


@bp.post("/honours/certificates/<serial>/links/withdrawal")
def withdraw_links(serial: str) -> ResponseReturnValue:
    """Let no link that she has shared open this certificate any more."""
    mine = _own(serial).paper
    with db.writing() as session:
        papers.withdraw_links(session, mine.id)
    flash(_("The links that you had shared open nothing any more. You find a new one here."), "ok")
    return redirect(url_for("honours.certificate", serial=serial), 303)


@bp.route("/honours/certificates/<serial>/correction", methods=["GET", "POST"])
def correct(serial: str) -> ResponseReturnValue:
    """Ask for another name on this certificate."""
    mine = _own(serial).paper
    form = Wish(legal_name=mine.name, salutation=mine.salutation)
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        return render_template("honours/correction.html", form=form, paper=mine), status
    with db.writing() as session:
        papers.wish(session, mine.id, form.legal_name.data or "", form.salutation.data or "", form.said.data or "")
    flash(_("Sent. The brand prints your certificate anew, or tells you why not."), "ok")
    return redirect(url_for("honours.certificate", serial=serial), 303)


def _own(serial: str) -> Held:
    """Her certificate with this serial; what is somebody else's is not found."""
    found = certificates.own_one(db.session(), current_user, serial) if serial.isprintable() else None
    return found or abort(404)


def _printed(held: Held) -> tuple[Design, Paper]:
    """What is printed, and on what."""
    paper = held.paper
    return certificates.design(db.session(), paper), certificates.paper(paper, _verify_url(paper), held.status)


def _pdf(held: Held) -> bytes:
    # WeasyPrint takes a second to load, which no other request or command should wait for.
    from academy.achievements.certificates.plates.files import Printer

    design, row = _printed(held)
    pdf, settings = Printer(design).pdf(row), _settings()
    if settings.signing_key is None:
        return pdf
    from academy.achievements.certificates.signing import signed

    return signed(pdf, settings.signing_key, settings.signing_passphrase)


def _file(held: Held) -> tuple[bytes, int, dict[str, str]]:
    return _pdf(held), 200, _named(held.paper, "application/pdf", "pdf")


def _named(paper: Certificate, kind: str, suffix: str) -> dict[str, str]:
    # A serial is letters, digits and dashes, so it needs no quoting.
    return {"Content-Type": kind, "Content-Disposition": f'inline; filename="{paper.serial}.{suffix}"'}


def _key() -> str:
    return _settings().secret_key


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


def _verify_url(paper: Certificate) -> str:
    """The absolute address that the QR code holds."""
    return absolute(url_for("verify.show", serial=paper.serial, code=paper.code))
