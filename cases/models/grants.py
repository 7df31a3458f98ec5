"""What an outsider may see: one row per person and trajectory, written by consent, read by the access rule."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _
from guardian.models import UserObjectPermissionBase

from accounts.models import School
from accounts.sealing import SealedTextField
from cases.models.files import Trajectory


class TrajectoryGrant(UserObjectPermissionBase):
    """This outsider may see this trajectory, so much of it, until this day.

    It carries what the reader of an anonymous child may have instead of the child: an alias, a case code, the question.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    content_object = models.ForeignKey(Trajectory, models.CASCADE, related_name="grants")
    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    until = models.DateField()
    alias = SealedTextField("grant.alias", max_length=80)
    case_code = SealedTextField("grant.case_code", max_length=12)
    question = SealedTextField("grant.question", max_length=300)

    class Meta(UserObjectPermissionBase.Meta):
        verbose_name = _("grant")
        constraints = [models.UniqueConstraint(fields=["user", "content_object"], name="grant_one_a_reader")]

    def __str__(self):
        return f"grant {self.pk}"
