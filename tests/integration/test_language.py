"""In which language somebody is spoken to."""

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client, override_settings
from django.urls import reverse

from accounts.models import User
from tests.integration.conftest import MakeUser
from tests.integration.test_rest import MakeApi


@pytest.fixture
def ann(transactional_db: None, make_user: MakeUser) -> User:
    return make_user("ann")


def language_of(client: Client, accepted: str = "") -> str:
    answer = client.get("/account/password/reset/", headers={"Accept-Language": accepted})
    return str(answer["Content-Language"])


def test_a_stranger_is_spoken_to_as_the_browser_says_until_they_choose(ann: User) -> None:
    client = Client()
    assert language_of(client) == "en"
    assert language_of(client, "de-AT,en;q=0.5") == "de"
    assert language_of(client, "fr") == "en"
    client.post("/language/", {"language": "de", "next": "/login/"})
    assert language_of(client, "en") == "de"


def test_a_persons_own_choice_counts_more_than_the_browsers(ann: User) -> None:
    client = Client()
    client.force_login(ann)
    client.cookies["parley_language"] = "en"
    for own, spoken in (("de", "de"), ("de-AT", "de"), ("", "en"), ("fr", "en"), ("x-odd", "en")):
        ann.locale = own
        ann.save()
        assert language_of(client, "en") == spoken, own


def test_the_language_of_the_preferences_is_that_of_the_account(ann: User, api: MakeApi) -> None:
    assert api(ann)("PATCH", "preferences", {"locale": "de"})[0] == 200
    ann.refresh_from_db()
    assert ann.locale == "de"
    api(ann)("PATCH", "preferences", {"sound": False})
    ann.refresh_from_db()
    assert ann.locale == "de"


def test_a_refusal_is_said_in_the_readers_language_and_its_code_is_none(ann: User) -> None:
    client = Client()
    client.force_login(ann)
    answer = client.get("/api/v1/channels/99999", headers={"Accept-Language": "de"})
    assert answer.json()["error"]["detail"] == "Das gibt es nicht."
    assert answer.json()["error"]["code"] == "not_found"
    answer = client.get("/api/v1/channels/99999")
    assert answer.json()["error"]["detail"] == "There is no such thing."


def test_mail_is_written_in_the_language_of_the_page(ann: User) -> None:
    ann.email = "ann@example.org"
    ann.save()
    Client().post(
        "/account/password/reset/", {"email": ann.email}, headers={"Accept-Language": "de"}
    )
    assert "Passwort" in mail.outbox[0].body


@pytest.mark.parametrize("path", ["/account/password/reset/", "/nothing-here"])
@override_settings(LANGUAGES=[*settings.LANGUAGES, ("he", "Hebrew")])
def test_a_language_from_right_to_left_turns_the_page(ann: User, path: str) -> None:
    answer = Client().get(path, headers={"Accept-Language": "he"})
    assert '<html lang="he" dir="rtl">' in answer.content.decode()
    answer = Client().get(path, headers={"Accept-Language": "de"})
    assert '<html lang="de" dir="ltr">' in answer.content.decode()


def test_the_window_brings_its_texts_along_in_other_languages(ann: User) -> None:
    client = Client()
    client.force_login(ann)
    page = client.get(reverse("workspace"), headers={"Accept-Language": "de"}).content.decode()
    assert "/static/texts/de.js" in page
    assert page.index("/static/texts/de.js") < page.index("/static/app.js")
    page = client.get(reverse("workspace")).content.decode()
    assert "/static/texts/" not in page


def test_the_manifest_names_the_workspace_and_the_worker_its_files(ann: User) -> None:
    client = Client()
    manifest = client.get("/manifest.webmanifest")
    assert manifest["Content-Type"] == "application/manifest+json"
    described = manifest.json()
    assert (described["start_url"], described["display"]) == ("/", "standalone")
    assert {icon["sizes"] for icon in described["icons"]} >= {"192x192", "512x512"}
    worker = client.get("/sw.js")
    assert worker["Content-Type"].startswith("text/javascript")
    assert worker["Cache-Control"] == "private, no-cache"
    assert "/static/app.js" in worker.content.decode().splitlines()[0]
