from enum import StrEnum


class FileStatusEnum(StrEnum):
    CHECKED = "checked"
    DONE = "done"
    FAILED = "failed"
    READING = "reading"
    RUNNING = "running"
    UNREADABLE = "unreadable"

    def __str__(self) -> str:
        return str(self.value)
