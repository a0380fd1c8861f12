"""A film as MP4: pictures and sound as they were encoded, and nothing else that a phone writes beside them.

Where it was taken, by which phone and whose, lies in tables and tracks of its own: they are left behind.
"""

from io import BytesIO

import av
from av.container import InputContainer

from common.isomedia.faults import CutOff, MediaFault, NoFilm

MP4 = "video/mp4"
VIDEO = frozenset({"h264", "hevc", "av1", "mpeg4", "h263"})
SOUND = frozenset({"aac", "mp3"})


def write_film(content: bytes) -> tuple[bytes, str]:
    """The film, written anew, and its type. Its first picture has been decoded: it isn't only called a film."""
    try:
        with av.open(BytesIO(content), "r", format="mp4") as source:
            _look(source)
            source.seek(0)
            return _copy(source), MP4
    except (av.error.FFmpegError, ValueError, EOFError):
        raise MediaFault from None


def _look(source: InputContainer) -> None:
    if not source.streams.video or source.streams.video[0].codec_context.name not in VIDEO:
        raise NoFilm
    source.streams.video[0].codec_context.thread_count = 1
    if next(source.decode(video=0), None) is None:
        raise CutOff


def _copy(source: InputContainer) -> bytes:
    written = BytesIO()
    with av.open(written, "w", format="mp4") as target:
        video, sound = source.streams.video[0], source.streams.audio[:1]
        kept = [video, *(each for each in sound if each.codec_context.name in SOUND)]
        copies = {each.index: target.add_stream_from_template(each) for each in kept}
        left = {each.index: each.frames for each in kept}
        for copy in copies.values():
            copy.metadata.clear()
        for packet in source.demux(kept):
            if packet.dts is None:  # the last word of a stream
                continue
            left[packet.stream.index] -= 1
            packet.stream = copies[packet.stream.index]
            target.mux(packet)
    if any(count > 0 for count in left.values()):
        raise CutOff
    return written.getvalue()
