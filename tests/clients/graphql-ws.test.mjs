// graphql-ws: graphql-transport-ws as its own library speaks it.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import {
  FOLLOW, FORBIDDEN, HELLO, HERE, Heard, INVALID, OPERATOR, RECORD, SOCKET, THERE, WRONG, bearer, codes, eventually,
  followed, freshToken, once, post, revoke, weigh, weighing, withoutId,
} from './scene.mjs';

const open = [];
afterEach(async () => {
  for (const client of open.splice(0)) await client.dispose();
  await followed(0);
});

function connected(token, options = {}) {
  const connectionParams = typeof token === 'function' ? token : bearer(token);
  const given = { url: SOCKET, webSocketImpl: WebSocket, connectionParams, retryAttempts: 0 };
  const client = createClient({ ...given, ...options });
  open.push(client);
  return client;
}

test('a query and a mutation answer on the socket as by POST', async () => {
  const client = connected(OPERATOR);
  assert.deepEqual(await once(client, HELLO), await post(HELLO));
  assert.deepEqual(await once(client, RECORD, weighing(1200)), await post(RECORD, weighing(1200)));
});

test('a failing field and an invalid document carry their codes as by POST', async () => {
  const client = connected(OPERATOR);
  const partial = await once(client, FORBIDDEN, THERE);
  assert.deepEqual(codes(partial.errors), ['FORBIDDEN']);
  assert.deepEqual(withoutId(partial), withoutId(await post(FORBIDDEN, THERE)));
  const refused = await once(client, INVALID).catch((errors) => errors);
  assert.deepEqual(withoutId(refused), withoutId((await post(INVALID)).errors));
  assert.ok(codes(refused)[0]);
});

test('each event comes once and in order, beside a query, and none after the unsubscription', async () => {
  const client = connected(OPERATOR), heard = new Heard(), grams = [...Array(30).keys()].map((n) => n + 1);
  const end = client.subscribe({ query: FOLLOW, variables: HERE }, heard.sink);
  await followed(1);
  await Promise.all([weigh(...grams), once(client, HELLO)]);
  await heard.until(30);
  assert.deepEqual(heard.masses, grams);
  const { stream, facility } = heard.results[0].data.wasteIntakes;
  assert.deepEqual({ stream, facility }, { stream: 'ORGANIK', facility: { name: 'TPS3R Bestari' } });
  end();
  await followed(0);
  await weigh(31);
  await heard.until(30);
  assert.equal(heard.results.length, 30);
  assert.ok(heard.complete);
});

test('the iterator of a subscription brings events and is ended by leaving it', async () => {
  const client = connected(OPERATOR), masses = [];
  const weighed = followed(1).then(() => weigh(7, 8, 9));
  for await (const result of client.iterate({ query: FOLLOW, variables: HERE })) {
    masses.push(result.data.wasteIntakes.mass);
    if (masses.length === 3) break;
  }
  await weighed;
  assert.deepEqual(masses, [7, 8, 9]);
  await followed(0);
});

test('a subscription to another village is refused with its code, and the socket goes on', async () => {
  const client = connected(OPERATOR, { lazy: false });
  const refused = await once(client, FOLLOW, THERE).catch((errors) => errors);
  assert.deepEqual(codes(refused), ['FORBIDDEN']);
  assert.equal((await once(client, HELLO)).errors, undefined);
});

test('a wrong token is closed with 4403', async () => {
  const closed = await once(connected(WRONG), HELLO).catch((event) => event);
  assert.deepEqual([closed.code, closed.reason], [4403, 'Forbidden']);
});

test('after 4403 the client tries again with what connectionParams says then', async () => {
  const tokens = [WRONG, WRONG, OPERATOR], given = [];
  const client = connected(() => { given.push(tokens.shift()); return bearer(given.at(-1)); },
    { retryAttempts: 3, retryWait: async () => {} });
  assert.deepEqual(await once(client, HELLO), await post(HELLO));
  assert.deepEqual(given, [WRONG, WRONG, OPERATOR]);
});

test('when the token is revoked the subscription is closed with 4403 and goes on with a fresh one', async () => {
  const first = await freshToken(), second = await freshToken(), tokens = [first.token, second.token], closed = [];
  const client = connected(() => bearer(tokens.shift()),
    { retryAttempts: 3, retryWait: async () => {}, on: { closed: (event) => closed.push(event.code) } });
  const heard = new Heard();
  client.subscribe({ query: FOLLOW, variables: HERE }, heard.sink);
  await followed(1);
  await weigh(5);
  await heard.until(1);
  await revoke(first.tokenId);
  await eventually(() => closed.length === 1, 'closed', 15);
  assert.deepEqual(closed, [4403]);
  await eventually(() => tokens.length === 0, 'connected again');
  await followed(1);
  await weigh(6);
  await heard.until(2);
  assert.deepEqual(heard.masses, [5, 6]);
  assert.deepEqual(heard.errors, []);
});

test('the pings of the client are answered', async () => {
  let pongs = 0;
  const on = { pong: (received) => { pongs += received; } };
  const client = connected(OPERATOR, { lazy: false, keepAlive: 50, on });
  await once(client, HELLO);
  await eventually(() => pongs > 2, 'pongs');
});
