// graphql-sse in the distinct connections mode: everything comes as a stream, since nothing else is accepted.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { createClient } from 'graphql-sse';
import {
  ADDRESS, FOLLOW, FORBIDDEN, HELLO, HERE, Heard, INVALID, OPERATOR, RECORD, THERE, WRONG, bearer, codes, followed,
  freshToken, once, post, revoke, watched, weigh, weighing, withoutId,
} from './scene.mjs';

const open = [];
afterEach(async () => {
  for (const client of open.splice(0)) client.dispose();
  await followed(0);
});

function connected(token, options = {}) {
  const headers = typeof token === 'function' ? token : bearer(token);
  const client = createClient({ url: ADDRESS, headers, retryAttempts: 0, ...options });
  open.push(client);
  return client;
}

test('a query and a mutation answer as a stream of one result, the same as by POST', async () => {
  const { seen, fetch } = watched();
  const client = connected(OPERATOR, { fetchFn: fetch });
  assert.deepEqual(await once(client, HELLO), await post(HELLO));
  assert.deepEqual(await once(client, RECORD, weighing(1200)), await post(RECORD, weighing(1200)));
  assert.deepEqual(seen.map(({ type }) => type), Array(2).fill('text/event-stream; charset=utf-8'));
});

test('a failing field and an invalid document carry their codes as by POST', async () => {
  const client = connected(OPERATOR);
  assert.deepEqual(codes((await once(client, FORBIDDEN, THERE)).errors), ['FORBIDDEN']);
  for (const [query, variables] of [[FORBIDDEN, THERE], [INVALID, {}]]) {
    assert.deepEqual(withoutId(await once(client, query, variables)), withoutId(await post(query, variables)));
  }
});

test('each event comes once and in order, and none after the unsubscription', async () => {
  const client = connected(OPERATOR), heard = new Heard(), grams = [...Array(30).keys()].map((n) => n + 1);
  const end = client.subscribe({ query: FOLLOW, variables: HERE }, heard.sink);
  await followed(1);
  await weigh(...grams);
  await heard.until(30);
  assert.deepEqual(heard.masses, grams);
  end();
  await followed(0);
  await weigh(31);
  await heard.until(30);
  assert.equal(heard.results.length, 30);
  assert.deepEqual(heard.errors, []);
});

test('a subscription to another village is refused with its code', async () => {
  const refused = await once(connected(OPERATOR), FOLLOW, THERE);
  assert.deepEqual(codes(refused.errors), ['FORBIDDEN']);
});

test('a wrong token is told as a result; a fresh one of the function `headers` is taken next', async () => {
  const tokens = [WRONG, WRONG, OPERATOR];
  const client = connected(() => bearer(tokens.shift()));
  assert.deepEqual(codes((await once(client, HELLO)).errors), ['UNAUTHENTICATED']);
  assert.deepEqual(codes((await once(client, FOLLOW, HERE)).errors), ['UNAUTHENTICATED']);
  assert.deepEqual(await once(client, HELLO), await post(HELLO));
});

test('a subscription whose token is revoked ends with its code, and another goes on with a fresh one', async () => {
  const first = await freshToken(), second = await freshToken(), tokens = [first.token, second.token];
  const client = connected(() => bearer(tokens.shift())), heard = new Heard(), again = new Heard();
  client.subscribe({ query: FOLLOW, variables: HERE }, heard.sink);
  await followed(1);
  await weigh(5);
  await heard.until(1);
  await revoke(first.tokenId);
  await heard.ended();
  assert.deepEqual(codes(heard.results[1].errors), ['UNAUTHENTICATED']);
  assert.ok(heard.complete);
  client.subscribe({ query: FOLLOW, variables: HERE }, again.sink);
  await followed(1);
  await weigh(6);
  await again.until(1);
  assert.deepEqual([heard.masses, again.masses], [[5, undefined], [6]]);
});
