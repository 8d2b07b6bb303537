"""Does a text come back as it was written, every value with its place, and is every trick
refused?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from planner import yamlfile
from planner.errors import InputError, Mark
from planner.yamlfile import MAX_DEPTH, Located, dotted, read_file, read_text


class PythonLoader(yaml.SafeLoader):
    """What an installation without libyaml has."""

    yaml_implicit_resolvers: dict = {}


@pytest.fixture(params=["libyaml", "python"])
def loader(request, monkeypatch):
    """Run a test with either parser."""
    if request.param == "python":
        monkeypatch.setattr(yamlfile, "_TextLoader", PythonLoader)
    return request.param


def read(text: str) -> Located:
    return read_text(text, "f.yaml")


def problems(text: str):
    with pytest.raises(InputError) as caught:
        read(text)
    return caught.value.problems


def under(mark: Mark) -> str:
    """What a mark underlines."""
    return mark.source.line(mark.line)[mark.column - 1 :][: mark.length]


BASIC = st.text(st.characters(max_codepoint=0xFFFF, exclude_categories=["Cs"]), max_size=8)
"""JSON escapes what lies above as two halves, which YAML does not know."""


@pytest.mark.usefixtures("loader")
class TestValues:
    @pytest.mark.parametrize(
        "word",
        [
            "NO",
            "no",
            "yes",
            "on",
            "1.10",
            "22:22",
            "0x10",
            "0o17",
            "1_000",
            "2026-01-01",
            "true",
            "1e3",
            ".inf",
            "=",
            "<<",
            "None",
            "Null",
            "NULL",
        ],
    )
    def test_a_plain_word_stays_text(self, word):
        assert read(f"a: {word}\nb: [{word}]\n").data == {"a": word, "b": [word]}

    @pytest.mark.parametrize(
        "text", ["a: null", "a: ~", "a:", "a: # nothing", "{a: null}", "{a: }", "{a}"]
    )
    def test_nothing_is_none(self, text):
        assert read(text).data == {"a": None}

    @pytest.mark.parametrize(
        ("text", "value"),
        [("'null'", "null"), ('"~"', "~"), ("''", ""), ('""', ""), ("|\n  null\n", "null\n")],
    )
    def test_but_not_in_quotes(self, text, value):
        assert read(f"a: {text}").data == {"a": value}

    def test_keys_stay_text(self):
        assert read("1: a\nNO: b\n2026-01: c\ntrue: d\n'': e\n").data == {
            "1": "a",
            "NO": "b",
            "2026-01": "c",
            "true": "d",
            "": "e",
        }

    def test_a_merge_key_is_a_key(self):
        assert read("<<: {a: 1}").data == {"<<": {"a": "1"}}

    def test_block_texts(self):
        assert read("a: |\n  one\n  two\nb: >\n  one\n  two\n").data == {
            "a": "one\ntwo\n",
            "b": "one two\n",
        }

    @pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "---\n"])
    def test_an_empty_text_is_nothing(self, text):
        located = read(text)
        assert located.data is None
        assert located.value_mark(()) is not None

    def test_json_is_read(self):
        data = {"a": [1, None, "x"], "b": {"c": "d"}}
        assert read(json.dumps(data)).data == {"a": ["1", None, "x"], "b": {"c": "d"}}

    @given(
        st.recursive(
            BASIC,
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(BASIC, inner, max_size=3),
        )
    )
    @example({"": "\x85\u2028\u2029\x7f\ufeff"})
    def test_any_json_comes_back(self, data):
        assert read(json.dumps(data)).data == data

    def test_the_whole_of_unicode_as_it_stands(self):
        data = {"müller": ["日本", "🙂"], "𝔘": "e\u0301"}
        assert read(json.dumps(data, ensure_ascii=False)).data == data


@pytest.mark.usefixtures("loader")
class TestRefusal:
    def test_a_key_that_stands_twice(self):
        (problem,) = problems("a: 1\nb: 2\na: 3\n")
        assert (problem.code, problem.mark.line, problem.mark.column, under(problem.mark)) == (
            "Y002",
            3,
            1,
            "a",
        )
        assert "first on line 1" in problem.message

    def test_at_any_depth_and_all_at_once(self):
        found = problems("x:\n  - {a: 1, a: 2}\n  - b:\n      c: 1\n      c: 2\n      'c': 3\n")
        assert [(p.code, p.mark.line, p.mark.column) for p in found] == [
            ("Y002", 2, 12),
            ("Y002", 5, 7),
            ("Y002", 6, 7),
        ]

    def test_keys_that_differ_are_different(self):
        assert read("a: 1\nA: 2\n'a ': 3\n").data == {"a": "1", "A": "2", "a ": "3"}

    def test_anchors_and_aliases(self):
        found = problems("a: &x [1]\nb: *x\nc: {d: *x}\n")
        assert [(p.code, p.mark.line, under(p.mark)) for p in found] == [
            ("Y003", 1, "&x"),
            ("Y003", 2, "*x"),
            ("Y003", 3, "*x"),
        ]

    def test_a_billion_laughs(self):
        bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
        for one, next_ in zip("abcdefgh", "bcdefghi", strict=True):
            bomb += f"{next_}: &{next_} [{', '.join([f'*{one}'] * 10)}]\n"
        assert {p.code for p in problems(bomb)} == {"Y003"}

    def test_ampersands_and_asterisks_in_texts_are_texts(self):
        assert read("a: R&D\nb: 2 * 3\nc: '*x'\n# *y &z\n").data == {
            "a": "R&D",
            "b": "2 * 3",
            "c": "*x",
        }

    @pytest.mark.parametrize(
        ("text", "tag"),
        [
            ("a: !!int 1", "!!int"),
            ("a: !mine {b: 1}", "!mine"),
            ("a: !!python/name:os.system x", "!!python"),
            ("!!omap []", "!!omap"),
        ],
    )
    def test_tags(self, text, tag):
        (problem,) = problems(text)
        assert (problem.code, under(problem.mark).startswith(tag)) == ("Y003", True)

    def test_tabs(self):
        (problem,) = problems("a:\n\tb: 1\n")
        assert (problem.code, problem.mark.line) == ("Y001", 2)

    @pytest.mark.parametrize(
        "text",
        [
            "a: [1, 2",
            "a: b: c",
            "a: 'open",
            "- a\nb: c",
            "a: 1\n---\nb: 2",
            "{a: 1}}",
            "a: @x",
            "%",
        ],
    )
    def test_what_is_not_yaml(self, text):
        (problem,) = problems(text)
        assert problem.code == "Y001"
        assert problem.mark is not None
        assert "\n" not in problem.message

    def test_a_key_that_is_no_word(self):
        (problem,) = problems("? [a]\n: 1\n")
        assert (problem.code, under(problem.mark)) == ("Y001", "[a]")

    @pytest.mark.parametrize("character", ["\x00", "\x07", "\x1b", "\ufffe"])
    def test_control_characters_at_their_place(self, character):
        (problem,) = problems(f"a: ü\nb: '{character}'\n")
        assert (problem.code, problem.mark.line, problem.mark.column) == ("Y001", 2, 5)
        assert f"U+{ord(character):04X}" in problem.message

    @pytest.mark.parametrize(
        "text",
        [
            "[" * MAX_DEPTH + "]" * MAX_DEPTH,
            "- " * MAX_DEPTH + "x",
            "{a: " * MAX_DEPTH + "x" + "}" * MAX_DEPTH,
        ],
    )
    def test_as_deep_as_allowed(self, text):
        assert read(text).data

    @pytest.mark.parametrize("deep", [MAX_DEPTH + 1, 5_000, 200_000])
    @pytest.mark.parametrize(
        ("opening", "closing"),
        [("[", "]"), ("[", ""), ("- ", ""), ("{a: ", "}"), ("{a: ", ""), ("? ", "")],
    )
    def test_deeper_is_refused(self, deep, opening, closing):
        (problem,) = problems(opening * deep + closing * deep)
        assert (problem.code, problem.message) == ("Y003", f"nested deeper than {MAX_DEPTH} levels")

    @pytest.mark.parametrize(
        ("before", "opening"),
        [
            ("", "["),
            ("a: ", "["),
            ("# ü 🙂 日本\r\nb: 🙂\r\na: ", "["),
            ("", "- "),
            ("", "{a: "),
            ("", '{"a":'),
            ("", '{"a": [\n'),
            ("", "[{a: "),
            ("- - a:\n     - ", "[["),
            ("x" * 1000 + ": 1\na: ", "["),
        ],
    )
    @pytest.mark.parametrize("deep", [MAX_DEPTH + 1, 600, 1_100])
    def test_the_place_is_where_the_first_level_too_many_begins(self, before, opening, deep):
        """Proves: the place does not depend on how far the scanner reads ahead, nor on a depth at
        which it gives up itself."""
        text = before + opening * deep
        starts = [i for i, character in enumerate(text) if character in "[{-"]
        start = starts[
            MAX_DEPTH - ("a:" in before)
        ]  # one level more is the block mapping, which begins with no character of its own
        lines = text[:start].replace("\r\n", "\n").split("\n")
        (problem,) = problems(text)
        assert (problem.code, problem.message) == ("Y003", f"nested deeper than {MAX_DEPTH} levels")
        assert (problem.mark.line, problem.mark.column) == (len(lines), len(lines[-1]) + 1)

    @pytest.mark.parametrize("deep", [MAX_DEPTH + 1, 1_100])
    @pytest.mark.parametrize(
        ("opening", "closing", "column"),
        [("[", "]", 61), ("- ", "", 121), ("{a: ", "}", 241), ("[{a: ", "}]", 151)],
    )
    def test_where_nobody_looks_first_too(self, opening, closing, column, deep, tmp_path):
        """Proves: a shipped file that is too deep is told in the same words, not in the
        composer's."""
        path = tmp_path / "shipped.yaml"
        path.write_text(opening * deep + "x" + closing * deep, encoding="utf-8")
        with pytest.raises(InputError) as caught:
            read_file(path, foreign=False)
        (problem,) = caught.value.problems
        assert (problem.code, problem.message) == ("Y003", f"nested deeper than {MAX_DEPTH} levels")
        assert (problem.mark.line, problem.mark.column) == (1, column)

    def test_an_error_before_it_is_too_deep_is_the_error(self):
        (problem,) = problems("a: " + "[" * (MAX_DEPTH - 2) + "@" + "[" * 2000)
        assert (problem.code, problem.mark.column) == ("Y001", MAX_DEPTH + 2)

    def test_tricks_on_the_way_down_are_told_too(self):
        found = problems("a: &x 1\nb: " + "[" * 2000)
        assert [(p.code, p.mark.line, p.mark.column) for p in found] == [
            ("Y003", 1, 4),
            ("Y003", 2, 63),
        ]

    def test_half_a_surrogate_pair(self):
        (problem,) = problems("a: 1\nb: \ud800\n")
        assert (problem.code, problem.mark.line, problem.mark.column) == ("Y001", 2, 4)

    @given(st.text(max_size=60) | st.text(alphabet="ab:- \n\t[]{},'\"#&*!|>%@`?~", max_size=60))
    def test_any_text_is_read_or_refused(self, text):
        try:
            located = read(text)
        except InputError as error:
            assert error.problems
            assert all(p.code in {"Y001", "Y002", "Y003"} for p in error.problems)
            assert all(p.render() for p in error.problems)
        else:
            for spot in located.spots.values():
                assert spot.value.line >= 1
                assert spot.value.column >= 1


TOKEN = st.sampled_from(["x", "müller", "日本", "🙂", "with space", "1.10", "a-b", "it's"])
TREE = st.recursive(
    TOKEN,
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3)
        | st.lists(inner, min_size=1, max_size=3).map(lambda items: dict(enumerate(items)))
    ),
    max_leaves=12,
)


class Writer:
    """Writes a tree as block YAML, every scalar and key unique, with comments, blank lines and odd
    indents between."""

    def __init__(self) -> None:
        self.number = 0
        self.expected: dict[tuple[str | int, ...], tuple[str, str | None]] = {}
        """Path → text of the value (of a scalar), text of the key."""

    def unique(self, word: str) -> str:
        self.number += 1
        return f"{word} n{self.number}e"

    def write(self, tree, path=(), indent=0, key=None) -> str:
        pad = " " * indent
        if isinstance(tree, str):
            token = self.unique(tree)
            self.expected[path] = (token, key)
            return f" {token}  # note\n"
        self.expected[path] = ("", key)
        out = "\n"
        for i, item in enumerate(tree if isinstance(tree, list) else tree.values()):
            if isinstance(tree, list):
                out += f"{pad}-" + self.write(item, (*path, i), indent + 3)
            else:
                name = self.unique("key")
                out += f"\n{pad}{name}:" + self.write(item, (*path, name), indent + 2, name)
        return out


@pytest.mark.usefixtures("loader")
class TestPlaces:
    @given(TREE, st.sampled_from(["\n", "\r\n"]))
    def test_marks_against_a_scan_of_the_text(self, tree, end):
        """Each scalar and key is unique in the text, so that a plain search says where it
        stands."""
        writer = Writer()
        text = writer.write(tree).replace("\n", end)
        located = read(text)
        assert set(located.spots) == set(writer.expected)
        for path, (token, key) in writer.expected.items():
            if token:
                self.stands_at(text, token, located.value_mark(path))
                assert under(located.value_mark(path)) == token
            if key:
                self.stands_at(text, key, located.key_mark(path))
                assert under(located.key_mark(path)) == key

    def stands_at(self, text: str, token: str, mark: Mark) -> None:
        before = text[: text.index(token)].replace("\r\n", "\n")
        assert mark.line == before.count("\n") + 1
        assert mark.column == len(before) - before.rfind("\n")

    def test_in_flow_style(self):
        located = read("a: {b: [1, {c: dd}]}\n")
        assert under(located.value_mark(("a", "b", 1, "c"))) == "dd"
        assert under(located.key_mark(("a", "b", 1, "c"))) == "c"
        assert under(located.value_mark(("a", "b"))) == "[1, {c: dd}]"
        assert str(located.value_mark(("a", "b", 0))) == "f.yaml:1:9"

    def test_what_is_missing_stands_at_its_nearest_ancestor(self):
        located = read("a:\n  b: 1\n")
        assert located.value_mark(("a", "b", "c", 3)) == located.value_mark(("a", "b"))
        assert located.key_mark(("a", "x")) == located.key_mark(("a",))
        assert located.value_mark(("z",)) == located.value_mark(())

    def test_quoted_scalars_include_their_quotes(self):
        assert under(read("a: 'b c'\n").value_mark(("a",))) == "'b c'"

    def test_a_text_over_several_lines_marks_its_first_character(self):
        mark = read("a: |\n  one\n  two\n").value_mark(("a",))
        assert (mark.line, mark.column, mark.length) == (1, 4, 1)


class TestFiles:
    def file(self, folder: Path, raw: bytes) -> Path:
        path = folder / "f.yaml"
        path.write_bytes(raw)
        return path

    def refused(self, path: Path):
        with pytest.raises(InputError) as caught:
            read_file(path)
        (problem,) = caught.value.problems
        return problem

    def test_a_byte_order_mark_takes_no_column(self, tmp_path):
        located = read_file(self.file(tmp_path, "\ufeffa: 1\n".encode()))
        assert located.data == {"a": "1"}
        assert (located.key_mark(("a",)).column, located.value_mark(("a",)).column) == (1, 4)

    def test_line_ends_of_other_systems(self, tmp_path):
        located = read_file(self.file(tmp_path, b"a: 1\r\nb: 2\r\nc: 3\r\n"))
        assert located.data == {"a": "1", "b": "2", "c": "3"}
        mark = located.value_mark(("c",))
        assert (mark.line, under(mark)) == (3, "3")

    def test_an_empty_file(self, tmp_path):
        assert read_file(self.file(tmp_path, b"")).data is None

    @pytest.mark.parametrize(
        "raw", [b"a: \xff\n", "a: ü\n".encode("latin-1"), "a: 1\n".encode("utf-16")]
    )
    def test_what_is_not_utf8(self, tmp_path, raw):
        problem = self.refused(self.file(tmp_path, raw))
        assert (problem.code, "not UTF-8" in problem.message) == ("Y004", True)

    def test_no_such_file(self, tmp_path):
        problem = self.refused(tmp_path / "nothing.yaml")
        assert (problem.code, problem.message.endswith("no such file or directory")) == (
            "Y004",
            True,
        )

    def test_a_folder(self, tmp_path):
        assert self.refused(tmp_path).code == "Y004"

    def test_a_huge_file_is_not_even_read(self, tmp_path):
        path = tmp_path / "huge.yaml"
        with path.open("wb") as file:
            file.truncate(
                100 * 1024**3
            )  # sparse: takes no room on the disk, and no machine holds it in memory
        problem = self.refused(path)
        assert (problem.code, "is larger than" in problem.message) == ("Y003", True)

    def test_the_largest_file_allowed(self, tmp_path, monkeypatch):
        monkeypatch.setattr(yamlfile, "MAX_BYTES", 10)
        assert read_file(self.file(tmp_path, b"a: 1234567")).data == {"a": "1234567"}
        assert self.refused(self.file(tmp_path, b"a: 12345678")).code == "Y003"

    def test_the_name_is_the_way_there_from_here(self, tmp_path, monkeypatch):
        path = self.file(tmp_path, b"a: 1\n")
        assert read_file(path).source.name == str(path)
        monkeypatch.chdir(tmp_path)
        assert read_file(path).source.name == "f.yaml"


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("sites.0.power", ("sites", 0, "power")),
        ("", ()),
        ("power.2026-Q3", ("power", "2026-Q3")),
        ("by.2026", ("by", "2026")),
        ("a.²", ("a", "²")),
    ],
)
def test_dotted(text, path):
    assert dotted(text) == path
