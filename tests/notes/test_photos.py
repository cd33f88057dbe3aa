"""Photos of boards: shown only where released, and then nothing but pixels; a planted place is gone."""

import io
import zlib

import pytest
from PIL import Image, ImageCms, PngImagePlugin

from analysis_utils import pages
from analysis_utils.estimators.themes import write_theme_estimates
from analysis_utils.notes import photos
from analysis_utils.notes.group_notes import ingest_group_notes, write_group_notes
from analysis_utils.notes.photos import UnusablePictureError, clean_picture
from proofread import Secrets, search_files

GPS, ORIENTATION, MAKE = 0x8825, 0x0112, 0x010F
PLANTED = "Kamera von Erika Musterfrau"
XMP = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>Erika</x:xmpmeta>"


def two_halves(size=(400, 200)) -> Image.Image:
    """Left half red, right half blue."""
    picture = Image.new("RGB", size, "red")
    picture.paste("blue", (size[0] // 2, 0, *size))
    return picture


def photo(form="JPEG", *, size=(400, 200), turned=1) -> bytes:
    """A picture in which everything a camera writes is planted."""
    exif = Image.Exif()
    exif[MAKE], exif[ORIENTATION] = PLANTED, turned
    exif[GPS] = {1: "N", 2: (51.0, 45.0, 38.0), 3: "E", 4: (14.0, 20.0, 3.0)}
    more = {"exif": exif, "icc_profile": ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()}
    if form == "JPEG":
        more |= {"comment": PLANTED.encode(), "xmp": XMP}
    if form == "PNG":
        text = PngImagePlugin.PngInfo()
        text.add_itxt("XML:com.adobe.xmp", PLANTED)
        more["pnginfo"] = text
    out = io.BytesIO()
    two_halves(size).save(out, form, **more)
    return out.getvalue()


def written(folder, content, name="a.jpg"):
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_cleaned_picture_holds_pixels_and_nothing_else(tmp_path, form):
    path = written(tmp_path, photo(form))
    original, (content, size) = Image.open(path), clean_picture(path)
    assert original.getexif().get_ifd(GPS) and size == (400, 200)
    clean = Image.open(io.BytesIO(content))
    assert dict(clean.getexif()) == {} and set(clean.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert b"Erika" not in content and b"Exif" not in content
    assert clean.getpixel((50, 100))[0] > 200 and clean.getpixel((350, 100))[2] > 200
    assert clean_picture(path)[0] == content


def test_picture_lying_on_its_side_is_turned_upright_and_scaled(tmp_path):
    content, size = clean_picture(written(tmp_path, photo(size=(4000, 2000), turned=6)))
    upright = Image.open(io.BytesIO(content))
    assert size == upright.size == (800, 1600)
    assert upright.getpixel((400, 200))[0] > 200 and upright.getpixel((400, 1400))[2] > 200


def test_see_through_parts_become_paper(tmp_path):
    out = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(out, "PNG")
    content, _ = clean_picture(written(tmp_path, out.getvalue()))
    assert Image.open(io.BytesIO(content)).getpixel((5, 5)) == (255, 255, 255)


def bomb() -> bytes:
    """A PNG of a few bytes that claims 60,000 × 60,000 pixels."""

    def chunk(kind, data):
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    head = (60_000).to_bytes(4, "big") * 2 + b"\x08\x02\0\0\0"
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xff\xd8\xff", "expected a whole JPEG, PNG or WebP picture"),
        (photo()[:-900], "expected a whole"),
        (b"GIF89a" + bytes(40), "expected a whole"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "expected a whole"),
        (bomb(), "expected"),
    ],
)
def test_unusable_picture_is_refused_with_a_reason(tmp_path, content, message):
    with pytest.raises(UnusablePictureError, match=message):
        clean_picture(written(tmp_path, content))


def test_picture_larger_than_allowed_is_not_decoded(tmp_path, monkeypatch):
    monkeypatch.setattr(photos, "MOST_PIXELS", 1000)
    with pytest.raises(UnusablePictureError, match="save a smaller copy"):
        clean_picture(written(tmp_path, photo()))


BOARDS = (
    "group;board;text;dots;photo\nnord;Tafel A;Karte eins;3;IMG Erika.jpg\nnord;Tafel A;Karte zwei;1;IMG Erika.jpg\n"
)


@pytest.fixture
def read(make_round):
    """`read(photos_csv, boards)` reads and writes the notes of a round with one photo."""

    def made(released, boards=BOARDS, content=None):
        files = {"boards.csv": boards, "photos/IMG Erika.jpg": content or photo()}
        round_ = make_round(files | ({"photos.csv": released} if released else {}))
        notes = ingest_group_notes(round_)
        write_group_notes(notes)
        return round_, notes

    return made


HEAD = "photo;released_by;caption;alt\n"


def test_photo_that_nobody_released_is_nowhere(read):
    round_, notes = read("")
    assert not list(round_.processed.glob("*.jpg")) and notes.photos.empty


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ("IMG Erika.jpg;;x;", "release_unsigned"),
        ("other.jpg;Leitung;x;", "photo_of_no_board"),
        ("IMG Erika.jpg;Leitung;Frau Musterfrau zeigt;", "photo_with_personal_data"),
    ],
)
def test_release_that_cannot_hold_is_a_problem(read, row, rule):
    round_, notes = read(HEAD + row)
    [problem] = notes.problems[notes.problems["file"] == "photos.csv"].to_dict("records")
    assert (problem["rule"], problem["action"], problem["place"]) == (rule, "refused", "row 2")
    assert "Erika" not in problem["message"] + problem["seen"] and not list(round_.processed.glob("*.jpg"))


def test_photo_of_a_card_with_personal_data_or_a_broken_one_is_not_shown(read):
    _, notes = read(HEAD + "IMG Erika.jpg;Leitung;;", BOARDS + "nord;Tafel A;Anruf 0351 1234567;;IMG Erika.jpg\n")
    assert "photo_with_personal_data" in set(notes.problems["rule"]) and notes.photos.empty
    _, notes = read(HEAD + "IMG Erika.jpg;Leitung;;", content=b"\xff\xd8\xff")
    assert "photo_unusable" in set(notes.problems["rule"]) and notes.photos.empty


def test_released_photo_stands_on_the_page_with_words_from_the_board_and_without_its_name(read):
    round_, notes = read(HEAD + "IMG Erika.jpg;Leitung;;")
    write_theme_estimates(round_)
    [file] = round_.processed.glob("*.jpg")
    shown = pages.photos(pages.read_evidence(round_))._repr_html_()
    assert 'alt="Foto: Tafel „Tafel A“, Gruppe Nord, mit zwei Karten."' in shown
    assert "Tafel „Tafel A“, Gruppe Nord (Foto; freigegeben: Leitung)" in shown
    assert "Erika" not in shown + file.name and "Karte eins" not in shown
    assert search_files([file], Secrets()) == []
    assert notes.photos["file"].tolist() == [file.name]
    write_group_notes(read(HEAD)[1])
    assert not list(round_.processed.glob("*.jpg"))


def test_caption_and_description_are_text(read):
    round_, _ = read(HEAD + 'IMG Erika.jpg;<b>L</b>;<script>1</script>;"x"" onload=""1"\n')
    write_theme_estimates(round_)
    shown = pages.photos(pages.read_evidence(round_))._repr_html_()
    assert "<script>" not in shown and '" onload' not in shown and "<b>" not in shown


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_leak_check_refuses_a_picture_as_the_camera_left_it(tmp_path, form):
    rules = {finding.rule for finding in search_files([written(tmp_path, photo(form))], Secrets())}
    assert rules == {"a picture that is neither JPEG nor PNG" if form == "WEBP" else "a picture with metadata"}


def test_leak_check_sees_what_follows_the_end_of_a_picture(tmp_path):
    content, _ = clean_picture(written(tmp_path, photo()))
    assert search_files([written(tmp_path, content, "b.jpg")], Secrets()) == []
    appended = written(tmp_path, content + photo(), "c.jpg")
    assert {finding.rule for finding in search_files([appended], Secrets())} == {"a picture with metadata"}
