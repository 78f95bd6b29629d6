"""Step 5: a session on air that nobody can book over, told on the product's page and calendar."""

from icalendar import Calendar

from tests.story.browser import Browser, Form, Page
from tests.story.selling import NAME
from tests.story.world import World, vn

MAIN, OTHER = "club@demo.test", "club2@demo.test"
STAFF = "staff2@demo.test"  # of Quảng Ninh, where the club is
TITLE = "Miến dong đầu mùa lên sóng"


def go_on_air(world: World) -> None:
    """Step 5."""
    day = 8
    page = _propose(world, world.signed_in(MAIN), vn(day, 19), TITLE, with_product=True)
    session = str(page.one("main")["data-session"])
    world.story.same("the session is proposed", page.one("main")["data-status"], "proposed")
    _refused(world, vn(day, 19, 30), what="host")
    _refused(world, vn(day, 19, 45), what="studio")
    _agree(world)
    _confirm(world, session)
    _told(world, session)


def _clubs(browser: Browser) -> dict[str, str]:
    """Name -> address of "new session" for every club the person manages."""
    page = browser.get("/clb/phien/moi")
    found = {" ".join(a.get_text(" ").split()): a for a in page.soup.select("a[href*='club_id=']")}
    return {name: page.url.split("/clb")[0] + str(a["href"]) for name, a in found.items()}


def _form(page: Page) -> Form:
    return page.form(action="/clb/phien/moi", field="submit_key")


def _option(form: Form, field: str, words: str) -> str:
    for option in form.tag.select(f'select[name="{field}"] option'):
        if words in option.get_text() and option.get("value"):
            return str(option["value"])
    options = [o.get_text() for o in form.tag.select(f'select[name="{field}"] option')]
    raise AssertionError(f"no {words!r} among {options}")


def _propose(
    world: World, browser: Browser, starts_at: object, title: str, *, with_product: bool
) -> Page:
    address = "/clb/phien/moi"
    if with_product:
        address += f"?variant_id={world.made['variant_500']}"
    form = _form(browser.get(address))
    typed = {
        "title": title,
        "starts_at": f"{starts_at:%Y-%m-%dT%H:%M}",
        "minutes": "60",
        "host_id": _option(form, "host_id", "Vũ Dẫn Phiên"),
        "channel_id": _option(form, "channel_id", "Tiktok"),
        "studio_id": _option(form, "studio_id", "Phòng live"),
    }
    if with_product:
        number = world.made["variant_500"]
        typed |= {f"item_price_vnd_{number}": "59.000", f"item_set_aside_{number}": "10"}
    return browser.submit(form, typed | _button(form, "propose"))


def _button(form: Form, value: str) -> dict[str, str]:
    """Press the named button: it becomes a field of the form."""
    field = form.page.soup.new_tag("input", attrs={"type": "hidden", "name": "action"})
    form.tag.append(field)
    return {"action": value}


def _refused(world: World, starts_at: object, *, what: str) -> None:
    """The clubs of another manager try the same host, then the same studio."""
    browser, field = world.signed_in(OTHER), f"{what}_id"
    words = {"host": "Vũ Dẫn Phiên", "studio": "Phòng live"}[what]
    for address in {"": "/clb/phien/moi", **_clubs(browser)}.values():
        form = _form(browser.get(address))
        labels = [o.get_text() for o in form.tag.select(f'select[name="{field}"] option')]
        if any(words in label for label in labels):
            break
    else:
        raise AssertionError(f"no club of {OTHER} may use the {what}")
    hosts = [o for o in form.tag.select('select[name="host_id"] option') if o.get("value")]
    own = next(str(o["value"]) for o in hosts if "Vũ Dẫn" not in o.get_text() or what == "host")
    typed = {
        "title": f"Chen vào {what}",
        "starts_at": f"{starts_at:%Y-%m-%dT%H:%M}",
        "minutes": "60",
        "host_id": own,
        "channel_id": _option(form, "channel_id", ""),
    }
    typed[field] = _option(form, field, words)
    page = browser.submit(form, typed | _button(form, "propose"), expect=409)
    world.story.check(f"the same {what} is refused, naming it", words in page.text, page.text)
    offers = page.soup.select("[data-offers] time")
    world.story.same(f"with free slots offered instead for the {what}", len(offers), 3)


def _agree(world: World) -> None:
    producer = world.browser("producer")
    page = producer.get("/ban-hang/phien")
    world.story.check("the producer is asked", page.has(TITLE), page.text)
    producer.submit(page.form(action="/ban-hang/phien/", field="answer"), {"answer": "agree"})


def _confirm(world: World, session: str) -> None:
    story, staff, club = world.story, world.signed_in(STAFF), world.signed_in(MAIN)
    own = club.get(f"/clb/phien/{session}")
    confirms = [f for f in own.soup.select("form[action]") if "/chot" in str(f["action"])]
    story.check("the proposer cannot confirm their own session", not confirms, own.text)
    page = staff.get(f"/can-bo/phien/{session}")
    for tag in page.soup.select('form[action$="/bo-qua"]'):
        staff.submit(Form(tag, page), {"reason": "Đã trao đổi với câu lạc bộ"})
    page = staff.get(f"/can-bo/phien/{session}")
    done = staff.submit(page.form(action="/chot"))
    story.same("staff confirm it", done.one("main")["data-status"], "confirmed")


def _told(world: World, session: str) -> None:
    story, guest = world.story, world.browser("viewer")
    product = guest.get(world.made["product"])
    story.check(
        "the product page says when it is on air", product.has(TITLE, "19:00"), product.text
    )
    live = guest.get(product.links("/phien-live/")[0])
    story.check("the session has its page", live.has(TITLE, NAME), live.text)
    english = guest.get(live.url.replace(world.server.url, world.server.url + "/en"))
    story.check("in English too", english.has("TikTok"), english.text)
    feed = guest.get(_club_feed(guest, live))
    calendar = Calendar.from_ical(feed.answer.text)
    events = {str(e["SUMMARY"]): e for e in calendar.walk("VEVENT")}
    event = next((e for name, e in events.items() if TITLE in name), None)
    story.check("the club's calendar feed holds it", event is not None, list(events))
    assert event is not None
    story.same("at the right hour", f"{event.decoded('DTSTART'):%H:%M}", "19:00")
    story.check("with a stable UID", session in str(event["UID"]), event["UID"])
    tag = feed.answer.headers["ETag"]
    guest.get(feed.url, expect=304, headers={"If-None-Match": tag})
    story.check("unchanged, the feed answers 304", True)


def _club_feed(guest: Browser, live: Page) -> str:
    club = guest.get(live.links("/cau-lac-bo/")[0])
    return club.links(".ics")[0]
