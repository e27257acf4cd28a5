from kernel.audit.sealing import seal
from kernel.tasks import tenant_task


@tenant_task(name="audit.seal")
def seal_trail() -> int:
    return seal()
