# SPDX-License-Identifier: AGPL-3.0-or-later
"""One rule, asked at every door: may the scan of this letter be asked for? The e-mail's button, the
page, the page's POST, the staff's call and the actions that come with a row must agree."""
import concurrent.futures

import pytest
from pages import follow, get, post, press
from skrytka import RpcError

ORDER = [  # office allows, client, package -> the first refusal, None when allowed
    (False, "inherit", "inherit", "office_off"),
    (False, "allow", "allow", "office_off"),
    (False, "deny", "deny", "office_off"),
    (True, "deny", "allow", "client_denied"),
    (True, "deny", "deny", "client_denied"),
    (True, "deny", "inherit", "client_denied"),
    (True, "allow", "deny", None),
    (True, "allow", "allow", None),
    (True, "allow", "inherit", None),
    (True, "inherit", "deny", "package_denied"),
    (True, "inherit", "allow", None),
    (True, "inherit", "inherit", None),
]


def refusal_of_staff_call(office, letter):
    """What scan_request_create says; None when it made the request."""
    try:
        office.admin.call("scan_request_create", item_id=letter["id"])
    except RpcError as error:
        assert error.code == "refused"
        return error.detail
    return None


@pytest.mark.parametrize("office_allows, client, package, refusal", ORDER)
def test_order_of_permission(office, maildir, office_allows, client, package, refusal):
    office.admin.call("settings_save", allow_scan_requests=office_allows)
    package = office.package("P", allow_scan_requests=package)
    client = office.client(package=package, allow_scan_requests=client)
    assert client["may_request_scans"] == (refusal is None)

    letter = office.letter(client)
    assert ("scan_request_create" in letter["can"]) == (refusal is None)
    mail = maildir.wait(to="alfa@example.pl")
    assert bool(mail.links()) == (refusal is None)
    assert ("Poproś o skan" in mail.html) == (refusal is None)
    assert refusal_of_staff_call(office, letter) == refusal


TAKEN_BACK = {  # what may happen to a permission after the e-mail left
    "office_off": lambda office, client, package:
        office.admin.call("settings_save", allow_scan_requests=False),
    "client_ended": lambda office, client, package:
        office.admin.call("client_save", id=client["id"], version=client["version"], active=False),
    "client_denied": lambda office, client, package:
        office.admin.call("client_save", id=client["id"], version=client["version"],
                          allow_scan_requests="deny"),
    "package_denied": lambda office, client, package:
        office.admin.call("package_save", id=package["id"], version=package["version"],
                          allow_scan_requests="deny"),
}


@pytest.mark.parametrize("refusal", TAKEN_BACK)
def test_permission_taken_back_after_the_mail(open_office, link, refusal):
    package = open_office.package("P")
    client = open_office.client(package=package)
    letter = open_office.letter(client)
    page = get(link(letter))
    assert page.form() is not None
    TAKEN_BACK[refusal](open_office, client, package)

    refused = follow(press(page))
    assert refused.form() is None and "skan" in refused.text
    assert open_office.admin.call("scan_request_list")["requests"] == []
    assert "scan_request_create" not in open_office.get(letter)["can"]
    assert refusal_of_staff_call(open_office, letter) == refusal


def test_outgoing_letter(open_office, maildir):
    letter = open_office.letter(open_office.client(), direction="outgoing")
    assert "scan_request_create" not in letter["can"]
    assert refusal_of_staff_call(open_office, letter) == "not_incoming"


@pytest.mark.parametrize("status", ["collected", "forwarded", "destroyed"])
def test_letter_that_left(open_office, link, status):
    letter = open_office.letter(open_office.client())
    page = get(link(letter))
    gone = open_office.admin.call("mail_save", id=letter["id"], version=letter["version"],
                                  status=status)
    assert "scan_request_create" not in gone["can"]
    refused = follow(press(page))
    assert refused.form() is None
    assert "Tej przesyłki nie ma już w biurze" in refused.text
    assert refusal_of_staff_call(open_office, letter) == "not_waiting"
    assert open_office.admin.call("scan_request_list")["requests"] == []


def test_letter_with_an_open_request(open_office, link):
    letter = open_office.letter(open_office.client())
    page = get(link(letter))
    assert refusal_of_staff_call(open_office, letter) is None
    assert "scan_request_create" not in open_office.get(letter)["can"]
    assert refusal_of_staff_call(open_office, letter) == "already_open"
    assert get(link(letter)).form() is None
    assert "już wysłana" in follow(press(page)).text
    assert len(open_office.admin.call("scan_request_list")["requests"]) == 1


def test_request_of_the_staff_tells_the_client(open_office, maildir):
    letter, request = open_office.asked_letter()
    assert request["source"] == "staff" and request["requested_by"] == "anna"
    assert request["status"] == "new" and request["cost"] == 500
    assert sorted(request["can"]) == ["scan_request_cancel", "scan_request_fulfil"]
    assert letter["request"] == request
    mail = maildir.wait(to="alfa@example.pl", subject="Prośba o skan przyjęta")
    assert "5,00" in mail.text


def test_closed_request_does_not_move(open_office):
    _, request = open_office.asked_letter()
    closed = open_office.admin.call("scan_request_cancel", id=request["id"])
    assert closed["can"] == []
    with pytest.raises(RpcError) as cancel:
        open_office.admin.call("scan_request_cancel", id=request["id"])
    assert (cancel.value.code, cancel.value.detail) == ("refused", "not_new")
    with pytest.raises(RpcError) as fulfil:
        open_office.admin.call("scan_request_fulfil", id=request["id"], uploads=[1])
    assert (fulfil.value.code, fulfil.value.detail) == ("refused", "not_new")


def test_only_the_newest_request_shows_with_the_letter(open_office):
    letter, first = open_office.asked_letter()
    open_office.admin.call("scan_request_cancel", id=first["id"])
    assert "scan_request_create" in open_office.get(letter)["can"]
    second = open_office.admin.call("scan_request_create", item_id=letter["id"])
    assert open_office.get(letter)["request"]["id"] == second["id"] != first["id"]


def test_letter_given_to_another_client(open_office, link):
    """The link of the first client must not show the second one's letter."""
    alfa = open_office.client()
    beta = open_office.client("Beta S.A.", ["beta@example.pl"])
    letter = open_office.letter(alfa)
    address = link(letter)
    page = get(address)
    open_office.admin.call("mail_save", id=letter["id"], version=letter["version"],
                           client_id=beta["id"])
    assert get(address).status == 404
    assert press(page).status == 404
    assert open_office.admin.call("scan_request_list")["requests"] == []


def test_letter_with_an_open_request_stays_with_its_client(open_office):
    letter, _ = open_office.asked_letter()
    beta = open_office.client("Beta S.A.", ["beta@example.pl"])
    with pytest.raises(RpcError) as error:
        open_office.admin.call("mail_save", id=letter["id"], version=letter["version"],
                               client_id=beta["id"])
    assert (error.value.code, error.value.detail) == ("refused", "open_request")


def test_fifty_presses_at_once_make_one_request(open_office, link):
    letter = open_office.letter(open_office.client())
    page = get(link(letter))
    target = f"http://127.0.0.1:{open_office.web_port}{page.form()['action']}"
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: post(target, page.form()["fields"]), range(50)))
    assert {answer.status for answer in answers} == {303}
    made = [answer for answer in answers if answer.headers["Location"].endswith("?sent")]
    assert len(made) == 1
    assert len(open_office.admin.call("scan_request_list")["requests"]) == 1


def test_count_of_new_requests_is_of_the_whole_office(open_office):
    open_office.asked_letter()
    found = open_office.admin.call("scan_request_list", text="zzzz")
    assert (found["requests"], found["new_count"]) == ([], 1)
    assert found["oldest_new"] is not None
