"""The editor's pictures: several at once, in an order of one's own, each with its words."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from shop.catalogue import queries, services
from shop.catalogue.forms import NewPhotoForm, PhotoForm, PlaceForm
from shop.catalogue.pictures import MAX_BYTES, store_picture
from shop.catalogue.routes.base import attempt, bp, own_draft
from shop.catalogue.routes.steps import editor
from shop.core import clock
from shop.core.errors import DomainError, Invalid
from shop.core.text import N_, clean
from shop.web.access import actor, role
from shop.web.errors import status_of
from shop.web.i18n import gettext, say
from shop.web.limits import limiter
from shop.web.request import house, write_session


class PhotoMissing(Invalid):
    message = N_("Vui lòng chọn một ảnh.")


def _page(draft: queries.Draft, form: NewPhotoForm, status: int = 200) -> ResponseReturnValue:
    return editor("photos.html", draft, "photos", status, form=form)


def _back(product_id: int, said: str, sha: str = "") -> ResponseReturnValue:
    flash(said, "ok")
    anchor = f"anh-{sha[:12]}" if sha else None
    return redirect(url_for(".photos", product_id=product_id, _anchor=anchor), 303)


@bp.get("/ban-hang/san-pham/<int:product_id>/anh")
@role("producer")
def photos(product_id: int) -> ResponseReturnValue:
    """The pictures of a product and a form for more."""
    return _page(own_draft(product_id), NewPhotoForm())


@bp.post("/ban-hang/san-pham/<int:product_id>/anh")
@role("producer")
@limiter.limit("240 per hour")
def add_photo(product_id: int) -> ResponseReturnValue:
    """Add pictures: each is opened in a child process before the database is written.

    A form sends several; the page's script sends one at a time, asks for JSON and shows progress.
    """
    draft, form = own_draft(product_id), NewPhotoForm.read()
    files = [file for file in request.files.getlist("photo") if file.filename]
    if "application/json" in request.headers.get("Accept", ""):
        return _answer_one(product_id, form, files)
    if not form.validate():
        return _page(draft, form, 422)
    if len(files) > 1:
        return _add_many(product_id, form, files)
    status = attempt(form, lambda: _add(product_id, _stored(form, next(iter(files), None))))
    if status:
        return _page(draft, form, status)
    write_session().commit()
    return _back(product_id, gettext(N_("Đã thêm ảnh.")))


def _stored(form: NewPhotoForm, file: FileStorage | None) -> queries.Photo:
    """The file in the photo store. Raises what the store raises; call it before any writing."""
    if file is None:
        raise PhotoMissing(field="photo")
    picture = store_picture(house().storage, file.stream.read(MAX_BYTES + 1))
    return queries.Photo(
        sha=picture.sha,
        width=picture.width,
        height=picture.height,
        alt=form.alt.data,
        alt_en=form.alt_en.data or None,
        sharpness=picture.sharpness,
        is_illustration=form.is_illustration.data,
        has_right_to_use=form.has_right_to_use.data,
    )


def _add(product_id: int, photo: queries.Photo) -> None:
    services.add_photo(
        write_session(),
        product_id=product_id,
        actor_id=actor().id(),
        photo=photo,
        now=clock.now(),
    )


def _add_many(product_id: int, form: NewPhotoForm, files: list[FileStorage]) -> ResponseReturnValue:
    """Keep every file that is a picture; say of each other one why it is not kept."""
    stored: list[tuple[str, queries.Photo]] = []
    added = 0
    for file in files[: services.MAX_PHOTOS]:
        name = clean(file.filename or "")[:80]
        try:
            stored.append((name, _stored(form, file)))
        except DomainError as error:
            flash(f"{name}: {say(error)}", "bad")
    for name, photo in stored:
        try:
            _add(product_id, photo)
        except services.TooManyPhotos as error:
            flash(f"{name}: {say(error)}", "bad")
        else:
            added += 1
    write_session().commit()
    return _back(product_id, gettext(N_("Đã thêm %(number)s ảnh."), number=added))


def _answer_one(
    product_id: int, form: NewPhotoForm, files: list[FileStorage]
) -> ResponseReturnValue:
    if not form.validate():
        return {"error": " ".join(str(e) for found in form.errors.values() for e in found)}, 422
    try:
        _add(product_id, _stored(form, next(iter(files), None)))
    except DomainError as error:
        return {"error": say(error)}, status_of(error)
    write_session().commit()
    return {"said": gettext(N_("Đã thêm ảnh."))}


@bp.post("/ban-hang/san-pham/<int:product_id>/anh/<sha>")
@role("producer")
def edit_photo(product_id: int, sha: str) -> ResponseReturnValue:
    """Change what is said of a picture, or make it the cover."""
    draft, form = own_draft(product_id), PhotoForm.read()
    if not form.validate():
        return _page(draft, NewPhotoForm(), 422)
    db, now = write_session(), clock.now()
    who: dict[str, Any] = {"product_id": product_id, "actor_id": actor().id(), "sha": sha}
    services.edit_photo(db, **who, now=now, **form.words())
    if form.is_cover.data:
        services.move_photo(db, **who, to=0, now=now)
    db.commit()
    return _back(product_id, gettext(N_("Đã lưu.")), sha)


@bp.post("/ban-hang/san-pham/<int:product_id>/anh/<sha>/vi-tri")
@role("producer")
def move_photo(product_id: int, sha: str) -> ResponseReturnValue:
    """Put a picture at another place: what the buttons and dragging both ask for."""
    draft, form = own_draft(product_id), PlaceForm.read()
    if not form.validate():
        return _page(draft, NewPhotoForm(), 422)
    to = min(form.to.data or 0, len(draft.photos) - 1)
    db = write_session()
    services.move_photo(
        db, product_id=product_id, actor_id=actor().id(), sha=sha, to=to, now=clock.now()
    )
    db.commit()
    said = gettext(
        N_("Ảnh đang ở vị trí %(place)s trên %(count)s."), place=to + 1, count=len(draft.photos)
    )
    return _back(product_id, said, sha)


@bp.post("/ban-hang/san-pham/<int:product_id>/anh/<sha>/xoa")
@role("producer")
def remove_photo(product_id: int, sha: str) -> ResponseReturnValue:
    """Take a picture out."""
    own_draft(product_id)
    db = write_session()
    services.remove_photo(
        db, product_id=product_id, actor_id=actor().id(), sha=sha, now=clock.now()
    )
    db.commit()
    return _back(product_id, gettext(N_("Đã bỏ ảnh.")))
