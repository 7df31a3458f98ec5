"""The matrix on a page and as a table: for who leads or supervises a school."""

import csv
from io import StringIO

import pytest
from django.urls import reverse

from accounts.wall import SYSTEM, acting
from audit.models import Event
from cases.matrix import COLUMNS, PARTS

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("who", ["fg", "privacy_officer", "auditor", "director", "coordinator"])
def test_who_leads_or_supervises_reads_the_whole_table(who, cast, sign_in, own_queries):
    client = sign_in(getattr(cast, who))
    with own_queries() as asked:
        page = client.get(reverse("cases:matrix"))

    assert len(asked) <= 15
    assert page.text.count("<tr>") == len(PARTS) + 1
    assert reverse("cases:matrix") in client.get("/").text


def test_the_table_to_take_along_says_the_same_and_is_recorded(cast, sign_in):
    answer = sign_in(cast.privacy_officer).get(reverse("cases:matrix_csv"))
    lines = list(csv.reader(StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))

    assert lines[0][1:3] == ["intern begeleider, directeur", "leerkracht van de groep"]
    assert len(lines) == len(PARTS) + 1
    assert all(len(line) == len(COLUMNS) + 1 for line in lines)
    with acting(SYSTEM):
        assert Event.objects.filter(action="matrix.exported", actor=cast.privacy_officer.pk).count() == 1
