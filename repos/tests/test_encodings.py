"""From bytes to text: every encoding that people who use the interface write in."""

import random
import unicodedata

import pytest

from deepwiki.testing.growth import LINEAR, growth
from repos.indexing.encodings import decode
from repos.indexing.viscii import TABLE

CODE = "def check(name):\n    return bool(name)\n\n\n"
COMMENTS = {
    "es": "Comprueba el nombre del usuario. Si está vacío, devuelve la opción por omisión: año, señal.",
    "fr": "Vérifie le nom d'utilisateur ; renvoie la valeur par défaut si la clé n'a pas été trouvée.",
    "pt": "Verifica o nome do usuário e a configuração padrão; não lança exceções, só informações.",
    "de": "Prüft die Größe der übergebenen Schlüssel, löscht ungültige und zählt die übrigen.",
    "ja": "ユーザー名を検証する関数です。戻り値は真偽値です。例外を投げません。設定を読み込みます。",
    "ko": "사용자 이름이 유효한지 확인합니다. 예외를 던지지 않습니다. 설정 파일을 읽습니다.",
    "ru": "Проверяет правильность имени пользователя, не вызывает исключений. Читает настройки.",
    "vi": "Kiểm tra tên người dùng có hợp lệ không. Trả về giá trị mặc định nếu không tìm thấy khóa.",
    "zh_Hans": "检查用户名是否有效，返回结果。不抛出异常，读取配置文件并缓存。",
    "zh_Hant": "檢查使用者名稱是否有效，傳回結果。不會拋出例外，讀取設定檔並快取。",
}
ENCODINGS = {
    "es": ["cp1252", "iso8859_1", "iso8859_15"],
    "fr": ["cp1252", "iso8859_1", "iso8859_15"],
    "pt": ["cp1252", "iso8859_1", "iso8859_15"],
    "de": ["cp1252", "iso8859_1", "iso8859_15"],
    "ja": ["shift_jis", "cp932", "euc_jp", "iso2022_jp"],
    "ko": ["euc_kr", "cp949"],
    "ru": ["cp1251", "koi8_r", "cp866", "iso8859_5"],
    "vi": ["cp1258", "viscii"],
    "zh_Hans": ["gb2312", "gbk", "gb18030"],
    "zh_Hant": ["big5", "big5hkscs"],
}
CASES = [(language, encoding) for language, names in ENCODINGS.items() for encoding in names]
WIDE = ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]
TONES = "\u0300\u0301\u0303\u0309\u0323"


def encode(text, encoding):
    if encoding == "viscii":
        codes = {char: code for code, char in TABLE.items()}
        return bytes(codes.get(char, ord(char)) for char in text)
    if encoding == "cp1258":
        text = "".join(map(_with_separate_tone, text))
    return text.encode(encoding)


def _with_separate_tone(char):
    parts = unicodedata.normalize("NFD", char)
    tone = next((tone for tone in TONES if tone in parts), "")
    return unicodedata.normalize("NFC", parts.replace(tone, "")) + tone if tone else char


@pytest.mark.parametrize(("language", "encoding"), CASES)
def test_the_encoding_of_a_comment_is_detected(language, encoding):
    text = f"{CODE}# {COMMENTS[language]}\n"
    assert decode(encode(text, encoding)) == text


@pytest.mark.parametrize(("language", "encoding"), CASES)
def test_a_text_with_hardly_any_ascii_is_no_binary_file(language, encoding):
    text = f"{COMMENTS[language]}\n" * 40
    assert decode(encode(text, encoding)) == text


@pytest.mark.parametrize("encoding", WIDE)
@pytest.mark.parametrize("text", ["a = 1\n", *(f"# {text}\n" for text in COMMENTS.values())])
def test_unicode_is_read_with_and_without_a_mark(encoding, text):
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize("language", COMMENTS)
@pytest.mark.parametrize("broken", [b"\xff", b"\xe9", b"\xc3", b"\xf0\x9f"])
def test_one_bad_byte_costs_one_character_of_utf_8(language, broken):
    text = f"# {COMMENTS[language]}\n"
    assert decode(text.encode() + broken + b"\n" + text.encode()) == f"{text}\ufffd\n{text}"


def test_one_bad_byte_of_a_double_byte_file_does_not_cost_the_rest():
    comment = COMMENTS["zh_Hans"].encode("gbk")
    assert decode(comment + b"\n\xff\n" + comment).count(COMMENTS["zh_Hans"]) == 2


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"# -*- coding: gbk -*-\n# " + "啊".encode("gbk"), "# -*- coding: gbk -*-\n# 啊"),
        (b"#!/bin/sh\n# vim: set fileencoding=koi8-r :\n\xcf", None),
        ("<?xml version='1.0' encoding='ISO-8859-5'?>\n<a>Щ</a>".encode("iso8859_5"), None),
        ('<html><head><meta charset="Shift_JIS"><p>亜'.encode("cp932"), None),
        ("@charset 'iso-8859-2';\na::before { content: 'ź' }".encode("iso8859_2"), None),
    ],
)
def test_an_encoding_that_the_file_names_is_heeded(data, text):
    decoded = decode(data)
    assert any(char in decoded for char in "啊оЩ亜ź")
    assert text is None or decoded == text


@pytest.mark.parametrize(
    "name",
    ["rot13", "unicode_escape", "base64", "idna", "punycode", "undefined", "no-such", "zlib"],
)
def test_a_name_that_is_no_encoding_of_text_is_not_heeded(name):
    text = f"# coding: {name}\n# Größe, Schlüssel\n"
    assert decode(text.encode("cp1252")) == text


def test_a_wrong_name_does_not_win_over_the_bytes():
    text = "# coding: gbk\n# né à Größe\n"
    assert decode(text.encode()) == text
    assert decode(text.encode("cp1252")) == text


SHORT = [
    ("# 中文注释\n", "gbk"),
    ("// 繁體中文註解\n", "big5"),
    ("// テスト\n", "shift_jis"),
    ("// 日本語\n", "euc_jp"),
    ("# 안녕하세요\n", "euc_kr"),
    ("# Привет\n", "koi8_r"),
    ("# Привет\n", "cp1251"),
    ("# “quoted” – it’s text…\n", "cp1252"),
    ("# 10 €\n", "cp1252"),
    ("# José, naïve façade déjà vu\n", "iso8859_1"),
    ("re.compile('[a-zäöüÄÖÜß]+')\n", "iso8859_1"),
    ("# [àâäéèêëîïôöùûüç]\n", "iso8859_1"),
    ("tr = 'áéíóúñÁÉÍÓÚÑ'\n", "iso8859_1"),
    ("# zażółć gęślą jaźń\n", "iso8859_2"),
    ("# José Núñez, Zürich\n", "iso8859_1"),
    ("# Smørrebrød, § 5, 20 °C\n", "iso8859_1"),
]


@pytest.mark.parametrize(("comment", "encoding"), SHORT)
def test_a_few_words_are_enough(comment, encoding):
    assert decode((CODE + comment).encode(encoding)) == CODE + comment


@pytest.mark.parametrize("size", [300, 20_000])
def test_random_bytes_are_no_text(size):
    assert decode(random.Random(size).randbytes(size)) is None


@pytest.mark.parametrize("mark", [b"\xff\xfe", b"\xfe\xff", b"\xff\xfe\x00\x00"])
def test_random_bytes_behind_a_byte_order_mark_are_no_text(mark):
    assert decode(mark + random.Random(1).randbytes(4_000)) is None


def test_numbers_of_16_bits_are_no_text():
    values = range(1, 4_000)
    assert decode(b"".join(value.to_bytes(2, "little") for value in values)) is None


def test_detection_looks_at_a_sample():
    line = f"# {COMMENTS['ru']}\n".encode("koi8_r")
    assert growth(lambda lines: decode(line * lines), 8_000) < LINEAR
