// @urql/core, which names text/event-stream in every Accept: by fetch and by graphql-ws, and documents by name.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { Client, fetchExchange, subscriptionExchange } from '@urql/core';
import { persistedExchange } from '@urql/exchange-persisted';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import {
  ADDRESS, FOLLOW, FORBIDDEN, HELLO, HERE, Heard, INVALID, OPERATOR, RECORD, SOCKET, THERE, WRONG, bearer, codes,
  eventually, followed, freshToken, isJson, post, revoke, watched, weigh, weighing,
} from './scene.mjs';

const sockets = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) await socket.dispose();
  await followed(0);
});

const PREFLIGHT = { 'graphql-require-preflight': '1' };
const given = (token, more) => () => ({ headers: { ...(token ? bearer(token) : {}), ...more } });

// One that sends everything by fetch, subscriptions too; urql takes GET for queries by itself.
function fetching(token, { exchanges = [], headers = {}, ...options } = {}) {
  const { seen, fetch } = watched();
  const fetchOptions = typeof token === 'function' ? () => ({ headers: bearer(token()) }) : given(token, headers);
  const client = new Client({
    url: ADDRESS, fetch, fetchOptions, fetchSubscriptions: true, requestPolicy: 'network-only',
    exchanges: [...exchanges, fetchExchange], ...options,
  });
  return { client, seen };
}

// One whose subscriptions, queries and mutations all go through graphql-ws.
function socketed(connectionParams, options = {}) {
  const given = { url: SOCKET, webSocketImpl: WebSocket, connectionParams, retryAttempts: 0 };
  const socket = createClient({ ...given, ...options });
  sockets.push(socket);
  const exchange = subscriptionExchange({
    enableAllOperations: true,
    forwardSubscription: (request) => ({
      subscribe: (sink) => ({ unsubscribe: socket.subscribe({ ...request, query: request.query || '' }, sink) }),
    }),
  });
  return new Client({ url: ADDRESS, requestPolicy: 'network-only', exchanges: [exchange] });
}

function followedBy(client, variables = HERE) {
  const heard = new Heard();
  const { unsubscribe } = client.subscription(FOLLOW, variables).subscribe(heard.sink.next);
  return { heard, unsubscribe };
}

const ways = {
  'by fetch, with GET for queries': () => fetching(OPERATOR).client,
  'by fetch, with POST alone': () => fetching(OPERATOR, { preferGetMethod: false }).client,
  'by graphql-ws': () => socketed(() => bearer(OPERATOR)),
};

for (const [way, made] of Object.entries(ways)) {
  test(`${way}, a query and a mutation answer as by POST`, async () => {
    const client = made();
    const asked = await client.query(HELLO, {});
    assert.equal(asked.error, undefined);
    assert.deepEqual(asked.data, (await post(HELLO)).data);
    const recorded = await client.mutation(RECORD, weighing(1200));
    assert.deepEqual(recorded.data, (await post(RECORD, weighing(1200))).data);
  });

  test(`${way}, errors carry their codes`, async () => {
    const client = made();
    for (const [query, variables] of [[FORBIDDEN, THERE], [INVALID, {}]]) {
      const { error, data } = await client.query(query, variables), expected = await post(query, variables);
      assert.deepEqual(codes(error.graphQLErrors), codes(expected.errors));
      assert.deepEqual(data ?? undefined, expected.data);
    }
    const { heard } = followedBy(client, THERE);
    await heard.until(1);
    assert.deepEqual(codes(heard.results[0].error.graphQLErrors), ['FORBIDDEN']);
  });

  test(`${way}, each event comes once and in order, and none after the unsubscription`, async () => {
    const client = made(), grams = [...Array(30).keys()].map((n) => n + 1);
    const { heard, unsubscribe } = followedBy(client);
    await followed(1);
    await weigh(...grams);
    await heard.until(30);
    assert.deepEqual(heard.masses, grams);
    assert.ok(heard.results.every(({ error }) => error === undefined));
    unsubscribe();
    await followed(0);
    await weigh(31);
    await heard.until(30);
    assert.equal(heard.results.length, 30);
  });
}

test('with text/event-stream in every Accept, queries and mutations are answered as JSON', async () => {
  for (const preferGetMethod of [false, 'force']) {
    const { client, seen } = fetching(OPERATOR, { preferGetMethod });
    await client.query(HELLO, {});
    await client.mutation(RECORD, weighing(1200));
    assert.deepEqual(seen.map(({ method }) => method), [preferGetMethod ? 'GET' : 'POST', 'POST']);
    assert.ok(seen.every(({ accept }) => accept.includes('text/event-stream')));
    assert.ok(seen.every(isJson));
  }
});

test('the subscription is answered as a stream', async () => {
  const { client, seen } = fetching(OPERATOR);
  const { unsubscribe } = followedBy(client);
  await followed(1);
  unsubscribe();
  assert.deepEqual(seen.map(({ type }) => type), ['text/event-stream; charset=utf-8']);
});

test('a visitor asks by GET with the header against foreign pages, and is refused without it', async () => {
  const { client } = fetching(null, { headers: PREFLIGHT }), bare = fetching(null).client;
  assert.equal((await client.query(HELLO, {})).error, undefined);
  assert.deepEqual(codes((await bare.query(HELLO, {})).error.graphQLErrors), ['BAD_USER_INPUT']);
});

test('by fetch a wrong token has its code, and a fresh one of the function `fetchOptions` is taken next', async () => {
  const tokens = [WRONG, WRONG, OPERATOR], { client } = fetching(() => tokens.shift());
  assert.deepEqual(codes((await client.query(HELLO, {})).error.graphQLErrors), ['UNAUTHENTICATED']);
  const { heard } = followedBy(client);
  await heard.until(1);
  assert.deepEqual(codes(heard.results[0].error.graphQLErrors), ['UNAUTHENTICATED']);
  assert.equal((await client.query(HELLO, {})).error, undefined);
});

test('by fetch a subscription whose token is revoked ends with its code, and another goes on', async () => {
  const first = await freshToken(), tokens = [first.token, OPERATOR], { client } = fetching(() => tokens.shift());
  const { heard } = followedBy(client);
  await followed(1);
  await weigh(5);
  await heard.until(1);
  await revoke(first.tokenId);
  await eventually(() => heard.results.at(-1).hasNext === false, 'the end');
  assert.deepEqual(codes(heard.results.at(-1).error.graphQLErrors), ['UNAUTHENTICATED']);
  const again = followedBy(client);
  await followed(1);
  await weigh(6);
  await again.heard.until(1);
  assert.deepEqual(again.heard.masses, [6]);
  again.unsubscribe();
});

test('by graphql-ws a wrong token closes with 4403, and connectionParams may bring a fresh one', async () => {
  const refused = await socketed(() => bearer(WRONG)).query(HELLO, {});
  assert.equal(refused.error.networkError.code, 4403);
  const tokens = [WRONG, OPERATOR];
  const client = socketed(() => bearer(tokens.shift()), { retryAttempts: 2, retryWait: async () => {} });
  assert.equal((await client.query(HELLO, {})).error, undefined);
});

for (const [way, preferGet, headers] of [
  ['GET', 'within-url-limit', {}], ['GET', 'force', PREFLIGHT], ['POST', false, {}],
]) {
  test(`by ${way} (${preferGet}), a document is registered once and then asked by its hash alone`, async () => {
    const persisted = persistedExchange({ preferGetForPersistedQueries: preferGet });
    const { client, seen } = fetching(OPERATOR, { exchanges: [persisted], headers, preferGetMethod: preferGet });
    const query = `query ByName${way}${preferGet ? preferGet.length : ''} { villages { totalCount } }`;
    for (let round = 0; round < 2; round++) {
      const { data, error } = await client.query(query, {});
      assert.equal(error, undefined, JSON.stringify(seen.at(-1)));
      assert.deepEqual(data, (await post(query)).data);
    }
    assert.deepEqual(seen.map(({ asked }) => Boolean(asked.query)), [false, true, false]);
    assert.deepEqual(codes(seen[0].body.errors), ['PERSISTED_QUERY_NOT_FOUND']);
    assert.deepEqual(seen.map(({ method }) => method), Array(3).fill(way));
  });
}

test('a mutation is registered and asked by its hash too', async () => {
  const { client, seen } = fetching(OPERATOR, { exchanges: [persistedExchange({ enableForMutation: true })] });
  for (let round = 0; round < 2; round++) {
    const { data } = await client.mutation(RECORD, weighing(1200));
    assert.equal(data.wasteRecordIntake.intake.gross, 1200);
  }
  assert.deepEqual(seen.map(({ asked }) => Boolean(asked.query)), [false, true, false]);
});
