"""Seal the chains, cut off what is old enough, and hold what stands against seals that were kept elsewhere."""

import hmac
import json
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

from audit.models import Event, SealPoint
from audit.verify import Break

YEAR = timedelta(days=365)


def seal_heads():
    """Keep a seal at the end of every chain. Returns how many are new. Inside `acting(SYSTEM)`."""
    return _ask("select audit_seal_heads()")


def cut(*, now=None):
    """Remove the events that are older than the term, each chain up to a seal. Returns how many went.

    A chain that doesn't hold is left as it is. Inside `acting(SYSTEM)`.
    """
    return _ask("select audit_cut(%s)", (now or timezone.now()) - settings.AUDIT_YEARS * YEAR)


def _ask(statement, *params):
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchone()[0]


def begins_at_a_seal():
    """Return (how many chains were cut, the moment of the oldest cut's last event); (0, None) when none was."""
    days = list(SealPoint.objects.filter(is_cut=True).values_list("chain", "last_at"))
    return len({chain for chain, _at in days}), min((at for _chain, at in days), default=None)


def write(path):
    """Seal every chain and add the seals to a file outside the database, one line each. Returns how many lines.

    Each line is signed together with the one before: who leaves one out or changes it, is found.
    """
    seal_heads()
    path, at = Path(path), timezone.now().isoformat()
    before = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    last = json.loads(before[-1])["mac"] if before else ""
    newest = SealPoint.objects.order_by("chain", "-seq").distinct("chain")
    count = 0
    with path.open("a", encoding="utf-8") as file:
        for point in newest:
            told = {
                "chain": point.chain,
                "seq": point.seq,
                "seal": bytes(point.seal).hex(),
                "last_at": point.last_at.isoformat(),
                "at": at,
            }
            last = _mac(told, last)
            file.write(json.dumps(told | {"mac": last}) + "\n")
            count += 1
    return count


def _mac(told, before):
    """The signature of one line: with a key that stands neither in the database nor in the file."""
    text = before + json.dumps(told, sort_keys=True)
    return hmac.new(settings.MASTER_KEY, b"audit.seals|" + text.encode(), sha256).hexdigest()


def compare(path):
    """Hold the record against a file of seals. Returns the first Break of each chain, and of the file itself.

    A whole chain that was thrown away is found here, its end and its seals in the database included. That a chain is
    cut is right only when its last event was older than the term.
    """
    lines, found = _read(path)
    stands = {}
    chains = {line["chain"] for line in lines}
    for chain, seq, seal in Event.objects.filter(chain__in=chains).values_list("chain", "seq", "seal"):
        stands[chain, seq] = bytes(seal or b"").hex()
    cuts = {}
    for chain, seq in SealPoint.objects.filter(is_cut=True, chain__in=chains).values_list("chain", "seq"):
        cuts[chain] = max(seq, cuts.get(chain, 0))
    oldest = timezone.now() - settings.AUDIT_YEARS * YEAR
    for line in lines:
        place = line["chain"], line["seq"]
        is_cut = line["seq"] <= cuts.get(line["chain"], 0) and datetime.fromisoformat(line["last_at"]) < oldest
        if stands.get(place) != line["seal"] and not is_cut:
            found.setdefault(line["chain"], Break(*place, None))
    return list(found.values())


def _read(path):
    """Return (lines, breaks) of a file of seals: the lines up to the first that isn't signed as it should be."""
    lines, before = [], ""
    for number, text in enumerate(Path(path).read_text(encoding="utf-8").splitlines(), 1):
        try:
            line = json.loads(text)
            mac = line.pop("mac")
            is_ours = hmac.compare_digest(mac, _mac(line, before))
        except (ValueError, KeyError, AttributeError, TypeError):
            is_ours = False
        if not is_ours:
            return lines, {"": Break("the file of seals, line", number, None)}
        lines.append(line)
        before = mac
    return lines, {}
