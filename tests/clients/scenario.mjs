// What every client does: `node scenario.mjs NAME`. Each thing that it sees is one line of JSON.
import { WebSocket } from "ws";

globalThis.WebSocket ??= WebSocket; // Node has one of its own from 22 on

const requests = [];
const fetched = globalThis.fetch;
globalThis.fetch = async (address, options = {}) => {
  const body = options.body ? JSON.parse(options.body) : {};
  const answer = await fetched(address, options);
  const hash = body.extensions?.persistedQuery?.sha256Hash;
  const media = answer.headers.get("content-type").split(";")[0];
  requests.push({ operation: (body.query ?? "").split(/[\s({]/)[0], hashed: Boolean(hash), media, status: answer.status });
  return answer;
};

const say = (what, seen) => console.log(JSON.stringify([what, seen]));
const codes = (errors) => (errors ?? []).map((error) => error.extensions?.code);

const { once, follow, closed } = await import(`./${process.argv[2]}.mjs`);
const village = process.env.VILLAGE;
const input = { facilityId: process.env.FACILITY, stream: "RESIDU", gross: 4000 };
const ME = "query Me { me { actor } }";
const WEIGH = "mutation Weigh($input: WasteRecordIntakeInput!) { wasteRecordIntake(input: $input) { intake { mass } } }";
const INTAKES = "subscription Follow($v: RegionCode!) { wasteIntakes(villageCode: $v) { mass } }";

for (const turn of [1, 2]) say("query", (await once(ME, {})).data.me.actor);
say("mutation", (await once(WEIGH, { input })).data.wasteRecordIntake.intake.mass);
const refused = await once("query Twice { residents }", {});
say("refused", codes(refused.errors));

await new Promise((resolve) => {
  follow(INTAKES, { v: process.env.OTHER }, (result) => say("forbidden", codes(result.errors)), resolve);
});
let seen = 0;
await new Promise((resolve) => {
  const stop = follow(
    INTAKES,
    { v: village },
    async (result) => {
      say("event", result.data.wasteIntakes.mass);
      seen += 1;
      if (seen === 3) await once(WEIGH, { input });
      if (seen === 4) {
        stop();
        resolve();
      }
    },
    () => seen < 4 && say("ended early", null),
  );
});
say("requests", requests);
if (closed) {
  follow(INTAKES, { v: village }, () => {}, () => {});
  say("closed", await closed());
}
process.exit(0);
