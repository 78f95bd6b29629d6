"""What guests and producers type: shape only."""

from shop.core.text import N_
from shop.enquiries.rules import MAX_PEOPLE
from shop.enquiries.services import Visit
from shop.web.forms import Form, day, email, hidden, long_text, phone, text, whole


class VisitForm(Form):
    """A guest asks about a service."""

    submit_key = hidden(maximum=64)
    wanted_on = day(N_("Ngày bạn muốn đến"), is_required=False)
    people = whole(N_("Số người"), is_required=False, minimum=1, maximum=MAX_PEOPLE)
    name = text(N_("Tên của bạn"), maximum=120)
    phone = phone(N_("Số điện thoại"), is_required=False)
    email = email("E-mail", is_required=False)
    words = long_text(N_("Bạn muốn hỏi gì"), minimum=5, maximum=2000)

    def visit(self, language: str) -> Visit:
        """What the service takes."""
        return Visit(
            submit_key=self.submit_key.data,
            name=self.name.data,
            phone=self.phone.data or None,
            email=self.email.data or None,
            wanted_on=self.wanted_on.data,
            people=self.people.data,
            words=self.words.data,
            language=language,
        )


class AnswerForm(Form):
    """The producer's words."""

    words = long_text(N_("Câu trả lời"), maximum=2000)
