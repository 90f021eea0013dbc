"""What only the register can say against a row of a sheet."""

from __future__ import annotations

from ...errors import Text
from ..numbers import Finding

AMBIGUOUS_ROW = Finding(
    "AMBIGUOUS_ROW",
    Text(
        "Tanpa NIK tidak jelas siapa ini: lebih dari satu orang cocok.",
        "Without a NIK it is not clear who this is: more than one person fits.",
    ),
)
SEX_MISSING = Finding("SEX_MISSING", Text("Isi jenis kelamin.", "Fill in the sex."))
BIRTH_DATE_MISSING = Finding("BIRTH_DATE_MISSING", Text("Isi tanggal lahir.", "Fill in the birth date."))
HAMLET_MISSING = Finding("HAMLET_MISSING", Text("Isi dusun/banjar.", "Fill in the hamlet."))
HEAD_WOULD_LEAVE = Finding(
    "HEAD_MISSING",
    Text(
        "Anggota keluarganya yang tidak ada di lembar ini akan tanpa kepala keluarga.",
        "Members of the family who are not in this sheet would be without a head.",
    ),
)
TAG_IN_USE = Finding(
    "TAG_REPEATED",
    Text("Dipakai penduduk yang tidak ada di lembar ini.", "Is that of a resident who is not in this sheet."),
)
ALREADY_BEFORE_BIRTH = Finding(
    "BEFORE_BIRTH",
    Text(
        "Yang tercatat tentang penduduk ini terjadi sebelum tanggal lahir itu.",
        "What is recorded of this resident happened before that birth date.",
    ),
)
