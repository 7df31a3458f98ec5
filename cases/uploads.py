"""What may come in as a file: looked at by its content, never by its name; opened again before it is kept."""

import time
from dataclasses import dataclass
from io import BytesIO

import pikepdf
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError
from pillow_heif import register_heif_opener

register_heif_opener()  # photos of most phones: opened here, and kept as JPEG

MOST_BYTES = 20 * 1024 * 1024
MOST_PIXELS = 50_000_000
MOST_PAGES = 1_000
MOST_OBJECTS = 200_000
MOST_SECONDS = 10  # to look through one PDF
MOST_UNPACKED = 128 * 1024 * 1024  # of one stream; of a whole file the seconds are the bound
# What a PDF must not do to who opens it.
ACTIONS = ("/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/GoToR", "/Rendition", "/Movie", "/Sound")
HIDDEN_PARTS = ("/EmbeddedFiles", "/JavaScript", "/AF", "/EF", "/XFA", "/JS", "/RichMediaContent")

pikepdf.settings.set_qpdf_limits(
    doc_max_warnings=1_000,
    parser_max_container_size=MOST_OBJECTS,
    flate_max_memory=MOST_UNPACKED,
    run_length_max_memory=MOST_UNPACKED,
    png_max_memory=MOST_UNPACKED,
    tiff_max_memory=MOST_UNPACKED,
    dct_max_memory=MOST_UNPACKED,
)
ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}
HEIC = (b"ftypheic", b"ftypheix", b"ftyphevc", b"ftyphevx", b"ftypheim", b"ftypheis", b"ftypmif1", b"ftypmsf1")


@dataclass(frozen=True)
class Accepted:
    """A file that may be kept: its bytes as they will be kept, and what they are."""

    data: bytes
    content_type: str


def accept(upload):
    """Return the Accepted of an uploaded file: PDF, JPEG, PNG or HEIC. Raises ValidationError with a code.

    A photo is made anew, so that place and time of taking (EXIF) don't stay in the file; a HEIC becomes a JPEG, which
    every screen can show.
    """
    if upload.size > MOST_BYTES:
        raise ValidationError(_("This file is too large. At most 20 MB."), code="too_large")
    data = upload.read()
    if data.startswith(b"%PDF-"):
        return _pdf(data)
    if data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n")) or data[4:12] in HEIC:
        return _image(data)
    raise ValidationError(_("Choose a PDF, a JPEG, a PNG or a HEIC."), code="not_allowed")


def _pdf(data):
    try:
        with pikepdf.open(BytesIO(data)) as pdf:
            if not len(pdf.pages):
                raise ValidationError(_("This PDF has no pages."), code="unreadable")
            if len(pdf.pages) > MOST_PAGES or int(pdf.trailer.get("/Size", 0)) > MOST_OBJECTS:
                raise _too_much()
            if _disarmed(pdf):
                data = _saved(pdf)
    except pikepdf.PasswordError as error:
        raise ValidationError(_("This PDF asks for a password. Save it without one first."), code="locked") from error
    except (pikepdf.PdfError, RuntimeError, ValueError, RecursionError) as error:
        if isinstance(error, ValidationError):
            raise
        raise ValidationError(_("This PDF can't be opened."), code="unreadable") from error
    return Accepted(data, "application/pdf")


def _too_much():
    return ValidationError(_("This PDF is too large to open. Save it with fewer pages first."), code="too_large")


def _saved(pdf):
    out = BytesIO()
    pdf.save(out)
    return out.getvalue()


def _disarmed(pdf):
    """Take out what runs, calls outside or hangs on it unseen. Returns whether there was any.

    Object by object, so that a file that unfolds without end is stopped by the clock.
    """
    until, found = time.monotonic() + MOST_SECONDS, False
    for number in range(1, int(pdf.trailer.get("/Size", 0))):
        if time.monotonic() > until:
            raise _too_much()
        waiting = [pdf.get_object(number, 0)]
        while waiting:
            item = waiting.pop()
            found |= _disarm(item)
            waiting += [part for part in _parts_of(item) if not part.is_indirect]
    if any("limit exceeded" in str(warning) for warning in pdf.get_warnings()):
        raise _too_much()
    return found


def _disarm(item):
    if not isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
        return False
    if item.get("/S") in ACTIONS:
        wrong = [name for name in item if name != "/Type"]
    else:
        wrong = [name for name in HIDDEN_PARTS if name in item]
    _leave_out(item, *wrong)
    return bool(wrong)


def _parts_of(item):
    if isinstance(item, pikepdf.Array):
        parts = list(item)
    elif isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
        parts = [item[name] for name in item]
    else:
        parts = []
    return [part for part in parts if isinstance(part, pikepdf.Array | pikepdf.Dictionary)]


def without_properties(accepted):
    """Return the Accepted of a PDF without what it tells about itself: author, title, program, papers that hang on it.

    A file for a reader who may not know the child, or of a writer who may not: names stand in those places unseen.
    """
    with pikepdf.open(BytesIO(accepted.data)) as pdf:
        if "/Info" in pdf.trailer:
            del pdf.trailer["/Info"]
        _leave_out(pdf.Root, "/OpenAction", "/AA", "/AF", "/Collection")
        _leave_out(pdf.Root.get("/Names"), "/EmbeddedFiles", "/JavaScript")
        for item in pdf.objects:
            _leave_out(item, "/Metadata", "/PieceInfo", "/LastModified")
        return Accepted(_saved(pdf), accepted.content_type)


def _leave_out(item, *names):
    if isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
        for name in names:
            if name in item:
                del item[name]


def _image(data):
    try:
        image = Image.open(BytesIO(data), formats=("JPEG", "PNG", "HEIF"))
        if image.width * image.height > MOST_PIXELS:
            raise ValidationError(_("This picture is too large."), code="too_large")
        # Not the format itself: a JPEG of many a phone is an MPO, with a second picture behind the first.
        kind, out = "PNG" if image.format == "PNG" else "JPEG", BytesIO()
        image = ImageOps.exif_transpose(image)  # upright, now that EXIF no longer says which side is up
        image.info = {key: value for key, value in image.info.items() if key == "transparency"}  # no words beside it
        image.convert("RGB" if kind == "JPEG" else image.mode).save(out, kind, quality=88)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ValidationError(_("This picture is too large."), code="too_large") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise ValidationError(_("This picture can't be opened."), code="unreadable") from error
    return Accepted(out.getvalue(), "image/jpeg" if kind == "JPEG" else "image/png")
