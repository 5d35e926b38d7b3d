"""VISCII 1.1 (RFC 1456), a Vietnamese encoding that Python has no codec for."""

from __future__ import annotations

LOW = {0x02: "Ẳ", 0x05: "Ẵ", 0x06: "Ẫ", 0x14: "Ỷ", 0x19: "Ỹ", 0x1E: "Ỵ"}
HIGH = (
    "ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲÕắằặấầẩậẽẹếềểễệốồổỗỠƠộờởịỰỨỪỬơớƯ"
    "ÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳĐứÒÓÔạỷừửÙÚỹỵÝỡưàáâãảăữẫèéêẻìíĩỉđựòóôõỏọụùúũủýợỮ"
)
TABLE = {**LOW, **dict(enumerate(HIGH, 0x80))}


def decode_viscii(data: bytes) -> str:
    """The text in `data`; every byte is a character."""
    return data.decode("latin-1").translate(TABLE)
