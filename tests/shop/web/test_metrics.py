"""Figures by route, for loopback only."""

from flask.testing import FlaskClient


def test_requests_are_counted_by_rule_never_by_address(client: FlaskClient) -> None:
    client.get("/san-pham/khong-co-that")
    text = client.get("/metrics").get_data(as_text=True)
    assert 'phien_requests_total{method="GET",route="/san-pham/<slug>",status="404"}' in text
    assert "khong-co-that" not in text


def test_others_find_nothing(client: FlaskClient) -> None:
    for address in ("203.0.113.7", "10.0.0.1", "fe80::1%eth0", ""):
        answer = client.get("/metrics", environ_base={"REMOTE_ADDR": address})
        assert answer.status_code == 404, address
