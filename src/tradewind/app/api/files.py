"""Files over HTTP: what a caller sends, kept under a harmless name; what a use case wrote, as a download."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tradewind.app.usecases.registry import UseCase
from tradewind.app.usecases.request import fields_of
from tradewind.core.errors import RequestError

if TYPE_CHECKING:
    from fastapi import Request
    from starlette.responses import Response

FORMATS: Final = ("xlsx", "csv", "parquet")
_CHUNK: Final = 1 << 20
_NAME: Final = re.compile(r"[^\w.\- ()\[\]&+,;=@]", re.UNICODE)


async def received(request: Request, use_case: UseCase, folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields of a form, and its files by field as paths in `folder`. Raises RequestError for one that is broken."""
    from starlette.datastructures import UploadFile
    from starlette.exceptions import HTTPException

    try:
        form = await request.form()
    except (HTTPException, ValueError, KeyError):
        raise RequestError("invalid_form") from None
    by_name = {f.name: f for f in fields_of(use_case.request)}
    fields: dict[str, Any] = {}
    files: dict[str, Any] = {}
    for name, value in form.multi_items():
        field = by_name.get(name)
        if isinstance(value, UploadFile):
            if field is None or not field.reads:
                raise RequestError("file_not_taken", field=name)
            path = await _kept(value, folder / str(len(files)))
            files[name] = [*files.get(name, []), path] if field.many else path
        elif name != "lang":
            many = field is not None and field.many
            fields[name] = [*fields.get(name, []), value] if many else value
    return fields, files


async def _kept(upload: Any, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / harmless_name(upload.filename or "file")
    with path.open("wb") as out:
        while chunk := await upload.read(_CHUNK):
            out.write(chunk)
    return path


def harmless_name(name: str) -> str:
    """A file's name without folders and without characters that mean something to a file system.

    >>> harmless_name("../../etc/pass|wd.csv"), harmless_name("..")
    ('pass_wd.csv', 'file')
    """
    last = re.split(r"[\\/]", name)[-1]
    cleaned = _NAME.sub("_", last).strip(". ")[:150]
    return cleaned or "file"


def answered_file(folder: Path) -> Response:
    """What was written to `folder`: the file, or a zip of the files."""
    from starlette.responses import Response

    files = sorted(p for p in folder.rglob("*") if p.is_file())
    if len(files) == 1:
        content, name = files[0].read_bytes(), files[0].name
    else:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in files:
                archive.write(file, file.relative_to(folder).as_posix())
        content, name = packed.getvalue(), "tradewind.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return Response(content, media_type="application/octet-stream", headers=headers)
