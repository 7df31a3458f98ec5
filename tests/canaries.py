"""Canaries: a mark of its own in every text of every file, and who may come across which.

`plant` marks what stands in the database; `Watch` sees what a person is shown and which rows the ORM loads meanwhile.
What each may see follows from `cases.matrix` and from nothing else.
"""

import re
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie
from io import BytesIO
from unittest import mock
from urllib.parse import unquote

import pypdf
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction
from django.urls import reverse

from accounts.models import Recorded, User
from accounts.sealing import SealedTextField
from accounts.wall import SYSTEM, acting
from audit.models import Event
from audit.record import sign
from cases import histories, matrix
from cases.actions.files import open_trajectory
from cases.actions.papers import add_document, add_entry
from cases.actions.people import assign_teacher, create_group
from cases.actions.sharing import leave_out
from cases.actions.talks import log_conversation
from cases.matrix import Cell
from cases.models import Document, Guardianship, Heading, LeftOutItem, Pupil, Trajectory
from cases.uploads import Accepted
from tests.conftest import LONG_AGO, TODAY, make_guardian, make_pupil

IN_A_FILE = "Ϟ0000Ϟ"
MARK = re.compile("Ϟ[0-9]{4}Ϟ")
BORN = "2016-02-29"
BORN_AS_SHOWN = re.compile("29[ -](februari|0?2)[ -]2016|2016-02-29")
COLUMNS = {
    "coordinator": "leads", "director": "leads", "teacher": "teacher", "expert": "expert_known",
    "blind_expert": "expert_anonymous", "auditor": "auditor", "fg": "supervisor", "privacy_officer": "supervisor",
    "admin": "admin", "member": "member",
}  # fmt: skip
# Not for a mark: what the code reads as a word of its own, and what is no text of anybody.
CODES = {
    "pupil.sex", "pupil.born", "importrun.rows", "importrun.school_year", "keptfile.sha256", "keptfile.content_type",
    "parentchoice.letter_of",
}  # fmt: skip


@dataclass(frozen=True)
class Mark:
    """Where a mark stands: in which part of the matrix, in whose file, and for whom of the experts."""

    where: str
    part: str
    child: object
    owners: frozenset
    is_open: bool


def guarded_tables():
    """Every table with policies, but for the record of looking."""
    with connection.cursor() as cursor:
        cursor.execute("select relname from pg_class where relrowsecurity and relname <> 'audit_event'")
        return sorted(name for (name,) in cursor.fetchall())


def guarded_models():
    """The model of each guarded table, without the histories."""
    tables = set(guarded_tables())
    found = {one._meta.db_table: one for one in apps.get_models()}
    return [model for table, model in found.items() if table in tables and "_historical" not in table]


def more_files(cast, trajectory):
    """Files beside Emma's open ones, made through the deeds. Returns the uuids of what no expert ever opens."""
    on, by = TODAY, cast.coordinator
    first, other = Heading.objects.filter(school=cast.school).order_by("position")[:2]

    def paper(heading, case=trajectory, by=by):
        accepted = Accepted(b"%PDF-1.7 " + IN_A_FILE.encode(), "application/pdf")
        return add_document(trajectory=case, heading=heading, title="Stuk", received_on=on, accepted=accepted, by=by)

    def note(heading, day, case=trajectory, by=by):
        judged = {"kind": "judgement", "rests_on": "wat is gezien"}
        return add_entry(trajectory=case, heading=heading, text="Tekst.", observed_on=day, by=by, **judged)

    with acting(SYSTEM):
        aunt = make_guardian(cast.pupil, "Zehra", "Yilmaz", authority=None, secret_address=True, phone="06-1")
    with acting(by.pk):
        left_out, judged = note(first, on), note(first, on)
        leave_out(
            trajectory=trajectory, reader=cast.expert, kind=LeftOutItem.Kind.ENTRY, item=left_out.pk, by=by, is_out=True
        )
        closed = [left_out, note(other, on), note(first, LONG_AGO), paper(other)]
        classmate = Pupil.objects.exclude(pk=cast.pupil.pk).filter(school=cast.school).first()
    assert judged.kind == "judgement"
    with acting(SYSTEM):
        bees = create_group(school=cast.other_school, name="Bijen", year="5", school_year="2026-2027", by=SYSTEM)
        teacher = cast.stranger
        assign_teacher(group=bees, user=teacher, from_on=LONG_AGO, by=SYSTEM)
        elsewhere = make_pupil(cast.other_school, bees, "Milan", "Ver")
        make_guardian(elsewhere, "Noor", "Ver")
    for pupil, user in ((classmate, by), (elsewhere, teacher)):
        with acting(user.pk):
            case = open_trajectory(pupil=pupil, question="Vraag?", by=user, on=on)
            heading = Heading.objects.filter(school=pupil.school_id).order_by("position").first()
            log_conversation(trajectory=case, held_on=on, text="Tekst.", by=user, child=True, no_agreements=True)
            note(heading, on, case, user)
            paper(heading, case, user)
    return {row.pk for row in closed}, aunt.guardian_id


def plant(cast, trajectory):
    """Put a mark in every text of every file, and return a Field that knows which of them each person may see."""
    closed, aunt = more_files(cast, trajectory)
    with acting(SYSTEM):
        field = Field(cast, closed, aunt)
        for model in guarded_models():
            for row in model.objects.order_by("pk"):
                field.take(row)
    return field


class Field:
    """What stands in the files: the mark of each text, and of each row whose it is."""

    def __init__(self, cast, closed, aunt):
        self.cast, self.closed, self.aunt = cast, closed, aunt
        self.marks = {IN_A_FILE: Mark("a closed document", "documents", cast.pupil.pk, frozenset(), False)}
        self.rows = {}
        self.school_of = dict(Pupil.objects.values_list("pk", "school_id"))
        self.child_of_case = dict(Trajectory.objects.values_list("pk", "pupil_id"))
        self.child_of_guardian = dict(Guardianship.objects.values_list("guardian_id", "pupil_id"))
        self.author_of_file = dict(Document.objects.values_list("file_id", "author_id"))
        self.closed |= set(Document.objects.filter(pk__in=closed).values_list("file_id", flat=True))

    lead_elsewhere = ""  # somebody more who leads the other school

    def take(self, row):
        """Mark this row: all of its texts, or those that are filled when the rest must stay empty."""
        model = row._meta.model_name
        part = next((one.code for one in matrix.PARTS if row._meta.db_table in one.tables), None)
        if model == "keptfile" and row.pk not in self.author_of_file:
            part = "letters"  # the bytes of a letter, not of a document
        whose = {"child": self._child(row), "owners": self._owners(row), "is_open": self._is_open(row)}
        if part:
            self.rows[model, row.pk] = Mark(model, part, **whose)
        if model == "pupil":
            row.born = BORN
        texts = [one.name for one in row._meta.concrete_fields if is_text(one, model)]
        for names in (texts, [name for name in texts if getattr(row, name)]):
            try:
                with transaction.atomic():
                    self._mark(row, names, whose)
            except DatabaseError:
                continue
            break

    def _mark(self, row, names, whose):
        new = {}
        for name in names:
            mark = f"Ϟ{len(self.marks) + len(new):04}Ϟ"
            part = matrix.part_of(row._meta.model_name, name).code
            if row.pk == self.aunt and name in ("street", "postcode", "city"):
                part = "secret"
            new[mark] = Mark(f"{row._meta.model_name}.{name}", part, **whose)
            setattr(row, name, mark)
        if not new:
            return
        if isinstance(row, Recorded):
            sign(row, by=SYSTEM, why="test")
        row.save()
        self.marks |= new

    def _child(self, row):
        if row._meta.model_name in ("privacysignal", "signalstep"):
            return getattr(row, "signal", row).child
        case = getattr(row, "trajectory_id", None) or getattr(row, "content_object_id", None)
        own = row.pk if isinstance(row, Pupil) else self.child_of_guardian.get(row.pk)
        return self.child_of_case.get(case) or getattr(row, "pupil_id", None) or own

    def _owners(self, row):
        """The people whom a row is of or for."""
        found = {getattr(row, one.attname) for one in row._meta.concrete_fields if one.related_model is User}
        if row._meta.model_name == "keptfile":
            found.add(self.author_of_file.get(row.pk))
        if isinstance(getattr(row, "engagement", None), models.Model):
            found.add(row.engagement.expert_id)
        return frozenset(found - {None})

    def _is_open(self, row):
        """Whether the expert of the known child reads it under an opened heading."""
        if row._meta.model_name == "agreement":
            return row.conversation_id not in self.closed
        author = self.author_of_file.get(row.pk) or getattr(row, "author_id", None)
        foreign = row._meta.model_name in ("document", "keptfile") and author not in (None, self.cast.expert.pk)
        return row.pk not in self.closed and not foreign

    def may_see(self, who, mark):
        """Whether this one of the cast may come across it, by the matrix."""
        code = self._column(who, mark.child)
        cell = matrix.part(mark.part).cell(next(one for one in matrix.COLUMNS if one.code == code))
        mine = who != "nobody" and getattr(self.cast, who).pk in mark.owners
        if cell == Cell.OPENED:
            return mark.is_open or mine
        return cell in (Cell.ALL, Cell.BY_NAME) or (cell == Cell.OWN and mine)

    def _column(self, who, child):
        """What this one of the cast is to a child: Emma, a classmate, or one of the other school."""
        if child == self.cast.pupil.pk:
            return COLUMNS.get(who, "other")
        if self.school_of.get(child) == self.cast.other_school.pk:
            return "leads" if who in ("stranger", self.lead_elsewhere) else "other"
        code = {"excluded": "leads"}.get(who, COLUMNS.get(who, "other"))
        return "other" if code.startswith(("expert", "member")) else code


def is_text(field, model):
    """Whether this column holds what somebody typed."""
    kinds = (SealedTextField, models.CharField, models.TextField)
    return isinstance(field, kinds) and not field.choices and f"{model}.{field.name}" not in CODES


class Watch:
    """Sees what one person is shown, which rows are loaded for that, and what is written."""

    def __init__(self, who, field):
        self.who, self.field = who, field
        self.shown, self.wrong, self.files = set(), [], set()

    def ask(self, client, method, address, name):
        """Knock at a door and return the answer; whatever it did is taken back."""
        loaded, written, cookies = set(), [], client.cookies.copy()
        with transaction.atomic(), _loading(loaded), connection.execute_wrapper(_writing(written)):
            answer = getattr(client, method)(address)
            told = told_by(answer)
            self._look_at_headers(answer, name)
            self._look_for_an_event(answer, method, name)
            transaction.set_rollback(True)
        client.cookies = SimpleCookie()
        client.cookies.update(cookies)
        self.hear(told, name)
        for model, pk in loaded:
            row = self.field.rows.get((model, pk))
            if row is not None and not self.field.may_see(self.who, row) and not self._by_rule(model):
                self.wrong.append(f"{name} loads a {model} ({row.part})")
        if written and (answer.status_code in (403, 404, 405) or self.who == "nobody"):
            self.wrong.append(f"{name} refuses and yet writes: {written[0]}")
        return answer

    def _look_at_headers(self, answer, name):
        """What each page and each file carries."""
        headers, policy = answer.headers, answer.headers["Content-Security-Policy"]
        right = {
            "no-store": "no-store" in headers["Cache-Control"] or name in SAME_FOR_ALL,
            "nosniff": headers["X-Content-Type-Options"] == "nosniff",
            "referrer": headers["Referrer-Policy"] == "same-origin",
            "frames": headers["X-Frame-Options"] == "DENY",
            "permissions": "camera=()" in headers["Permissions-Policy"],
            "resources": headers["Cross-Origin-Resource-Policy"] == "same-origin",
            "https": headers["Strict-Transport-Security"].startswith("max-age=31536000"),
            "policy": "default-src 'none'" in policy and "script-src 'self'" in policy and "'unsafe" not in policy,
        }
        if disposition := headers.get("Content-Disposition"):
            self.files.add(name)
            fenced = "sandbox" in policy or disposition.startswith("inline")
            right["policy"] = "default-src 'none'" in policy and fenced and "script" not in policy
        elif answer.status_code == 200:
            right["html or plain"] = headers["Content-Type"].split(";")[0] in ("text/html", "text/plain")
        self.wrong += [f"{name} lacks the header: {header}" for header, holds in right.items() if not holds]

    def _look_for_an_event(self, answer, method, name):
        """Whatever is shown to who signed in, and whatever is done, is written down: by whom, in which sitting."""
        shown = answer.status_code in (200, 422) or (method == "post" and answer.status_code == 302)
        if self.who != "nobody" and shown and method in ("get", "post") and name not in SAME_FOR_ALL:
            with acting(SYSTEM):
                events = Event.objects.filter(request__isnull=False, session__isnull=False)
                if not events.exists():
                    self.wrong.append(f"{name} leaves no event")

    def hear(self, told, name):
        """Look for marks in whatever was told, and for the birthday."""
        for mark in set(MARK.findall(told)):
            found = self.field.marks[mark]
            if found.child == self.field.cast.pupil.pk:
                self.shown.add(found.part)
            if not self.field.may_see(self.who, found):
                self.wrong.append(f"{name} shows {found.where} ({found.part})")
        if BORN_AS_SHOWN.search(told) and self.who not in SEE_A_BIRTHDAY:
            self.wrong.append(f"{name} shows the date of birth")
        if "Vlinders" in told and self.who.endswith("expert"):
            self.shown.add("group")
            if self.who != "expert":
                self.wrong.append(f"{name} shows the class")

    def expected(self):
        """The parts of Emma's file that this person comes across somewhere, by the matrix."""
        marks = [mark for mark in self.field.marks.values() if mark.child == self.field.cast.pupil.pk]
        return {mark.part for mark in marks if self.field.may_see(self.who, mark)}

    def histories(self):
        """{(address, name): status} of the history of one record of each kind: who reads the record reads its past."""
        found = {}
        for kind in histories.kinds():
            model = kind.model._meta.model_name
            rows = self.field.rows.items()
            keys = [pk for (name, pk), row in rows if name == model and row.child == self.field.cast.pupil.pk]
            if keys:
                address = reverse("cases:record_history", args=[kind.word, keys[0]])
                found[address, model] = self._status_of_history(model, self.field.rows[model, keys[0]])
        return found

    def _status_of_history(self, model, row):
        if self.who == "nobody":
            return 302
        is_staff = COLUMNS.get(self.who) in ("leads", "teacher")
        own = model in ("coachingnote", "breakglass")  # who reads these, reads their history too
        return 200 if self.field.may_see(self.who, row) and (is_staff or own) else 404

    def _by_rule(self, model):
        """What a rule of access itself looks at, and no page shows."""
        finds = ("expert_known", "expert_anonymous", "supervisor", "auditor")
        is_out = model == "caseexclusion" and self.who == "excluded"  # the record of looking hides what he is kept from
        return is_out or (model == "trajectory" and COLUMNS.get(self.who) in finds)


# Health, and what is open without signing in.
SAME_FOR_ALL = {"accounts:livez", "accounts:readyz", "accounts:invitation_accept", "account_inactive", "account_login"}
SEE_A_BIRTHDAY = ("coordinator", "director", "teacher", "excluded", "stranger")  # of Emma, or of another child


@contextmanager
def _loading(loaded):
    """Note each row of a guarded table that the ORM makes for the person who acts; not for the system."""
    make = models.Model.from_db.__func__

    def from_db(cls, db, names, values):
        row = make(cls, db, names, values)
        if getattr(connection, "who_acts", "") != SYSTEM:
            loaded.add((cls._meta.model_name.removeprefix("historical"), getattr(row, "id", row.pk)))
        return row

    with mock.patch.object(models.Model, "from_db", classmethod(from_db)):
        yield


def _writing(written):
    """Note what is written in a table of a child's file."""
    tables = re.compile(r'(INSERT INTO|UPDATE|DELETE FROM) "((cases|consent|meetings|letters)_\w+)"')

    def look(execute, sql, params, many, context):
        if found := tables.match(sql):
            written.append(found.group())
        return execute(sql, params, many, context)

    return look


def told_by(answer):
    """Return all that an answer tells, as one text: headers, cookies, messages, the page; all of a PDF."""
    data = b"".join(answer.streaming_content) if answer.streaming else answer.content
    parts = [unquote(f"{key}: {value}") for key, value in answer.items()]
    parts += [morsel.OutputString() for morsel in answer.cookies.values()]
    parts += [str(one) for one in getattr(getattr(answer.wsgi_request, "_messages", None), "_queued_messages", ())]
    parts.append(data.decode("utf-8", "replace"))
    if data.startswith(b"%PDF-") and b"%%EOF" in data:
        pdf = pypdf.PdfReader(BytesIO(data))
        parts += [page.extract_text() for page in pdf.pages]
        parts += [str(pdf.metadata), str(pdf.xmp_metadata and pdf.xmp_metadata.stream.get_data())]
        parts += [f"{name} {b''.join(files)!r}" for name, files in pdf.attachments.items()]
    return "\n".join(parts)
