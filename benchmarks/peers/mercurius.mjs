// Fastify and Mercurius as a good engineer writes them: JIT, loaders, named (prepared) statements, one pool.
import { createRequire } from "node:module";

// The modules lie where this process was started, not beside this file.
const require = createRequire(`${process.cwd()}/`);
const Fastify = require("fastify");
const mercurius = require("mercurius");
const pg = require("pg");

const [BIGINT, DATE, NUMERIC] = [20, 1082, 1700];
pg.types.setTypeParser(BIGINT, Number);
pg.types.setTypeParser(NUMERIC, Number);
pg.types.setTypeParser(DATE, (text) => text);

const pool = new pg.Pool({ connectionString: process.env.PG_DSN, max: 16 });

const schema = `
  scalar Grams
  scalar DateTime
  scalar GeoJSONPoint

  type Query {
    village(code: String!): Village
    region(code: String!): Region
    resident(villageId: ID!, id: ID!): Resident
  }

  type Mutation {
    recordIntake(input: RecordIntakeInput!): Intake!
  }

  input RecordIntakeInput {
    villageId: ID!
    facilityId: ID!
    householdId: ID
    stream: String!
    gross: Grams!
    tare: Grams!
  }

  type Region {
    code: String!
    name: String!
    villages(first: Int = 20): [Village!]!
    villagesCounted: Int!
    massByStream: [StreamMass!]!
  }

  type Village {
    id: ID!
    code: String!
    name: String!
    residents(first: Int = 20, after: String): ResidentConnection!
    residentCount: Int!
    cameras(first: Int = 20): [Camera!]!
    massByStream: [StreamMass!]!
  }

  type ResidentConnection { edges: [ResidentEdge!]! pageInfo: PageInfo! }
  type ResidentEdge { cursor: String! node: Resident! }
  type PageInfo { hasNextPage: Boolean! endCursor: String }

  type Resident {
    id: ID!
    fullName: String!
    nik: String
    birthDate: String!
    sex: String!
    status: String!
    card: Card
    lastIntakes(first: Int = 20): [Intake!]!
  }

  type Card { number: String! status: String! }
  type Camera { code: String! name: String! kind: String! state: String! place: GeoJSONPoint! }
  type StreamMass { stream: String! mass: Grams! intakes: Int! }
  type Facility { id: ID! name: String! }

  type Intake {
    id: ID!
    stream: String!
    mass: Grams!
    weighedAt: DateTime!
    facility: Facility!
    village: Village!
  }
`;

// A name makes it a prepared statement: parsed once on each connection.
const named = (name, text) => async (...values) => (await pool.query({ name, text, values })).rows;

const VILLAGE = "v.id, v.code, v.name";
const RESIDENT = `r.village_id, r.id, r.household_id, r.name_key, r.full_name "fullName", r.nik_masked nik,
  r.birth_date "birthDate", r.sex, r.status`;
const INTAKE = `i.village_id, i.id, i.facility_id, i.stream, i.mass_grams mass, i.weighed_at "weighedAt"`;
const LAST_TWELVE_MONTHS =
  "i.business_date > (CURRENT_DATE - interval '1 year')::date AND i.business_date <= CURRENT_DATE";
const UNDER = "v.code >= $1 AND v.code < $1 || '~'";

const select = {
  village: named("village", `SELECT ${VILLAGE} FROM village v WHERE v.code = $1`),
  villagesById: named("villages-by-id", `SELECT ${VILLAGE} FROM village v WHERE v.id = ANY ($1::uuid[])`),
  region: named("region", "SELECT code, name FROM region WHERE code = $1"),
  resident: named("resident", `SELECT ${RESIDENT} FROM resident r WHERE r.village_id = $1 AND r.id = $2`),
  villages: named(
    "villages",
    `SELECT ${VILLAGE} FROM village v WHERE v.region_code = $1 ORDER BY v.code LIMIT $2`,
  ),
  villagesCounted: named(
    "villages-counted",
    `SELECT count(*) n FROM village v JOIN village_program p ON p.village_id = v.id AND p.program = 'waste'
     WHERE ${UNDER}`,
  ),
  regionMass: named(
    "region-mass",
    `SELECT i.stream, sum(i.mass_grams) mass, count(*) intakes FROM waste_intake i
     WHERE i.village_id = ANY (ARRAY(SELECT v.id FROM village v WHERE ${UNDER})) AND ${LAST_TWELVE_MONTHS}
     GROUP BY i.stream ORDER BY i.stream`,
  ),
  residents: named(
    "residents",
    `SELECT ${RESIDENT} FROM resident r WHERE r.village_id = $1 ORDER BY r.name_key, r.id LIMIT $2`,
  ),
  residentsAfter: named(
    "residents-after",
    `SELECT ${RESIDENT} FROM resident r WHERE r.village_id = $1 AND (r.name_key, r.id) > ($3, $4)
     ORDER BY r.name_key, r.id LIMIT $2`,
  ),
  residentCount: named(
    "resident-count",
    "SELECT village_id, count(*) n FROM resident WHERE village_id = ANY ($1::uuid[]) GROUP BY village_id",
  ),
  cameras: named(
    "cameras",
    `SELECT code, name, kind, state, longitude, latitude FROM cctv_camera
     WHERE village_id = $1 ORDER BY code, id LIMIT $2`,
  ),
  villageMass: named(
    "village-mass",
    `SELECT i.village_id, i.stream, sum(i.mass_grams) mass, count(*) intakes FROM waste_intake i
     WHERE i.village_id = ANY ($1::uuid[]) AND ${LAST_TWELVE_MONTHS}
     GROUP BY i.village_id, i.stream ORDER BY i.stream`,
  ),
  cards: named(
    "cards",
    `SELECT resident_id, number, status FROM kartu_card
     WHERE village_id = ANY ($1::uuid[]) AND resident_id = ANY ($2::uuid[]) AND closed_on IS NULL`,
  ),
  lastIntakes: named(
    "last-intakes",
    `SELECT ${INTAKE} FROM waste_intake i WHERE i.village_id = $1 AND i.household_id = $2
     ORDER BY i.weighed_at DESC, i.id DESC LIMIT $3`,
  ),
  facilities: named(
    "facilities",
    "SELECT id, name FROM waste_facility WHERE village_id = ANY ($1::uuid[]) AND id = ANY ($2::uuid[])",
  ),
};

const insertIntake = named(
  "record-intake",
  `INSERT INTO waste_intake AS i (village_id, id, facility_id, household_id, stream, source_class,
     gross_grams, tare_grams, mass_grams, weighed_at, business_date)
   VALUES ($1, gen_random_uuid(), $2, $3, $4, 'RUMAH_TANGGA', $5, $6, $5::bigint - $6::bigint, now(), CURRENT_DATE)
   RETURNING ${INTAKE}`,
);

const distinct = (values) => [...new Set(values)];
const owners = (queries, key = "id") => distinct(queries.map((query) => query.obj[key]));

// What a loader returns lies in the order of its queries.
const one = (queries, key, rows, column, missing = null) => {
  const found = new Map(rows.map((row) => [row[column], row]));
  return queries.map((query) => found.get(query.obj[key]) ?? missing);
};
const many = (queries, key, rows, column) => {
  const found = Map.groupBy(rows, (row) => row[column]);
  return queries.map((query) => found.get(query.obj[key]) ?? []);
};
const each = (load) => (queries) => Promise.all(queries.map(({ obj, params }) => load(obj, params)));
const uncached = (loaders) =>
  Object.fromEntries(Object.entries(loaders).map(([name, loader]) => [name, { loader, opts: { cache: false } }]));

const cursor = ({ name_key, id }) => Buffer.from(JSON.stringify([name_key, id])).toString("base64url");
const place = (text) => JSON.parse(Buffer.from(text, "base64url"));
const page = async ({ id }, { first, after }) => {
  const rows = after
    ? await select.residentsAfter(id, first + 1, ...place(after))
    : await select.residents(id, first + 1);
  const edges = rows.slice(0, first).map((node) => ({ cursor: cursor(node), node }));
  return { edges, pageInfo: { hasNextPage: rows.length > first, endCursor: edges.at(-1)?.cursor ?? null } };
};

const resolvers = {
  Query: {
    village: async (_, { code }) => (await select.village(code))[0] ?? null,
    region: async (_, { code }) => (await select.region(code))[0] ?? null,
    resident: async (_, { villageId, id }) => (await select.resident(villageId, id))[0] ?? null,
  },
  Mutation: {
    recordIntake: async (_, { input: i }) =>
      (await insertIntake(i.villageId, i.facilityId, i.householdId, i.stream, i.gross, i.tare))[0],
  },
  Camera: {
    place: ({ longitude, latitude }) => ({ type: "Point", coordinates: [longitude, latitude] }),
  },
};

const loaders = {
  Region: uncached({
    villages: each(({ code }, { first }) => select.villages(code, first)),
    villagesCounted: each(async ({ code }) => (await select.villagesCounted(code))[0].n),
    massByStream: each(({ code }) => select.regionMass(code)),
  }),
  Village: uncached({
    residents: each(page),
    residentCount: async (queries) => {
      const rows = await select.residentCount(owners(queries));
      return one(queries, "id", rows, "village_id", { n: 0 }).map(({ n }) => n);
    },
    cameras: each(({ id }, { first }) => select.cameras(id, first)),
    massByStream: async (queries) => many(queries, "id", await select.villageMass(owners(queries)), "village_id"),
  }),
  Resident: uncached({
    card: async (queries) =>
      one(queries, "id", await select.cards(owners(queries, "village_id"), owners(queries)), "resident_id"),
    lastIntakes: each(({ village_id, household_id }, { first }) =>
      select.lastIntakes(village_id, household_id, first),
    ),
  }),
  Intake: uncached({
    facility: async (queries) => {
      const rows = await select.facilities(owners(queries, "village_id"), owners(queries, "facility_id"));
      return one(queries, "facility_id", rows, "id");
    },
    village: async (queries) => {
      const rows = await select.villagesById(owners(queries, "village_id"));
      return one(queries, "village_id", rows, "id");
    },
  }),
};

const app = Fastify();
app.register(mercurius, { schema, resolvers, loaders, jit: 1, path: "/graphql", graphiql: false });
await app.listen({ port: Number(process.env.PORT), host: "127.0.0.1" });
console.log("ready");
