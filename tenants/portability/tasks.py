from tenants.portability.backups import keep_copies

__all__ = ["keep_copies"]
