"""Code lists of what happens to people: life events, where somebody moved, what somebody died of."""

from __future__ import annotations

from wantilan.registry.codes.base import CodeList


class LifeEventKind(CodeList):
    """List `peristiwa` of the log of residents, and more: what happened to a resident or in a household.

    1 to 6 are its official integers; from 101 on they are ours, for what that log has no code for.
    """

    LAHIR = 1, "Lahir", "Birth"
    MATI = 2, "Mati", "Death"
    PINDAH_KELUAR = 3, "Pindah keluar", "Moved out"
    HILANG = 4, "Hilang", "Went missing"
    PINDAH_MASUK = 5, "Pindah masuk", "Moved in"
    PERGI = 6, "Pergi", "Went away"
    TERDAFTAR = 101, "Terdaftar", "Entered the register, living here already"
    KEMBALI = 102, "Kembali", "Came back"
    TIDAK_VALID = 103, "Tidak valid", "Found to be no resident"
    PINDAH_KELUARGA = 111, "Pindah keluarga", "Changed household"
    PECAH_KK = 112, "Pecah KK", "Household was split"
    GANTI_KEPALA = 113, "Ganti kepala keluarga", "Household got a new head"
    PINDAH_BANJAR = 114, "Pindah banjar", "Moved within the village"
    KAWIN = 121, "Kawin", "Marriage"
    CERAI = 122, "Cerai", "Divorce"
    PERUBAHAN = 123, "Perubahan data", "Change of education, occupation or kind of residence"
    PINDAH_DESA = 131, "Pindah ke desa lain", "Handed over to another village of this deployment"
    DIGABUNG = 132, "Digabung", "Merged with another record of the same person"
    PEMBATALAN = 191, "Pembatalan", "An earlier event was undone"


class MoveDistance(CodeList):
    """List `pindah` of the log of residents: how far somebody moved."""

    LUAR_DESA = 1, "Luar desa", "Outside the village"
    LUAR_KECAMATAN = 2, "Luar kecamatan", "Outside the district"
    LUAR_KABUPATEN = 3, "Luar kabupaten", "Outside the regency"
    LUAR_PROVINSI = 4, "Luar provinsi", "Outside the province"


class DeathCause(CodeList):
    """List `sebab` of the log of residents: what somebody died of."""

    SAKIT_TUA = 1, "Sakit atau tua", "Illness or old age"
    WABAH = 2, "Wabah", "Epidemic"
    KECELAKAAN = 3, "Kecelakaan", "Accident"
    KRIMINAL = 4, "Kriminal", "Crime"
    BUNUH_DIRI = 5, "Bunuh diri", "Suicide"
    LAINNYA = 6, "Lainnya", "Other"
