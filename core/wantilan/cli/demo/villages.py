"""Which villages the demo fills, with whom, and what each of them has switched on. The others stay bare.

Codes and names are true; the people and the places inside the villages are invented.
"""

from __future__ import annotations

from dataclasses import dataclass

from ...programs.host import Host
from ...programs.manifest import Program
from ...registry.demo import Settlement

REGENCY = "51.02"
BENGKEL, BERABAN, PEJATEN, KEDIRI = "51.02.06.2001", "51.02.06.2004", "51.02.06.2012", "51.02.06.2013"


@dataclass(frozen=True)
class Shown:
    """One village of the demo. `only` and `but` name programs; without them all that are installed are on."""

    code: str
    only: frozenset[str] | None = None
    but: frozenset[str] = frozenset()
    settlement: Settlement | None = None
    place: tuple[float, float] | None = None
    """Longitude and latitude."""

    def programs(self, host: Host) -> tuple[Program, ...]:
        """The installed programs that are on here, in load order: what one needs comes before it. Those that
        have nothing to show are not.
        """
        return tuple(
            program
            for program in host.optional
            if program.demo is not None
            and (self.only is None or program.name in self.only)
            and program.name not in self.but
        )


SHOWN = (
    Shown(
        BENGKEL,
        settlement=Settlement(("Banjar Kaja", "Banjar Kangin", "Banjar Kelod", "Banjar Tengah"), 300),
        place=(115.0926, -8.5658),  # approximately
    ),
    Shown(PEJATEN, only=frozenset({"waste"})),
    Shown(KEDIRI, only=frozenset({"cctv_registry"})),
    Shown(
        BERABAN,
        but=frozenset({"waste"}),
        settlement=Settlement(("Banjar Kaja", "Banjar Kelod"), 12, first_serial=5001),
    ),
)
