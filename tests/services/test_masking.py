"""Masking: what must go, what must stay, and that nothing moves."""
from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_service.services.masking import mask


@pytest.mark.parametrize(("text", "masked"), [
    ("我电话13812345678", "我电话138****5678"),
    ("138 1234 5678", "138 **** 5678"),
    ("138-1234-5678", "138-****-5678"),
    ("1 3 8 1 2 3 4 5 6 7 8", "1 3 8 * * * * 5 6 7 8"),
    ("１３８１２３４５６７８", "１３８****５６７８"),
    ("+8613812345678", "+86138****5678"),
    ("11010519491231002X", "11**************2X"),
    ("卡号6222021234567890128", "卡号***************0128"),
    ("a.b@qq.com", "a**@qq.com"),
    ("加我微信 abc_12345", "加我微信 a********"),
    ("vx：lovely888 哦", "vx：l******** 哦"),
    ("加 v 信 demo_kf339", "加 v 信 d*********"),
    ("加薇lovely888", "加薇l********"),
    ("QQ 12345678", "QQ 1*******"),
    ("收货地址:广东省广州市天河区体育西路100号3栋502,谢谢", "收货地址:**********************,谢谢"),
    ("浙江省杭州市西湖区文三路88号2栋301 收", "******************** 收"),
    ("收货人:张小美", "收货人:张**"),
    ("收件人 李雷 电话13912345678", "收件人 李* 电话139****5678"),
])
def test_personal_data_is_starred(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize("text", [
    "订单号4123456789012345678", "订单号:13812345678", "运单号 75312345678901", "199.00元", "170/92A XL", "身高165 170 175 体重90",
    "2025-11-11 10:00:05", "微信支付可以吗", "地址是错的,能改吗", "地址在哪里修改", "收货人是我妈妈", "姓名写错了", "11010519491231002Y",
    "110105194912310021", "6222021234567890129", "12345678901", "3.5L 1200W", "七天无理由", ""])
def test_orders_prices_sizes_and_plain_words_stay(text: str) -> None:
    assert mask(text) == text


@given(st.text(alphabet="1390 ８-订单号微信vxQ地址省市区路号收货人:张@a.b\u4e00😀", max_size=60))
def test_length_stays_and_nothing_but_stars_is_new(text: str) -> None:
    masked = mask(text)
    assert len(masked) == len(text)
    assert all(m in (t, "*") for m, t in zip(masked, text, strict=True))


@pytest.mark.parametrize("unit", ["a", "1", "1 ", "地址", "微信a", "收货人 ", "a."])
def test_long_runs_are_read_in_one_pass(unit: str) -> None:
    begin = time.perf_counter()
    mask(unit * 100_000)
    assert time.perf_counter() - begin < 5
