"""A question for a moment: a day and a time as read on a clock of the organisation."""

from datetime import date, datetime, time
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup
from wtforms import Field, ValidationError
from wtforms.fields.choices import Choice
from wtforms.widgets import Select, html_params

from incidents import pages
from incidents.db import now
from incidents.law.moments import Ambiguous, BadMoment, local_moment

EARLIEST, LATEST = date(1990, 1, 1), date(2199, 12, 31)


class MomentWidget:
    """Two native controls, day and time; a third asks which hour is meant when it came twice."""

    input_type = "date"

    def __call__(self, field: "MomentField", **given: Any) -> Markup:
        about = {name: value for name, value in given.items() if name.startswith("aria-")}
        label = field.label.text
        controls = [
            _tag("input", id=field.id, name=field.name, type="date", value=field.day, **given),
            _tag(
                "input",
                id=f"{field.id}-time",
                name=field.name,
                type="time",
                value=field.time,
                **about | {"aria-label": _("%(question)s: time", question=label)},
            ),
        ]
        if field.choices:
            words = _("%(question)s: which of both", question=label)
            options = [("", _("Choose which"))]
            options += [(str(at), pages.moment(one)) for at, one in enumerate(field.choices)]
            rows = [
                Select.render_option(Choice(key, text, key == field.which, {}))
                for key, text in options
            ]
            names = {"id": f"{field.id}-which", "name": field.name, "aria-label": words}
            controls += [_tag("select", **about | names), *rows, Markup("</select>")]
        return Markup('<div class="moment">%s</div>') % Markup("").join(controls)


def _tag(tag: str, /, **attributes: Any) -> Markup:
    return Markup(f"<{tag} {html_params(**attributes)}>")  # noqa: S704 - html_params escapes


class MomentField(Field):
    """An aware UTC datetime, or None. Posted as `name` twice or thrice: day, time, which.

    `day_alone` lets the time be left out (the day's first minute is kept then). Local times that
    do not exist are refused, and those that come twice ask which.
    """

    widget = MomentWidget()

    def __init__(self, *given: Any, day_alone: bool = False, **named: Any) -> None:
        super().__init__(*given, **named)
        self.day_alone = day_alone
        self.day = self.time = self.which = ""
        self.choices: list[datetime] = []

    def process_data(self, value: datetime | None) -> None:
        self.data = value
        if value is None:
            return
        local = value.astimezone(pages.zone())
        self.day = local.date().isoformat()
        midnight = local.time().replace(second=0, microsecond=0) == time(0)
        self.time = "" if self.day_alone and midnight else local.strftime("%H:%M")
        try:
            local_moment(local.replace(tzinfo=None, fold=0), pages.zone())
        except Ambiguous as both:
            self.choices, self.which = list(both.choices), str(local.fold)

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist:
            return
        day, clock, which = ([text.strip() for text in valuelist] + ["", "", ""])[:3]
        if "T" in day:  # one text, as a datetime-local control would send it
            day, _sep, clock = day.partition("T")
        kept = self.data
        self.day, self.time, self.which = day, clock, which
        self.data, self.choices = None, []
        if not day and not clock:
            return
        if not day:
            raise ValueError(_("Give the day, too."))
        if not clock and not self.day_alone:
            raise ValueError(_("Give the time, too. If you are not sure, your best guess."))
        local = self._local()
        self.data = self._which(local)
        # The page shows minutes. Seconds that were kept are not lost by saving it unchanged.
        if kept is not None and kept.replace(second=0, microsecond=0) == self.data:
            self.data = kept

    def _local(self) -> datetime:
        try:
            local = datetime.combine(
                date.fromisoformat(self.day),
                time.fromisoformat(self.time or "00:00").replace(second=0, microsecond=0),
            )
        except ValueError:
            raise ValueError(
                _("This is no day and time. Write them as in 2026-11-23 and 14:05.")
            ) from None
        if local.tzinfo is not None or not EARLIEST <= local.date() <= LATEST:
            raise ValueError(_("Check the year."))
        return local

    def _which(self, local: datetime) -> datetime:
        try:
            return local_moment(local, pages.zone())
        except Ambiguous as both:
            self.choices = list(both.choices)
        except BadMoment:
            raise ValueError(
                _("The clocks were put forward: this time did not exist on that day. Correct it.")
            ) from None
        if self.which not in ("0", "1"):
            self.which = ""
            raise ValueError(
                _("The clocks were put back: this time came twice on that day. Choose which.")
            )
        return self.choices[int(self.which)]


def not_ahead(_form: Any, field: Field) -> None:
    """Refuse a moment or a day in the future; `day` means the organisation's day."""
    value = field.data
    limit = now() if isinstance(value, datetime) else today()
    if value is not None and value > limit:
        raise ValidationError(_("This lies in the future."))


def today() -> date:
    """The day it is where the organisation is."""
    return now().astimezone(pages.zone()).date()
