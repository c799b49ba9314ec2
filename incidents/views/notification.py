"""What to send to the authority: the page to copy from, its answers, its frozen versions."""

from collections.abc import Iterator
from itertools import groupby

from babel import Locale
from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy import select

from incidents import clockface, story
from incidents import notification as told
from incidents.accounts import controller, staff
from incidents.actions import notifications
from incidents.actions.reports import check_version
from incidents.audit import record
from incidents.db import db, now, writing
from incidents.forms.lacking import LackingForm
from incidents.forms.moment import today
from incidents.forms.notification import KINDS, FreezeForm, SentForm, answers_form
from incidents.forms.sides import differences
from incidents.intake import clean
from incidents.law import authorities, authority
from incidents.law.regimes import SEEN
from incidents.models import Incident, Notification
from incidents.notification import frozen, paper
from incidents.notification.words import Line
from incidents.pages import LANGUAGES, organisation
from incidents.refusal import Refused, Stale
from incidents.views import bp
from incidents.views.cases import Answer, find, whole_number
from incidents.views.stages import shown


def _in_file(incident: Incident) -> story.Section | None:
    """What the authority was told and answered, as a part of the printed file; None for nothing."""
    if not incident.notifications and not incident.authority_letters:
        return None
    context = {
        "versions": incident.notifications,
        "letters": incident.authority_letters,
        "phases": told.PHASES,
        "kinds": KINDS,
    }
    return story.Section(_("The supervisory authority"), "incidents/_authority_file.html", context)


story.sections.append(_in_file)


def _language() -> str:
    """The language in which the answers are shown: asked for, else the reader's."""
    wanted = request.args.get("language", "")
    return wanted if wanted in LANGUAGES else str(get_locale())


def sections(lines: list[Line]) -> Iterator[tuple[str, list[Line]]]:
    """The lines by section, in order."""
    for name, group in groupby(lines, key=lambda line: line.section):
        yield name, list(group)


@bp.route("/incidents/<ref>/notification")
@staff
def notification(ref: str) -> Answer:
    """Every question of the authority's form with its answer, to copy; and what is missing."""
    return page(find(ref))


def page(
    incident: Incident,
    withdrawing: FreezeForm | None = None,
    status: int = 200,
    lacking: LackingForm | None = None,
) -> Answer:
    """The page, with a form as it was refused, if one was."""
    at, language = now(), _language()
    phase = told.next_phase(incident)
    case = told.case_of(incident, phase, at)
    lines = told.draft(case, language)
    newest = frozen.last(incident.notifications)
    changes = (
        frozen.differences(frozen.told(newest.content, language), lines)
        if newest and newest.content
        else []
    )
    missing = [line for line in lines if line.missing]
    asked = lacking or LackingForm(None, version=incident.version)
    made = render_template(
        "incidents/notification.html",
        incident=incident,
        face=clockface.face(incident, at, "small"),
        case=case,
        phase=phase,
        phases=told.PHASES,
        form=told.form_of(incident, at),
        seen=SEEN,
        sections=list(sections(lines)),
        missing=missing,
        lacking=asked.only({line.key for line in missing if incident.stage != "closed"}),
        open_ones=sum(1 for line in lines if line.arises and line.answer is None),
        place=lambda key: told.place(incident, key),
        newest=newest,
        changes=changes,
        changed=newest is None or bool(changes),
        authority=authority(organisation().authority),
        today=today(),
        language=language,
        withdrawing=withdrawing or FreezeForm(None, phase="withdrawal"),
    )
    return made, status


@bp.route("/incidents/<ref>/notification/answers", methods=["GET", "POST"])
@staff
def notification_answers(ref: str) -> Answer:
    """What the authority asks and no fact answers."""
    template = "incidents/notification_answers.html"
    incident = find(ref)
    form = told.form_of(incident, now())
    groups = _groups(incident)
    earlier = _about_us(incident) if not incident.filing else {}
    typed = answers_form(form, earlier | (incident.filing or {}), incident.version)
    more = {"groups": groups, "earlier": bool(earlier), "language": str(get_locale())}
    if not typed.validate_on_submit():
        return shown(template, typed, incident, **more)
    try:
        check_version(incident, whole_number(typed.version.data))
        notifications.prepare(incident, typed.answers(form), current_user, now())
    except Stale:
        db.session.rollback()
        incident = find(ref)
        typed.version.data = incident.version
        stored = answers_form(form, incident.filing or {}, incident.version, formdata=None)
        return shown(template, typed, incident, sides=differences(typed, stored), **more)
    except Refused as no:
        db.session.rollback()
        typed.form_errors = [no.message]
        return shown(template, typed, find(ref), **more)
    db.session.commit()
    flash(_("Saved."), "ok")
    return redirect(url_for(".notification", ref=ref))


# What is the same for every breach of one organisation.
ABOUT_US = ("siren", "sector", "size", "representative", "contact", "dpo")


def _about_us(incident: Incident) -> dict[str, str]:
    """What was answered about us for the last incident: it is offered again."""
    query = (
        select(Incident)
        .where(Incident.filing_sealed.is_not(None), Incident.id != incident.id)
        .order_by(Incident.id.desc())
        .limit(1)
    )
    other = db.session.scalar(query)
    given = other.filing or {} if other else {}
    return {key: given[key] for key in ABOUT_US if given.get(key)}


def _groups(incident: Incident) -> list[tuple[str, list]]:
    language, form = str(get_locale()), told.form_of(incident, now())
    case = told.case_of(incident, told.next_phase(incident), now())
    asked = [one for one in form.fields if one.ours and told.arises(case, one.key)]
    return [
        (name, list(group))
        for name, group in groupby(asked, key=lambda one: one.section.texts[language])
    ]


@bp.route("/incidents/<ref>/notification/freeze", methods=["POST"])
@controller
def freeze(ref: str) -> Answer:
    """Make a version that never changes."""
    incident, form = find(ref), FreezeForm()
    phase = form.phase.data if form.phase.data in told.PHASES else abort(400)
    case = told.case_of(incident, phase, now(), clean(form.why.data) or None)
    try:
        form.validate_on_submit()
        version = notifications.freeze(case, current_user, whole_number(form.seen.data) or 0)
    except Refused as no:
        db.session.rollback()
        form.form_errors = [no.message]
        return page(find(ref), form, 409)
    db.session.commit()
    flash(_("Version %(n)s is frozen. It stays as it is now.", n=version.number), "ok")
    return redirect(url_for(".notification_version", ref=ref, number=version.number))


def version_of(ref: str, number: int) -> Notification:
    """A version of an incident, held as the incident is; or 404."""
    rows = find(ref).notifications
    return next((one for one in rows if one.number == number), None) or abort(404)


@bp.route("/incidents/<ref>/notification/<int:number>")
@staff
def notification_version(ref: str, number: int) -> Answer:
    """A frozen version: what it says, what changed, when it was sent."""
    version, language = version_of(ref, number), _language()
    incident = version.incident
    before = next((one for one in incident.notifications if one.number == number - 1), None)
    kept = version.content
    lines = frozen.told(kept, language) if kept else []
    return render_template(
        "incidents/notification_version.html",
        incident=incident,
        face=clockface.face(incident, now(), "small"),
        version=version,
        phases=told.PHASES,
        sections=list(sections(lines)),
        why=kept and kept["why"],
        before=before,
        changes=frozen.differences(frozen.told(before.content, language), lines)
        if before and before.content and kept
        else [],
        authority=authority(kept["authority"]) if kept else None,
        language=language,
    )


@bp.route("/incidents/<ref>/notification/<int:number>.<any(pdf, json):form>")
@staff
def notification_file(ref: str, number: int, form: str) -> Response:
    """A frozen version as a file. Who took it is kept in the file of changes."""
    writing()
    version, language = version_of(ref, number), _language()
    if version.content is None:
        abort(404)
    content = paper.as_json(version) if form == "json" else paper.as_pdf(version, language)
    record(
        "notification.exported",
        by=current_user,
        at=now(),
        incident=version.incident,
        number=number,
        format=form,
        sha256=version.sha256,
    )
    db.session.commit()
    name = f"{ref}-notification-{number}.{form}"
    return Response(
        content,
        mimetype="application/json" if form == "json" else "application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@bp.route("/incidents/<ref>/notification/<int:number>/sent", methods=["GET", "POST"])
@controller
def notification_sent(ref: str, number: int) -> Answer:
    """Say that a version was filed: when, and under which number."""
    version = version_of(ref, number)
    incident = version.incident
    case = told.case_of(incident, version.phase, now())
    late = (incident.filing or {}).get("late")
    form = SentForm(data={"late": late})
    more = {"version": version, "phases": told.PHASES, "late": case.is_late and not case.first}
    template = "incidents/notification_sent.html"
    if not form.validate_on_submit() or form.at.data is None:
        return shown(template, form, incident, **more)
    try:
        notifications.mark_sent(
            version, form.at.data, form.reference.data, current_user, now(), form.late.data
        )
    except Refused as no:
        db.session.rollback()
        form.form_errors = [no.message]
        return shown(template, form, find(ref), **more | {"version": version_of(ref, number)})
    db.session.commit()
    flash(_("Written down: version %(n)s was sent.", n=number), "ok")
    return redirect(url_for(".notification", ref=ref))


@bp.route("/authorities", endpoint="authorities")
@staff
def directory() -> str:
    """All supervisory authorities on file, and what of it was seen in a source."""
    reader = get_locale()
    rows = [
        (one, ", ".join(Locale(code).get_display_name(reader) or code for code in one.languages))
        for one in authorities()
    ]
    return render_template(
        "incidents/authorities.html",
        rows=rows,
        ours=authority(organisation().authority),
        language=str(reader),
    )
