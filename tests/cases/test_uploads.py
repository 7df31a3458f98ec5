"""What may come in as a file: judged by its bytes, and made anew where it could tell more than it shows."""

import struct
import zipfile
import zlib
from io import BytesIO

import pikepdf
import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from cases import uploads
from cases.uploads import accept

ORIENTATION, GPS, MODEL = 0x0112, 0x8825, 0x0110


def upload(data, name="scan.pdf", content_type="application/octet-stream"):
    """A file as a browser sends it: the name and the type are whatever the sender says."""
    return SimpleUploadedFile(name, data, content_type)


def pdf(**how):
    """The bytes of a PDF of one page."""
    out, document = BytesIO(), pikepdf.new()
    document.add_blank_page()
    document.save(out, **how)
    return out.getvalue()


def picture(kind, size=(40, 20), **how):
    """The bytes of a red picture."""
    out = BytesIO()
    Image.new("RGB", size, "red").save(out, kind, **how)
    return out.getvalue()


def exif():
    """EXIF of a phone: held sideways, with its model and where it was."""
    found = Image.Exif()
    found[ORIENTATION], found[MODEL] = 6, "Telefoon van Ayse"
    found[GPS] = {1: "N", 2: (51.0, 49.0, 0.0)}
    return found


def png_chunk(kind, data):
    """One chunk of a PNG with its length and checksum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def refused(data, **named):
    """The code with which these bytes are refused."""
    with pytest.raises(ValidationError) as refusal:
        accept(upload(data, **named))
    return refusal.value.code


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (pdf(), "application/pdf"),
        (picture("JPEG"), "image/jpeg"),
        (picture("PNG"), "image/png"),
        (picture("HEIF"), "image/jpeg"),
        (picture("MPO", save_all=True, append_images=[Image.new("RGB", (40, 20))]), "image/jpeg"),
    ],
    ids=["pdf", "jpeg", "png", "heic of a phone", "jpeg of a phone that writes two pictures"],
)
def test_a_file_is_known_by_its_content_whatever_it_is_called(data, kind):
    accepted = accept(upload(data, name="brief.exe", content_type="text/html"))

    assert accepted.content_type == kind
    assert uploads.ENDINGS[accepted.content_type]


def test_a_pdf_is_kept_byte_by_byte():
    data = pdf()

    assert accept(upload(data)).data == data


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "HEIF"])
def test_a_photo_loses_where_and_with_what_it_was_taken(kind):
    data = picture(kind, exif=exif(), **({"comment": b"bij oma thuis"} if kind == "JPEG" else {}))
    assert b"Telefoon van Ayse" in data

    kept = accept(upload(data)).data

    assert not Image.open(BytesIO(kept)).getexif()
    assert b"Telefoon van Ayse" not in kept
    assert b"bij oma thuis" not in kept


def test_a_heic_becomes_a_jpeg_of_the_same_picture_without_what_the_phone_wrote_beside_it():
    data = picture("HEIF", size=(64, 32), exif=exif(), xmp=b"<x>bij oma thuis</x>")
    assert b"bij oma thuis" in data

    kept = accept(upload(data, name="IMG_0001.HEIC", content_type="image/heic"))
    image = Image.open(BytesIO(kept.data))

    assert (image.format, image.size, kept.content_type) == ("JPEG", (64, 32), "image/jpeg")
    assert b"bij oma thuis" not in kept.data
    assert image.getpixel((32, 16))[0] > 200


def test_a_heic_of_more_pixels_than_a_photo_has_is_refused(monkeypatch):
    monkeypatch.setattr(uploads, "MOST_PIXELS", 64 * 32 - 1)

    assert refused(picture("HEIF", size=(64, 32))) == "too_large"


def test_a_photo_stands_upright_without_its_exif():
    kept = accept(upload(picture("JPEG", size=(40, 20), exif=exif()))).data

    assert Image.open(BytesIO(kept)).size == (20, 40)


def test_a_pdf_with_a_password_is_refused():
    assert refused(pdf(encryption=pikepdf.Encryption(user="geheim", owner="geheim"))) == "locked"


@pytest.mark.parametrize("data", [b"%PDF-1.7 dat was het", pdf()[:100]], ids=["words", "half"])
def test_a_broken_pdf_is_refused(data):
    assert refused(data) == "unreadable"


def test_a_pdf_without_pages_is_refused():
    out = BytesIO()
    pikepdf.new().save(out)

    assert refused(out.getvalue()) == "unreadable"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "HEIF"])
@pytest.mark.parametrize("length", [40, 200])
def test_a_broken_picture_is_refused(kind, length):
    assert refused(picture(kind, size=(400, 400))[:length]) == "unreadable"


def test_a_film_or_another_thing_in_the_same_wrapping_is_refused():
    assert refused(bytes(4) + b"ftypmp42" + bytes(40)) == "not_allowed"
    assert refused(bytes(4) + b"ftypheic" + bytes(40)) == "unreadable"


def test_a_zip_that_is_called_pdf_is_refused():
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("brief.pdf", pdf())

    assert refused(out.getvalue(), name="brief.pdf", content_type="application/pdf") == "not_allowed"


@pytest.mark.parametrize("data", [b"", b"<html><script>", b"GIF89a" + bytes(40), b"MZ" + bytes(40)])
def test_anything_else_is_refused(data):
    assert refused(data) == "not_allowed"


def test_a_file_that_is_too_large_is_refused_unread(monkeypatch):
    monkeypatch.setattr(uploads, "MOST_BYTES", 100)

    assert refused(b"%PDF-" + bytes(100)) == "too_large"


@pytest.mark.parametrize("side", [8_000, 12_000, 40_000])
def test_a_small_file_that_unfolds_to_a_huge_picture_is_refused_before_it_unfolds(side):
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", head) + png_chunk(b"IDAT", zlib.compress(bytes(100)))

    assert refused(bomb + png_chunk(b"IEND", b"")) == "too_large"


def test_a_picture_with_a_text_that_unfolds_without_end_is_refused():
    plain = picture("PNG")
    text = png_chunk(b"zTXt", b"a\0\0" + zlib.compress(b"x" * 5_000_000))

    assert refused(plain[:33] + text + plain[33:]) == "unreadable"


# --- a PDF that does more than show itself ---------------------------------------------------------------------------


def armed(compact=False):
    """A PDF that runs a script, starts a program, and has a paper and a form hanging on it."""
    document = pikepdf.new()
    document.add_blank_page()
    script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    launch = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="kwaad.exe")
    document.Root.OpenAction = script
    document.Root.AcroForm = pikepdf.Dictionary(Fields=[], XFA=pikepdf.Array([]))
    document.Root.Names = pikepdf.Dictionary(JavaScript=pikepdf.Dictionary(Names=["x", document.make_indirect(script)]))
    link = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=launch)
    document.pages[0].Annots = pikepdf.Array([link])
    document.attachments["bijlage.html"] = b"<script>kwaad()</script>"
    out = BytesIO()
    mode = pikepdf.ObjectStreamMode.generate if compact else pikepdf.ObjectStreamMode.disable
    document.save(out, object_stream_mode=mode)
    return out.getvalue()


@pytest.mark.parametrize("compact", [False, True], ids=["plain", "packed"])
def test_what_runs_or_hangs_on_a_pdf_is_taken_out_and_the_page_stays(compact):
    kept = accept(upload(armed(compact))).data

    with pikepdf.open(BytesIO(kept)) as document:
        assert len(document.pages) == 1
        assert not document.attachments
        whole = b"".join(item.unparse(resolved=True) for item in document.objects)
    for word in (b"/JavaScript", b"/JS", b"/Launch", b"/EmbeddedFiles", b"/EF", b"/XFA", b"kwaad", b"alert"):
        assert word not in whole, word


def test_a_link_to_a_place_in_the_same_pdf_stays():
    document, out = pikepdf.new(), BytesIO()
    document.add_blank_page()
    document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.GoTo, D=[document.pages[0].obj, pikepdf.Name.Fit])
    document.save(out)

    assert accept(upload(out.getvalue())).data == out.getvalue()


def bomb(size):
    """A PDF whose one packed object unfolds to so many bytes."""
    packed = zlib.compressobj(9)
    stream = packed.compress(b"5 0 << /A 1 >>") + b"".join(
        packed.compress(bytes(1_000_000)) for _ in range(size // 10**6)
    )
    stream += packed.flush()
    bodies = {
        1: b"<< /Type /Catalog /Pages 2 0 R /X 5 0 R >>",
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>",
        4: b"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >> stream\n%s\nendstream"
        % (len(stream), stream),
    }
    out, places = b"%PDF-1.7\n", {}
    for number, body in bodies.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    places[6] = len(out)
    kinds = {5: b"\x02" + struct.pack(">I", 4)} | {
        number: b"\x01" + struct.pack(">I", at) for number, at in places.items()
    }
    rows = b"".join(kinds.get(number, bytes(5)) + b"\0" for number in range(7))
    head = b"<< /Type /XRef /Size 7 /W [1 4 1] /Root 1 0 R /Length %d >>" % len(rows)
    return out + b"6 0 obj\n%s stream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF" % (head, rows, places[6])


def test_a_pdf_that_unfolds_without_end_is_refused():
    assert accept(upload(bomb(1_000_000))).content_type == "application/pdf", "the same, of a size that is fine"

    data = bomb(200_000_000)
    assert len(data) < 1_000_000
    assert refused(data) == "too_large"


def test_a_pdf_that_takes_too_long_to_look_through_is_refused(monkeypatch):
    monkeypatch.setattr(uploads, "MOST_SECONDS", -1)

    assert refused(pdf()) == "too_large"


@pytest.mark.parametrize("bound", ["MOST_PAGES", "MOST_OBJECTS"])
def test_a_pdf_of_too_many_pages_or_parts_is_refused(bound, monkeypatch):
    monkeypatch.setattr(uploads, bound, 0)

    assert refused(pdf()) == "too_large"
