"""The matrix on a page, and as a table to take along: for who leads a school and who supervises one."""

import csv

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.context import me
from accounts.models import LEADING, TRACING
from accounts.stepup import fresh_sign_in
from audit.record import record
from cases.matrix import COLUMNS, lines


def _table(request):
    """Return (the names of the columns, the lines). It tells of no child; who has no use for it finds nothing."""
    if not me(request).role_codes & {*LEADING, *TRACING}:
        raise Http404
    return [str(column.name) for column in COLUMNS], lines()


@require_safe
def matrix(request):
    """Who reads which part of a file."""
    columns, rows = _table(request)
    shown = [(name, list(zip(columns, cells, strict=True))) for name, cells in rows]
    record("matrix.looked", by=request.user)
    return render(request, "cases/matrix.html", {"columns": columns, "rows": shown})


@fresh_sign_in
@require_safe
def matrix_csv(request):
    """The same as a file for a spreadsheet."""
    columns, rows = _table(request)
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="wie-leest-wat.csv"'
    table = csv.writer(answer, delimiter=";")
    table.writerow([_("Part of the file"), *columns])
    table.writerows([name, *(cell.label for cell in cells)] for name, cells in rows)
    record("matrix.exported", by=request.user)
    return answer
