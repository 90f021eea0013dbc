"""The four operations in the words of each peer: the same questions, for the same answers."""

from __future__ import annotations

from collections.abc import Mapping

from .nodes import MERCURIUS, POSTGRAPHILE

IN_MERCURIUS: Mapping[str, str] = {
    "village_page": """
query VillagePage($code: String!, $after: String) {
  village(code: $code) {
    code
    name
    residents(first: 50, after: $after) {
      edges { cursor node { id fullName birthDate sex card { number status } } }
      pageInfo { hasNextPage endCursor }
    }
    cameras(first: 8) { code name kind state place }
    massByStream { stream mass }
  }
}
""".strip(),
    "lookup": """
query Lookup($villageId: ID!, $id: ID!) {
  resident(villageId: $villageId, id: $id) {
    id
    fullName
    nik
    birthDate
    sex
    status
    card { number status }
    lastIntakes(first: 10) { id stream mass weighedAt }
  }
}
""".strip(),
    "region_dashboard": """
query RegionDashboard($code: String!) {
  region(code: $code) {
    code
    name
    villages(first: 20) { code name residentCount massByStream { stream mass intakes } }
    villagesCounted
    massByStream { stream mass intakes }
  }
}
""".strip(),
    "mutation": """
mutation RecordIntake($input: RecordIntakeInput!) {
  recordIntake(input: $input) {
    id stream mass weighedAt facility { id name } village { code }
  }
}
""".strip(),
}

IN_POSTGRAPHILE: Mapping[str, str] = {
    "village_page": """
query VillagePage($code: String!, $after: Cursor) {
  villageByCode(code: $code) {
    code
    name
    residentsByVillageId(first: 50, after: $after, orderBy: NAME_KEY_ASC) {
      edges { cursor node { rowId fullName birthDate sex card { number status } } }
      pageInfo { hasNextPage endCursor }
    }
    cctvCamerasByVillageId(first: 8, orderBy: CODE_ASC) { nodes { code name kind state longitude latitude } }
    massByStreamList { stream mass }
  }
}
""".strip(),
    "lookup": """
query Lookup($villageId: UUID!, $id: UUID!) {
  residentByVillageIdAndRowId(villageId: $villageId, rowId: $id) {
    rowId
    fullName
    nikMasked
    birthDate
    sex
    status
    card { number status }
    lastIntakes(first: 10) { nodes { rowId stream massGrams weighedAt } }
  }
}
""".strip(),
    "region_dashboard": """
query RegionDashboard($code: String!) {
  regionByCode(code: $code) {
    code
    name
    villagesByRegionCode(first: 20, orderBy: CODE_ASC) {
      nodes { code name residentsByVillageId { totalCount } massByStreamList { stream mass intakes } }
    }
    wasteVillages
    massByStreamList { stream mass intakes }
  }
}
""".strip(),
    "mutation": """
mutation RecordIntake($input: PeersRecordIntakeInput!) {
  peersRecordIntake(input: $input) {
    result {
      rowId stream massGrams weighedAt
      wasteFacilityByVillageIdAndFacilityId { rowId name }
      villageByVillageId { code }
    }
  }
}
""".strip(),
}

DOCUMENTS_OF: Mapping[str, Mapping[str, str]] = {
    MERCURIUS.name: IN_MERCURIUS,
    POSTGRAPHILE.name: IN_POSTGRAPHILE,
}
