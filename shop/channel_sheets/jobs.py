"""Large templates are filled by the task worker of the scheduler process."""

from typing import Any

from shop.channel_sheets import queries, services
from shop.channel_sheets.models import ChannelTemplate
from shop.core import clock
from shop.core.surroundings import surroundings_of
from shop.core.tasks import Run, in_steps, task_handler


@task_handler(queries.FILL_TASK)
def fill(run: Run) -> dict[str, Any]:
    """Fill a template for the person who asked; the result names the filled file."""
    around, now = surroundings_of(run.database), clock.now()
    template_id = run.arguments["template_id"]
    with run.database.read() as db:
        template = db.get(ChannelTemplate, template_id)
        if template is None:
            raise queries.NoSuchTemplate
        filling = services.load_filling(
            db, around.storage, template=template, now=now, public_url=around.public_url
        )
    run.progress(30)
    content, report = filling.make(around.storage.read, in_steps(run.progress))
    stored = around.storage.put(content, "xlsx")
    with run.database.transaction() as db:
        made = services.record_fill(
            db,
            template=db.get_one(ChannelTemplate, template_id),
            profile_version=filling.profile.version,
            stored_name=stored,
            report=report,
            actor_id=run.arguments["actor_id"],
            now=now,
        )
        return {"fill": made.public_id}
