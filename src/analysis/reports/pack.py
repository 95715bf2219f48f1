"""The published site as one file, for a static host or a mail: the same site gives the same bytes."""

import zipfile
from pathlib import Path

from analysis import paths
from analysis.errors import InputError

# The earliest moment a ZIP file can name: no clock goes into the file.
MOMENT = (1980, 1, 1, 0, 0, 0)


def pack(site: Path, *, target: Path) -> Path:
    """Pack a site into a ZIP file, its files in the order of their names under one folder; returns the file.

    Raises InputError when there is no site. The old file stays until the new one is whole.
    """
    if not (site / "index.html").is_file():
        raise InputError(f"{paths.relative(site)} holds no site; run `make report` first.")
    new = target.with_name(f".{target.name}")
    with zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for file in sorted((file for file in site.rglob("*") if file.is_file()), key=lambda one: one.as_posix()):
            entry = zipfile.ZipInfo(f"{site.name}/{file.relative_to(site).as_posix()}", date_time=MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # the same on every system
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, file.read_bytes(), compresslevel=9)
    return new.replace(target)


if __name__ == "__main__":
    print(paths.relative(pack(paths.site(), target=paths.site().with_suffix(".zip"))))
