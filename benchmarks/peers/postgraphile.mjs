// PostGraphile 5 on plain node http: its own preset, its own defaults, sixteen connections.
import { createServer } from "node:http";
import { createRequire } from "node:module";

// The modules lie where this process was started, not beside this file.
const require = createRequire(`${process.cwd()}/`);
const { postgraphile } = require("postgraphile");
const { PostGraphileAmberPreset } = require("postgraphile/presets/amber");
const { makePgService } = require("postgraphile/adaptors/pg");
const { grafserv } = require("postgraphile/grafserv/node");
const { jsonPgSmartTags } = require("postgraphile/utils");

const tags = jsonPgSmartTags({
  version: 1,
  config: {
    class: {
      "peers.open_card": {
        tags: {
          primaryKey: "village_id,resident_id",
          foreignKey: "(village_id,resident_id) references public.resident (village_id,id)|@foreignFieldName card",
        },
      },
    },
    procedure: {
      "peers.village_mass_by_stream": { tags: { behavior: "-connection +list" } },
      "peers.region_mass_by_stream": { tags: { behavior: "-connection +list" } },
    },
  },
});

const instance = postgraphile({
  extends: [PostGraphileAmberPreset],
  plugins: [tags],
  pgServices: [
    makePgService({
      connectionString: process.env.PG_DSN,
      schemas: ["public", "peers"],
      poolConfig: { max: 16 },
    }),
  ],
  grafserv: { graphqlPath: "/graphql", graphiql: false, watch: false },
  grafast: { explain: false },
});

if (process.argv[2] === "sdl") {
  const { printSchema } = require("graphql");
  console.log(printSchema(await instance.getSchema()));
  process.exit(0);
}

const server = createServer();
await instance.createServ(grafserv).addTo(server);
server.listen(Number(process.env.PORT), "127.0.0.1", () => console.log("ready"));
