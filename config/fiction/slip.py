"""A picture of an answer slip on paper, as a school would scan it."""

from io import BytesIO

from PIL import Image, ImageDraw

LINES = (
    "Antwoordstrook (oude brief)",
    "Over: M.J., groep 7",
    "[ ] anoniem   [x] bekend",
    "Handtekening: T.J.",
)


def old_slip():
    """Return a PNG of half a sheet with a cross at "bekend"."""
    sheet = Image.new("L", (840, 600), 250)
    pen = ImageDraw.Draw(sheet)
    for number, line in enumerate(LINES):
        pen.text((60, 60 + 110 * number), line, fill=40, font_size=36)
    out = BytesIO()
    sheet.save(out, "PNG", optimize=True)
    return out.getvalue()
