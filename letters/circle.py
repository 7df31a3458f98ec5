"""Who is round a child, as a letter needs to know it: whose letter, at which address, and who speaks for the school."""

import re
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import Membership, Role
from cases.actions.school import terms_of
from cases.models import GroupPlace, GroupTeacher, Guardian
from cases.models.people import Relation
from letters.papers import Addressee, Signer

FUNCTIONS = {
    Role.COORDINATOR: "intern begeleider",
    Role.DIRECTOR: "directeur",
    Role.TEACHER: "leerkracht",
    Role.SAFEGUARDING_LEAD: "aandachtsfunctionaris",
}
TEACHER_MAX = 30  # as in ParentLetter
VOOGD = (Relation.INSTITUTION, Relation.GUARDIAN)


def capital(text: str) -> str:
    """Return the text with its first letter as a capital."""
    return text[:1].upper() + text[1:]


def relation_word(relation: str, title: str) -> str:
    """Return what a grown-up is to the child: "moeder", "vader", "voogd"."""
    if relation == Relation.PARENT:
        return {Guardian.Title.MRS: "moeder", Guardian.Title.MR: "vader"}.get(title, "ouder")
    return {
        Relation.FOSTER_PARENT: "pleegouder",
        Relation.GUARDIAN: "voogd",
        Relation.INSTITUTION: "voogd",
        Relation.SUPERVISOR: "gezinsvoogd",
    }[relation]


def salutation_of(guardian: Guardian) -> str:
    """Return how a letter greets this person: "mevrouw Van den Berg"; without a title by the whole name."""
    title = {Guardian.Title.MRS: "mevrouw", Guardian.Title.MR: "meneer"}.get(guardian.title)
    surname = " ".join(filter(None, (guardian.prefix, guardian.surname)))
    return f"{title} {capital(surname)}" if title else guardian.full_name


def place_of(guardian: Guardian) -> tuple[str, ...] | None:
    """Return the address as it can be compared, however it was typed; None when it isn't known."""
    return guardian.address and tuple(re.sub(r"\W+", "", part).casefold() for part in guardian.address)


def called(user: Any) -> str:
    """Return what parents call somebody of the school: "juf Lotte"."""
    return user.called or user.full_name


@dataclass
class Circle:
    """The grown-ups round one child on one day: who is what, whose address is secret, who shares one with whom."""

    pupil: Any
    on: date

    @cached_property
    def known(self) -> list[Any]:
        """All Guardianships, those that have ended too."""
        return list(self.pupil.guardianships.select_related("guardian").order_by("from_on", "pk"))

    @cached_property
    def relations(self) -> dict[Any, Any]:
        """The Guardianships of today, by guardian."""
        return {row.guardian_id: row for row in self.known if row.holds_on(self.on)}

    @cached_property
    def terms(self) -> Any:
        """What the school decided about terms and letters."""
        return terms_of(self.pupil.school_id)

    @cached_property
    def secret_places(self) -> set[tuple[str, ...] | None]:
        """Addresses that may stand on no paper: a parent who lives with one whose address is secret has it too."""
        return {place_of(row.guardian) for row in self.relations.values() if row.guardian.secret_address}

    def relation_of(self, guardian: Guardian) -> str:
        """Return what this person is to the child; a parent when that has ended."""
        row = self.relations.get(guardian.pk)
        return row.relation if row else Relation.PARENT

    def word_of(self, guardian: Guardian) -> str:
        """Return "moeder", "voogd" and the like."""
        return relation_word(self.relation_of(guardian), guardian.title)

    def together(self, people: list[Guardian]) -> list[tuple[Guardian, ...]]:
        """Return these people by letter: two at one address share one, where the school wants that."""
        letters: list[tuple[tuple | None, list[Guardian]]] = []
        for person in people:
            place = place_of(person)
            key = (place, person.secret_address) if place and self.relation_of(person) not in VOOGD else None
            shared = next((group for known, group in letters if key and known == key and len(group) == 1), None)
            if shared and self.terms.one_letter_per_address:
                shared.append(person)
            else:
                letters.append((key, [person]))
        return [tuple(group) for _key, group in letters]

    def lines_of(self, person: Guardian) -> tuple[str, ...]:
        """Return the address for the window of the envelope; () when it isn't known, or may stand on no paper."""
        if place_of(person) is None or place_of(person) in self.secret_places:
            return ()
        street, postcode, city = person.address
        attention = (f"t.a.v. {person.formal_name}",) if person.institution else ()
        return (*attention, street, f"{postcode}  {city.upper()}".strip())

    def addressee(self, person: Guardian) -> Addressee:
        """Return this person as on the envelope; an institution by its own name, its address allowing."""
        by_institution = person.institution and self.lines_of(person)
        name = person.institution if by_institution else capital(person.formal_name)
        return Addressee(name=name, salutation=salutation_of(person))


@dataclass
class Staff:
    """Who speaks for the school about one child on one day: its teacher, and the intern begeleider who explains."""

    school: Any
    pupil: Any
    on: date
    by: Any = None
    present: set[Any] = field(default_factory=set)

    @cached_property
    def place(self) -> GroupPlace | None:
        """The child's place in a group."""
        return self.pupil.places.on(self.on).select_related("group").order_by("-from_on").first()

    @cached_property
    def teachers(self) -> list[GroupTeacher]:
        """Who teaches the child's group; with one group, which is the rule, nobody asks for the place."""
        groups = self.pupil.places.on(self.on).values("group")
        rows = list(GroupTeacher.objects.on(self.on).filter(group__in=groups).select_related("group", "user"))
        if len({row.group_id for row in rows}) > 1:
            rows = [row for row in rows if row.group_id == self.place.group_id]
        return rows

    @property
    def group(self) -> str:
        """The group as parents know it: "groep 5/6", never its nickname."""
        year = self.teachers[0].group.year if self.teachers else ""
        if not year and self.place:
            year = self.place.group.year or self.place.year
        return f"groep {year}" if year else ""

    @cached_property
    def teacher(self) -> Any:
        """The teacher who was at the talk, else the own teacher before duo partner and substitute; or None."""
        kinds = list(GroupTeacher.Kind)
        rows = [row for row in self.teachers if row.kind != GroupTeacher.Kind.HANDOVER]
        rows.sort(key=lambda row: (row.user_id not in self.present, kinds.index(row.kind), row.from_on))
        return rows[0].user if rows else None

    @property
    def teacher_called(self) -> str:
        """How parents hear of the teacher."""
        if self.teacher is None:
            return "de leerkracht"
        name = called(self.teacher)
        return name if len(name) <= TEACHER_MAX else self.teacher.first_name

    @cached_property
    def coordinator(self) -> Any:
        """The intern begeleider who makes this, else one who was at the talk, else the first; or None."""
        held = Membership.objects.on(self.on).filter(school=self.school, role=Role.COORDINATOR).select_related("user")
        own = getattr(self.by, "pk", None)
        users = sorted(
            (row.user for row in held), key=lambda user: (user.pk != own, user.pk not in self.present, user.full_name)
        )
        return users[0] if users else None

    @property
    def explains(self) -> Any:
        """The one whom parents call. Raises ValidationError when the school has nobody."""
        if person := self.coordinator or self.teacher:
            return person
        raise ValidationError(_("The school has no intern begeleider whom parents can call."), code="no_contact")

    @property
    def contact(self) -> Signer:
        """That person, as a letter names it. Raises ValidationError when the school has nobody."""
        function = FUNCTIONS[Role.COORDINATOR if self.coordinator else Role.TEACHER]
        return Signer(self.explains.full_name, function)

    @property
    def contact_phone(self) -> str:
        """That person's telephone number, else the school's."""
        return self.explains.phone or self.school.phone

    @property
    def signers(self) -> tuple[Signer, ...]:
        """Who signs: intern begeleider and teacher, or the one of them who is both."""
        teacher = self.teacher
        if teacher is None or teacher == self.explains:
            return (self.contact,)
        return (self.contact, Signer(teacher.full_name, f"leerkracht {self.group}".strip()))
