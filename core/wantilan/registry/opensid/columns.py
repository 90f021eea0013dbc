"""The 43 columns of OpenSID's resident sheet, in its order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from ...errors import Text
from ..codes import (
    BloodType,
    Citizenship,
    Contraception,
    CurrentEducation,
    Disability,
    Education,
    FamilyRelationship,
    IdentityCard,
    IdentityCardProgress,
    Insurance,
    MaritalStatus,
    Occupation,
    Pregnancy,
    Religion,
    ResidentStatus,
    Sex,
)
from ..numbers import kk_fault, nik_fault
from ..rules import LONGEST_TEXT
from .kinds.base import Kind
from .kinds.coded import Coded
from .kinds.days import Day
from .kinds.degrees import Degrees
from .kinds.numerals import NIK_MISSING, Numeral
from .kinds.texts import NAME_MISSING, Document, Name, Tag, Words

LABEL, DOCUMENT, PART = 100, 50, 10
"""The longest name of a hamlet or a people, number of a document, RW or RT; in characters."""

SEXES = {"L": Sex.LAKI_LAKI, "LK": Sex.LAKI_LAKI, "P": Sex.PEREMPUAN, "PR": Sex.PEREMPUAN}
MARITAL = {
    "BK": MaritalStatus.BELUM_KAWIN,
    "K": MaritalStatus.KAWIN,
    "CH": MaritalStatus.CERAI_HIDUP,
    "CM": MaritalStatus.CERAI_MATI,
    # Newer family cards say of a marriage whether it is recorded; the sheet has one code for both.
    "Kawin tercatat": MaritalStatus.KAWIN,
    "Kawin belum tercatat": MaritalStatus.KAWIN,
}
BLOOD = {"Tdk Th": BloodType.TIDAK_TAHU}
STATUSES = {"Pindah dalam negeri": ResidentStatus.PINDAH}


@dataclass(frozen=True, eq=False)
class Column:
    """One of the 43: its name in the sheet, the field of `SheetRow`, how its cells are read and written."""

    name: str
    field: str
    kind: Kind[Any]
    title: Text


def _column(name: str, field: str, kind: Kind[Any], indonesian: str, english: str) -> Column:
    return Column(name, field, kind, Text(indonesian, english))


COLUMNS = (
    _column("alamat", "address", Words(LONGEST_TEXT), "Alamat", "Address of the family"),
    _column("dusun", "hamlet", Words(LABEL, blank="-"), "Dusun/banjar", "Hamlet"),
    _column("rw", "rw", Words(PART, zero_is_none=True, blank="-"), "RW", "RW, a neighbourhood association"),
    _column("rt", "rt", Words(PART, zero_is_none=True, blank="-"), "RT", "RT, a part of an RW"),
    _column("nama", "full_name", Name(NAME_MISSING), "Nama lengkap", "Full name"),
    _column("no_kk", "kk_number", Numeral(kk_fault, nobody="0"), "Nomor KK", "Number of the family card"),
    _column("nik", "nik", Numeral(nik_fault, nobody="0", missing=NIK_MISSING), "NIK", "NIK"),
    _column("sex", "sex", Coded(Sex, SEXES), "Jenis kelamin", "Sex"),
    _column("tempatlahir", "birth_place", Words(LONGEST_TEXT), "Tempat lahir", "Place of birth"),
    _column("tanggallahir", "birth_date", Day(), "Tanggal lahir", "Birth date"),
    _column("agama_id", "religion", Coded(Religion), "Agama", "Religion"),
    _column(
        "pendidikan_kk_id",
        "education",
        Coded(Education),
        "Pendidikan dalam KK",
        "Schooling on the family card",
    ),
    _column(
        "pendidikan_sedang_id",
        "current_education",
        Coded(CurrentEducation),
        "Pendidikan sedang ditempuh",
        "School attended now",
    ),
    _column("pekerjaan_id", "occupation", Coded(Occupation), "Pekerjaan", "Occupation"),
    _column(
        "status_kawin",
        "marital_status",
        Coded(MaritalStatus, MARITAL),
        "Status kawin",
        "Marital status",
    ),
    _column(
        "kk_level",
        "relationship",
        Coded(FamilyRelationship),
        "Hubungan keluarga (SHDK)",
        "Relationship to the head of the family",
    ),
    _column("warganegara_id", "citizenship", Coded(Citizenship), "Warga negara", "Citizenship"),
    _column("ayah_nik", "father_nik", Numeral(nik_fault), "NIK ayah", "Father's NIK"),
    _column("nama_ayah", "father_name", Name(), "Nama ayah", "Father's name"),
    _column("ibu_nik", "mother_nik", Numeral(nik_fault), "NIK ibu", "Mother's NIK"),
    _column("nama_ibu", "mother_name", Name(), "Nama ibu", "Mother's name"),
    _column("golongan_darah_id", "blood_type", Coded(BloodType, BLOOD), "Golongan darah", "Blood type"),
    _column("akta_lahir", "birth_certificate", Document(DOCUMENT), "Akta lahir", "Birth certificate"),
    _column("dokumen_pasport", "passport", Document(DOCUMENT), "Paspor", "Passport"),
    _column(
        "tanggal_akhir_paspor",
        "passport_expires_on",
        Day(future=True),
        "Tanggal akhir paspor",
        "Last day of the passport",
    ),
    _column("dokumen_kitas", "stay_permit", Document(DOCUMENT), "KITAS", "Stay permit (KITAS)"),
    _column(
        "akta_perkawinan",
        "marriage_certificate",
        Document(DOCUMENT),
        "Akta perkawinan",
        "Marriage certificate",
    ),
    _column("tanggalperkawinan", "married_on", Day(), "Tanggal perkawinan", "Date of marriage"),
    _column(
        "akta_perceraian",
        "divorce_certificate",
        Document(DOCUMENT),
        "Akta perceraian",
        "Divorce certificate",
    ),
    _column("tanggalperceraian", "divorced_on", Day(), "Tanggal perceraian", "Date of divorce"),
    _column("cacat_id", "disability", Coded(Disability), "Cacat", "Disability"),
    _column("cara_kb_id", "contraception", Coded(Contraception), "Cara KB", "Contraception"),
    _column("hamil", "pregnancy", Coded(Pregnancy), "Hamil", "Pregnancy"),
    _column("ktp_el", "identity_card", Coded(IdentityCard), "KTP-el/KIA", "Official card"),
    _column(
        "status_rekam",
        "identity_card_progress",
        Coded(IdentityCardProgress),
        "Status rekam",
        "Progress of the official card",
    ),
    _column("alamat_sekarang", "current_address", Words(LONGEST_TEXT), "Alamat sekarang", "Current address"),
    _column(
        "status_dasar",
        "status",
        Coded(ResidentStatus, STATUSES),
        "Status dasar",
        "What became of the resident",
    ),
    _column("suku", "ethnicity", Words(LABEL), "Suku", "Ethnicity"),
    _column("tag_id_card", "card_tag", Tag(), "Tag kartu", "Tag of the card's chip"),
    _column("id_asuransi", "insurance", Coded(Insurance), "Asuransi", "Insurance"),
    _column("no_asuransi", "insurance_number", Document(DOCUMENT), "Nomor asuransi", "Insurance number"),
    _column("lat", "latitude", Degrees(90), "Lintang", "Latitude"),
    _column("lng", "longitude", Degrees(180), "Bujur", "Longitude"),
)

BY_NAME: Mapping[str, Column] = MappingProxyType({column.name: column for column in COLUMNS})
BY_FIELD: Mapping[str, Column] = MappingProxyType({column.field: column for column in COLUMNS})
