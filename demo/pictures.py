"""Photographs for the demo, drawn in code: a parcel with a crack, a blanket with a stain, a scale with a weight."""

from io import BytesIO

from PIL import Image, ImageDraw

SIZE = (900, 675)
WALL, TABLE = "#d9d4c7", "#b48a5a"


def _scene() -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("RGB", SIZE, WALL)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 470, *SIZE), fill=TABLE)
    return image, draw


def _parcel(draw: ImageDraw.ImageDraw) -> None:
    draw.polygon([(220, 250), (650, 250), (700, 330), (180, 330)], fill="#d8ad74")
    draw.rectangle((180, 330, 700, 560), fill="#c4955a")
    draw.rectangle((400, 250, 480, 560), fill="#e8d9b5")
    draw.rectangle((520, 380, 670, 470), fill="#f7f5ef")
    for line in range(5):
        draw.line((535, 395 + line * 14, 655 - line % 2 * 40, 395 + line * 14), fill="#555", width=3)


def _cracked_parcel() -> Image.Image:
    image, draw = _scene()
    _parcel(draw)
    draw.line([(230, 335), (270, 390), (245, 430), (310, 500), (290, 560)], fill="#3b2a18", width=9)
    draw.ellipse((205, 300, 335, 440), outline="#d22", width=7)
    return image


def _stained_blanket() -> Image.Image:
    image, draw = _scene()
    draw.rounded_rectangle((150, 180, 760, 590), 30, fill="#5f8f97")
    for row in range(180, 590, 34):
        draw.line((150, row, 760, row), fill="#557f87", width=4)
    draw.ellipse((420, 300, 560, 410), fill="#6b4a2c")
    draw.ellipse((395, 275, 585, 435), outline="#d22", width=7)
    return image


def _empty_box() -> Image.Image:
    image, draw = _scene()
    draw.polygon([(200, 300), (690, 300), (640, 380), (250, 380)], fill="#8d6437")
    draw.polygon([(200, 300), (250, 380), (250, 560), (190, 500)], fill="#b58650")
    draw.polygon([(690, 300), (640, 380), (640, 560), (700, 500)], fill="#b58650")
    draw.rectangle((250, 380, 640, 560), fill="#c4955a")
    return image


def _scale() -> Image.Image:
    image, draw = _scene()
    _parcel(draw)
    draw.rounded_rectangle((140, 560, 740, 650), 16, fill="#39424a")
    draw.rounded_rectangle((330, 580, 550, 635), 8, fill="#c9f2c7")
    for place, height in enumerate((40, 24, 40, 40)):
        left = 350 + place * 48
        draw.rectangle((left, 628 - height, left + 26, 628), outline="#17361a", width=6)
    return image


PICTURES = {
    "parcel": ("破损外箱.jpg", _cracked_parcel),
    "blanket": ("污渍特写.jpg", _stained_blanket),
    "empty": ("开箱照.jpg", _empty_box),
    "scale": ("发货称重.jpg", _scale),
}


def photograph(which: str) -> tuple[str, BytesIO]:
    """(name, file) of one of PICTURES."""
    name, draw = PICTURES[which]
    written = BytesIO()
    draw().save(written, "JPEG", quality=85)
    written.seek(0)
    return name, written
