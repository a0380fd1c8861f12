"""Evidence as phones make it: HEIC, AVIF, films, moving pictures, pictures of sixteen bits and of other colours."""

import resource
import subprocess
import sys
import time
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace

import av
import pytest
from django.conf import settings
from PIL import Image, ImageCms, ImageDraw

from common import uploads
from common.isomedia import films, reading
from common.isomedia.faults import CutOff, NoFilm
from tests.api.helpers import code, everything
from tests.api.test_evidence import SCRIPT, fetch, files, picture, show
from tests.cases import for_each

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock"), pytest.mark.rule("Q17")]

PHONES = Path(__file__).parent / "phones"
RED, BLUE = (255, 0, 0), (0, 0, 255)
PLACE = "+31.2304+121.4737/"


def near(found, wanted) -> bool:
    """Whether two colours differ by no more than what a lossy picture may lose."""
    return all(abs(one - other) < 12 for one, other in zip(found, wanted, strict=True))


def kept(shop, content, name="photo.heic") -> tuple[dict, Image.Image]:
    """What is kept of a picture that the buyer shows: the answer, and the picture."""
    answer = show(shop.buyer, shop.refund(), content, name)
    assert answer.status_code == 201, answer.json()
    return answer.json(), Image.open(BytesIO(fetch(shop.merchant, answer.json())[1]))


def film(*, codec="h264", sound="aac", frames=20, rotated=False, brand="mp4") -> bytes:
    """A film of a second with sound and with the place where it was taken."""
    written = BytesIO()
    with av.open(written, "w", format=brand, options={"movflags": "use_metadata_tags"}) as target:
        target.metadata["location"] = PLACE
        target.metadata["com.apple.quicktime.location.ISO6709"] = PLACE
        video = target.add_stream(codec, rate=20)
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        audio = target.add_stream(sound, rate=44100, layout="mono") if sound else None
        for number in range(frames):
            frame = av.VideoFrame.from_image(Image.new("RGB", (64, 48), "red" if number % 2 else "blue"))
            target.mux(video.encode(frame))
        target.mux(video.encode(None))
        if audio is not None:
            silence = av.AudioFrame(format="fltp", layout="mono", samples=1024)
            for plane in silence.planes:
                plane.update(bytes(plane.buffer_size))
            for number in range(40):
                silence.sample_rate, silence.pts, silence.time_base = 44100, number * 1024, Fraction(1, 44100)
                target.mux(audio.encode(silence))
            target.mux(audio.encode(None))
    return written.getvalue()


def test_a_photo_of_an_iphone_is_upright_and_tells_nothing_of_its_place(taote):
    content = (PHONES / "upright.heic").read_bytes()
    assert b"home address" in content
    shown, image = kept(taote, content, "IMG_0042.HEIC")
    assert (shown["name"], shown["type"], image.format) == ("IMG_0042.jpg", "image/jpeg", "JPEG")
    assert image.size == (480, 640)
    assert near(image.getpixel((240, 20)), RED)
    assert near(image.getpixel((240, 620)), BLUE)
    assert not image.getexif()


def test_a_photo_in_avif_is_taken(taote):
    shown, image = kept(taote, (PHONES / "photo.avif").read_bytes(), "photo.avif")
    assert (shown["type"], image.size) == ("image/jpeg", (64, 48))
    assert near(image.getpixel((30, 30)), RED)


@for_each("alpha", [False, True])
def test_sixteen_bits_of_grey_stay_grey(taote, alpha):
    ramp = Image.new("I;16", (256, 4))
    ramp.putdata([column * 257 for _row in range(4) for column in range(256)])
    written = BytesIO()
    ramp.save(written, "PNG", **({"transparency": 40 * 257} if alpha else {}))
    _shown, image = kept(taote, written.getvalue(), "scan.png")
    assert [image.convert("RGB").getpixel((column, 1))[0] for column in (1, 60, 128, 200, 254)] == [
        1,
        60,
        128,
        200,
        254,
    ]
    assert image.mode == ("RGBA" if alpha else "RGB")
    if alpha:
        assert [image.getpixel((column, 1))[3] for column in (39, 40, 41)] == [255, 0, 255]


def test_the_colours_of_another_profile_are_those_that_were_photographed(taote):
    lab_like = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ"))
    rgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    for profile, wanted in ((rgb.tobytes(), RED), (lab_like.tobytes(), RED), (b"no profile", RED)):
        _shown, image = kept(taote, picture("JPEG", icc_profile=profile, quality=95), "photo.jpg")
        assert near(image.getpixel((3, 10)), wanted)
        assert "icc_profile" not in image.info


def moving(kind, frames=3, size=(40, 20), **kwargs) -> bytes:
    """A picture that moves: a bar at another place in every frame."""
    images = []
    for number in range(frames):
        images.append(Image.new("RGB", size, "white"))
        ImageDraw.Draw(images[-1]).rectangle((number * 10, 0, number * 10 + 5, size[1]), fill="black")
    written = BytesIO()
    images[0].save(written, kind, save_all=True, append_images=images[1:], duration=[80, 200, 90][:frames], **kwargs)
    return written.getvalue()


@for_each("kind", ["GIF", "PNG", "WEBP"])
def test_what_moves_goes_on_moving(taote, kind):
    shown, image = kept(taote, moving(kind) + SCRIPT, f"crack.{kind.lower()}")
    assert (shown["name"], shown["type"], image.n_frames) == ("crack.webp", "image/webp", 3)
    times = []
    for number in range(3):
        image.seek(number)
        assert near(image.convert("RGB").getpixel((number * 10 + 2, 10)), (0, 0, 0))
        image.load()
        times.append(image.info["duration"])
    assert times == [80, 200, 90]


def test_a_gif_that_stands_still_is_a_picture(taote):
    shown, image = kept(taote, picture("GIF"), "photo.gif")
    assert (shown["name"], shown["type"]) == ("photo.png", "image/png")
    assert near(image.convert("RGB").getpixel((3, 10)), RED)


def test_a_preview_in_a_jpeg_is_no_second_frame(taote):
    written = BytesIO()
    red, blue = (Image.new("RGB", (40, 20), colour) for colour in ("red", "blue"))
    red.save(written, "MPO", save_all=True, append_images=[blue])
    shown, image = kept(taote, written.getvalue(), "photo.jpg")
    assert shown["type"] == "image/jpeg"
    assert near(image.getpixel((3, 3)), RED)


@for_each("brand", ["mp4", "mov"])
def test_a_film_is_kept_without_its_place(taote, brand):
    content = film(brand=brand)
    assert PLACE.encode() in content
    shown = show(taote.buyer, taote.refund(), content + b"\0\0\0\x08skip", f"VID.{brand.upper()}").json()
    assert (shown["name"], shown["type"]) == ("VID.mp4", "video/mp4")
    headers, kept = fetch(taote.merchant, shown)
    assert headers["Content-Type"] == "video/mp4"
    assert headers["Content-Disposition"].startswith("attachment;")
    assert len(kept) == shown["size"]
    assert PLACE.encode() not in kept
    with av.open(BytesIO(kept)) as played:
        assert [stream.type for stream in played.streams] == ["video", "audio"]
        assert sum(1 for _ in played.decode(video=0)) == 20
        assert PLACE not in str(played.metadata)


def turned(content: bytes) -> bytes:
    """The film with its picture turned by a quarter, as a phone that is held upright writes it."""
    matrix = b"".join(
        number.to_bytes(4, "big", signed=True) for number in (0, 65536, 0, -65536, 0, 0, 64 << 16, 0, 2**30)
    )
    at = content.index(b"tkhd") + 4 + 40
    return content[:at] + matrix + content[at + 36 :]


def test_a_film_that_was_held_upright_stays_upright(taote):
    shown = show(taote.buyer, taote.refund(), turned(film(sound=None)), "v.mp4").json()
    with av.open(BytesIO(fetch(taote.merchant, shown)[1])) as played:
        assert next(played.decode(video=0)).rotation in (90, -90)


@for_each(
    ("content", "name", "expected"),
    [
        (b"\0\0\0\x18ftypheic" + SCRIPT, "a.heic", "invalid_file"),
        (b"\0\0\0\x18ftypisom" + SCRIPT, "a.mp4", "invalid_file"),
        (b"\0\0\0\x08ftyp", "a.mp4", "invalid_file"),
        (b"\xff\xff\xff\xffftypmp42" + b"\0" * 50, "a.mp4", "invalid_file"),
        ((PHONES / "upright.heic").read_bytes()[:700], "a.heic", "invalid_file"),
        (b"GIF89a" + SCRIPT, "a.gif", "invalid_image"),
        (b"GIF89a", "a.gif", "invalid_image"),
        (b"\x1aE\xdf\xa3" + b"webm" * 9, "a.webm", "invalid_type"),
    ],
)
def test_what_only_calls_itself_so_is_refused_and_leaves_nothing(taote, content, name, expected):
    refund = taote.refund()
    before, there = everything(taote), files()
    answer = show(taote.buyer, refund, content, name)
    assert code(answer) == (400, expected, "file")
    assert (everything(taote), files()) == (before, there)


def early(content: bytes) -> bytes:
    """The film with its table before its pictures, as what is sent over the air has it: cut off, it still begins."""
    with TemporaryDirectory() as folder:
        path = f"{folder}/early.mp4"
        options = {"movflags": "faststart"}
        with av.open(BytesIO(content)) as source, av.open(path, "w", format="mp4", options=options) as target:
            copy = target.add_stream_from_template(source.streams.video[0])
            for packet in source.demux(video=0):
                if packet.dts is not None:
                    packet.stream = copy
                    target.mux(packet)
        return Path(path).read_bytes()


def test_films_that_are_cut_off_or_show_nothing_are_refused(taote):
    refund, whole = taote.refund(), film(sound=None, frames=60)
    begun = early(whole)
    assert code(show(taote.buyer, refund, begun[:-300], "v.mp4")) == (400, "invalid_file", "file")
    sound = BytesIO()
    with av.open(sound, "w", format="mp4") as target:
        audio = target.add_stream("aac", rate=44100, layout="mono")
        target.mux(audio.encode(None))
    assert code(show(taote.buyer, refund, sound.getvalue(), "v.mp4"))[0] == 400
    assert show(taote.buyer, refund, begun, "v.mp4").status_code == 201


@for_each(
    ("codecs", "pictures", "fault"),
    [(["h264"], [1], None), ([], [1], NoFilm), (["vp9"], [1], NoFilm), (["h264"], [], CutOff)],
)
def test_a_film_has_a_picture_that_browsers_show(codecs, pictures, fault):
    streams = [SimpleNamespace(codec_context=SimpleNamespace(name=codec)) for codec in codecs]
    source = SimpleNamespace(streams=SimpleNamespace(video=streams), decode=lambda video: iter(pictures))
    if fault is None:
        films._look(source)
    else:
        with pytest.raises(fault):
            films._look(source)


def test_films_may_be_larger_than_pictures_and_neither_too_large(taote, monkeypatch):
    refund, content = taote.refund(), film()
    monkeypatch.setattr(uploads, "MOST_BYTES", 1000)
    assert show(taote.buyer, refund, content, "v.mp4").status_code == 201
    monkeypatch.setattr(uploads, "MOST_FILM_BYTES", len(content) - 1)
    assert code(show(taote.buyer, refund, content, "v.mp4")) == (400, "file_too_large", "file")


def test_too_many_pixels_are_refused_whatever_holds_them(taote, monkeypatch):
    refund = taote.refund()
    monkeypatch.setattr(uploads, "write_anew", lambda *args: pytest.fail("decoded before the limits were asked"))
    assert code(show(taote.buyer, refund, moving("GIF", frames=3, size=(4000, 2500)), "a.gif")) == (
        400,
        "too_many_pixels",
        "file",
    )
    large = (PHONES / "large.avif").read_bytes()  # 5001 by 5000
    assert code(show(taote.buyer, refund, large, "a.avif")) == (400, "too_many_pixels", "file")
    content = (PHONES / "upright.heic").read_bytes()
    at = content.index(b"ispe") + 8
    huge = content[:at] + (60000).to_bytes(4, "big") * 2 + content[at + 8 :]
    assert code(show(taote.buyer, refund, huge, "a.heic"))[0] == 400


def test_films_wait_for_a_turn_as_pictures_do(taote, monkeypatch):
    monkeypatch.setattr(uploads, "WAITS_S", 0.05)
    for _ in range(uploads.DECODED_AT_ONCE):
        uploads._decoding.acquire()
    try:
        assert code(show(taote.buyer, taote.refund(), film(), "v.mp4")) == (429, "busy", None)
    finally:
        for _ in range(uploads.DECODED_AT_ONCE):
            uploads._decoding.release()


def test_the_reader_has_its_limits_before_it_is_given_anything():
    wanted = {
        resource.RLIMIT_AS: 2**30,
        resource.RLIMIT_CPU: 20,
        resource.RLIMIT_FSIZE: 64 * 2**20,
        resource.RLIMIT_CORE: 0,
    }
    command = [sys.executable, "-m", "common.isomedia"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, cwd=settings.BASE_DIR, env={}
    ) as reader:
        try:
            until, found = time.monotonic() + 120, {}
            while found != wanted and reader.poll() is None and time.monotonic() < until:
                time.sleep(0.02)
                found = {what: resource.prlimit(reader.pid, what)[0] for what in wanted}
            assert found == wanted
        finally:
            reader.kill()


def test_the_reader_knows_nothing_of_our_environment(tmp_path, monkeypatch):
    teller = tmp_path / "teller"
    teller.write_text('#!/bin/sh\necho \'{"type": "text/plain"}\'\n/usr/bin/env\n')
    teller.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(teller))
    monkeypatch.setenv("A_SECRET", "not to be told")
    told, kind = reading.read_apart(b"", "file")
    assert (kind, b"PWD=" in told) == ("text/plain", True)
    assert b"not to be told" not in told


def test_a_reader_that_hangs_or_breaks_is_one_refusal(taote, monkeypatch, caplog):
    refund = taote.refund()
    monkeypatch.setattr(reading, "MOST_SECONDS", 0.001)
    assert code(show(taote.buyer, refund, film(), "v.mp4")) == (400, "invalid_file", "file")
    monkeypatch.undo()
    broken = subprocess.CompletedProcess([], -11, b'{"type": "video/mp4"}\nhalf', b"Segmentation fault")
    monkeypatch.setattr(subprocess, "run", lambda *args, **kwargs: broken)
    assert code(show(taote.buyer, refund, film(), "v.mp4")) == (400, "invalid_file", "file")
    assert "could not be read (-11)" in caplog.text
    assert "Segmentation fault" not in caplog.text, "what a process says may be of what it read"
