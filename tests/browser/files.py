"""What a school has on its own computer, and what it gets back: exports made here, of made-up people, and letters."""

from io import BytesIO
from zipfile import ZipFile

import pikepdf
from pypdf import PdfReader

# Three numbers that look like a BSN and are none: they don't pass its check.
BSNS = ("123456789", "234567890", "345678901")


def school_year_of(day):
    """The school year of this day, as an export writes it."""
    year = day.year - (day.month < 8)
    return f"{year}-{year + 1}"


def _pupil(key, call_name, surname, born, group, *, prefix="", sex="2", more=""):
    return f"""    <leerling key="{key}"><achternaam>{surname}</achternaam><voorvoegsel>{prefix}</voorvoegsel>
      <voornamen>{call_name}</voornamen><roepnaam>{call_name}</roepnaam><geboortedatum>{born}</geboortedatum>
      <geslacht>{sex}</geslacht><groep key="{group}"/>{more}</leerling>"""


def pupil_export(today, brin="99WB"):
    """An EDEXML export: three groups, eight pupils of whom one is no use, and what nobody may keep."""
    private = "".join(
        f"<bsn>{bsn}</bsn><eckid>https://ketenid.example/{bsn}</eckid><postcodenl>1234 AB</postcodenl>"
        for bsn in BSNS[:1]
    )
    pupils = (
        _pupil("4001", "Roos", "Hoek", f"{today.year - 9}-03-04", "u", prefix="van der", more=private),
        _pupil("4002", "Bas", "Tuinstra", f"{today.year - 9}-05-12", "u", sex="1", more=f"<bsn>{BSNS[1]}</bsn>"),
        _pupil("4003", "Zeynep", "Arslan", f"{today.year - 9}-01-30", "u", more=f"<bsn>{BSNS[2]}</bsn>"),
        _pupil("4004", "Lieke", "Okkerse", f"{today.year - 9}-02-28", "u"),
        _pupil("4005", "Joep", "Wagenaar", f"{today.year - 7}-09-09", "e", sex="1"),
        _pupil("4006", "Fenna", "Ploeg", f"{today.year - 7}-13-41", "e", prefix="van der"),
        _pupil("4007", "Rik", "Bastiaan", f"{today.year - 11}-06-17", "b", sex="man"),
        _pupil("4001", "Roos", "Hoek", f"{today.year - 9}-03-04", "u", prefix="van der"),
    )
    return "\n".join((
        '<?xml version="1.0" encoding="UTF-8"?>', "<EDEX>",
        (f"  <school><schooljaar>{school_year_of(today)}</schooljaar><peildatum>{today}</peildatum>"
        f"<brincode>{brin}</brincode></school>"),
        "  <groepen>",
        '    <groep key="e"><naam>Egels</naam><jaargroep>3</jaargroep></groep>',
        '    <groep key="u"><naam>Uilen</naam><jaargroep>5</jaargroep></groep>',
        '    <groep key="b"><naam>Bevers</naam><jaargroep>7</jaargroep></groep>',
        "  </groepen>", "  <leerlingen>", *pupils, "  </leerlingen>",
        '  <leerkrachten><leerkracht key="9"><achternaam>Wit</achternaam></leerkracht></leerkrachten>',
        "</EDEX>",
    )).encode()  # fmt: skip


def zipped(data, name="edex.xml"):
    """The same, as somebody sends it who means well."""
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        archive.writestr(name, data)
    return packed.getvalue()


def parents_list():
    """A list of parents: one of a child whose case runs, one of a child without a case, one row without a child."""
    return (
        "Leerling roepnaam;Leerling achternaam;Relatie;Voornaam;Achternaam;Gezag;Bron gezag;Adres;Postcode;Woonplaats\n"
        "Aya;Bouzid;vader;Karim;Bouzid;ja;moeder, bij de aanmelding;Vlierhof 30;1234 AB;Voorbeeldstad\n"
        "Lieke;Okkerse;moeder;Jet;Okkerse;ja;zijzelf;Notenlaan 9;1234 AB;Voorbeeldstad\n"
        ";;moeder;Lien;Zoek;ja;zijzelf;Notenlaan 11;1234 AB;Voorbeeldstad\n"
    ).encode("utf-8-sig")


def uploaded(name, data, kind="application/octet-stream"):
    """A file as Playwright puts it in a field."""
    return {"name": name, "mimeType": kind, "buffer": data}


def report_of_an_expert():
    """A PDF with one empty page, as an expert hands it in."""
    data = BytesIO()
    document = pikepdf.new()
    document.add_blank_page()
    document.save(data)
    return uploaded("verslag.pdf", data.getvalue(), "application/pdf")


class Paper:
    """A PDF that was downloaded, read back."""

    def __init__(self, download):
        self.name = download.suggested_filename
        self.reader = PdfReader(download.path())
        self.pages = [" ".join(page.extract_text().split()) for page in self.reader.pages]
        self.text = " ".join(self.pages)
        self.title = self.reader.metadata.title

    @property
    def is_tagged(self):
        """Whether somebody who listens to it hears headings and tables as such."""
        root = self.reader.trailer["/Root"]
        return bool(root["/MarkInfo"]["/Marked"]) and "/StructTreeRoot" in root
