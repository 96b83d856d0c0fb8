"""Whatever happens to a published text: it is read, or refused in one line that can be printed."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from readers import checked, every

from running import InputError

PIECES = [
    b"\n",
    b"\r",
    b",",
    b"\t",
    b" ",
    b'"',
    b"#",
    b"!",
    b"%",
    b"<",
    b"\0",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\xc2\x85",
    b"\x1b[31m",
    b"{x}",
]
PIECES += [b"NA", b"nan", b"-1", b"1e400", b"1.5", b"1_0", 30 * b"9", b"\nid: ", b"\n[Term]\n", b"\nis_a: GO:1\n"]


@every()
@settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_change_is_read_or_is_one_line(reader, tmp_path, data):
    text = reader.text
    for _ in range(data.draw(st.integers(1, 3))):
        first, length = data.draw(st.integers(0, len(text))), data.draw(st.sampled_from([0, 0, 1, 9]))
        text = text[:first] + data.draw(st.sampled_from([b"", *PIECES])) + text[first + length :]
    path = tmp_path / "published.txt"
    path.write_bytes(text)
    try:
        reader.read(path)
    except InputError as error:
        checked(error)
