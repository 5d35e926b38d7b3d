"""Addresses that no public host has: everything but global unicast, IANA's special ranges included."""

import pytest

from repos.sources.network_policy import is_public


@pytest.mark.parametrize(
    "address",
    """
    fec0::1 64:ff9b:1::7f00:1 64:ff9b::7f00:1 64:ff9b::10.0.0.1 ::127.0.0.1 ::8.8.8.8 3fff::1
    2001:db8::1 2001::1 2001:10::1 2001:20::1 2002:7f00:1:: 2002:808:808:: 5f00::1 100::1 fc00::1
    fe80::1 fe80::1%eth0 ff02::1 :: ::1 ::ffff:10.0.0.1 ::ffff:127.0.0.1 4000::1 2620:4f:8000::1
    0.0.0.0 10.1.2.3 100.64.0.1 127.0.0.1 169.254.169.254 172.16.0.1 192.0.0.9 192.0.0.170
    192.0.2.1 192.31.196.1 192.52.193.1 192.88.99.1 192.168.1.1 192.175.48.1 198.18.0.1
    198.51.100.1 203.0.113.1 224.0.0.1 233.252.0.1 240.0.0.1 255.255.255.255 example.org 08.8.8.8
    """.split(),
)
def test_special_addresses_are_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    "8.8.8.8 140.82.121.3 2606:4700::1111 2a00:1450::1 64:ff9b::808:808 ::ffff:8.8.8.8".split(),
)
def test_global_unicast_is_public(address):
    assert is_public(address)
