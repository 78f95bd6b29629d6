"""The person asking, as a plain value: what rules, queries and templates may know of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from shop.core.errors import NotAllowed

Role = Literal["producer", "club", "officer", "staff", "admin"]


@dataclass(frozen=True)
class Actor:
    """The person asking, as guards and templates see them. Nobody signed in: ``person_id`` None."""

    person_id: int | None = None
    name: str = ""
    language: str = "vi"
    producers: Mapping[int, str] = field(default_factory=dict)
    """Producer id -> role: owner, member or supporter."""
    areas: Mapping[int, frozenset[str]] = field(default_factory=dict)
    """Producer id -> the parts of its work that are open to this person as its supporter."""
    clubs: Mapping[int, str] = field(default_factory=dict)
    """Club id -> role: manager or host."""
    staff_provinces: frozenset[str] = frozenset()
    """Province codes this person is staff of; ``*`` is every province."""
    communes: frozenset[str] = frozenset()
    """Commune codes this person is an officer of: a say in what clubs there do, no staff desk."""
    is_admin: bool = False
    needs_totp: bool = False
    """The second factor has not been passed in this session: until then no right is held."""
    scopes: frozenset[str] = frozenset()
    """Scopes of the API token used, if any."""

    @property
    def is_signed_in(self) -> bool:
        return self.person_id is not None

    @property
    def is_producer(self) -> bool:
        return bool(self.producers)

    @property
    def is_club(self) -> bool:
        return bool(self.clubs)

    @property
    def is_staff(self) -> bool:
        return bool(self.staff_provinces) or self.is_admin

    @property
    def is_officer(self) -> bool:
        return bool(self.communes)

    def has_role(self, role: Role) -> bool:
        """Whether the actor has this role anywhere."""
        return {
            "producer": self.is_producer,
            "club": self.is_club,
            "officer": self.is_officer,
            "staff": self.is_staff,
            "admin": self.is_admin,
        }[role]

    def is_staff_of(self, province_code: str) -> bool:
        """Whether the actor is staff whose scope covers the province."""
        return self.is_admin or bool({"*", province_code} & self.staff_provinces)

    def id(self) -> int:
        """The person's id. Raises NotAllowed when nobody is signed in."""
        if self.person_id is None:
            raise NotAllowed
        return self.person_id


ANONYMOUS = Actor()
