"""What was merged into a notice keeps what it said."""

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation


class Migration(migrations.Migration):
    """From how many there were to which they were."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("records", "0004_work")]
    operations: ClassVar[list[Operation]] = [
        migrations.AddField(model_name="merged", name=name, field=models.TextField(blank=True, default=""))
        for name in ("text", "url", "lead_id")
    ]
