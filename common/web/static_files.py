"""Static files under names that hold a digest of their content, so that a browser never asks for one twice."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """A file's address is the one that it was collected under, and without a collection its plain name.

    So pages are made without a step before: in tests, in commands, and for a file that came after the collection.
    """

    def stored_name(self, name: str) -> str:
        """The collected name: `workbench/desk.1f0c….css`."""
        return self.hashed_files.get(self.hash_key(self.clean_name(name)), name)
