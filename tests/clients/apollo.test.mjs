// @apollo/client without React: queries by HTTP, subscriptions by graphql-ws and by graphql-sse, names of documents.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { afterEach, test } from 'node:test';
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, Observable, gql } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { print } from 'graphql';
import { createClient as createStreams } from 'graphql-sse';
import { createClient as createSocket } from 'graphql-ws';
import WebSocket from 'ws';
import {
  ADDRESS, FOLLOW, FORBIDDEN, HELLO, HERE, Heard, INVALID, OPERATOR, RECORD, SOCKET, THERE, WRONG, bearer, codes,
  eventually, followed, freshToken, isJson, post, revoke, watched, weigh, weighing,
} from './scene.mjs';

globalThis.WebSocket ??= WebSocket; // the link compares with it, as it stands in browsers and later Node

const open = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
  await followed(0);
});

// What graphql-sse tells a page to write for Apollo.
class StreamLink extends ApolloLink {
  constructor(client) {
    super();
    this.client = client;
  }

  request({ query, operationName, variables, extensions }) {
    return new Observable((observer) =>
      this.client.subscribe({ query: print(query), operationName, variables, extensions }, {
        next: (result) => observer.next(result),
        error: (error) => observer.error(error),
        complete: () => observer.complete(),
      }));
  }
}

const FRESH = { fetchPolicy: 'no-cache' };

function apollo(link) {
  const client = new ApolloClient({
    link, cache: new InMemoryCache(), defaultOptions: { query: FRESH, mutate: FRESH },
  });
  open.push(() => client.stop());
  return client;
}

function byHttp(token, { before, ...options } = {}) {
  const { seen, fetch } = watched();
  const http = new HttpLink({ uri: ADDRESS, fetch, headers: token ? bearer(token) : {}, ...options });
  return { client: apollo(before ? before.concat(http) : http), seen };
}

function bySocket(connectionParams, options = {}) {
  const given = { url: SOCKET, webSocketImpl: WebSocket, connectionParams, retryAttempts: 0 };
  const socket = createSocket({ ...given, ...options });
  open.push(() => socket.dispose());
  return apollo(new GraphQLWsLink(socket));
}

function byStream(headers) {
  const streams = createStreams({ url: ADDRESS, headers, retryAttempts: 0 });
  open.push(() => streams.dispose());
  return apollo(new StreamLink(streams));
}

function followedBy(client, variables = HERE) {
  const heard = new Heard();
  const subscription = client.subscribe({ query: gql(FOLLOW), variables, ...FRESH }).subscribe(heard.sink);
  return { heard, unsubscribe: () => subscription.unsubscribe() };
}

// Without what Apollo asks for besides.
const plain = (value) =>
  JSON.parse(JSON.stringify(value, (name, inner) => (name === '__typename' ? undefined : inner)));
const failed = (asked) => asked.then(() => assert.fail('nothing was wrong'), (error) => error);
const live = {
  'by graphql-ws': () => bySocket(() => bearer(OPERATOR)),
  'by graphql-sse': () => byStream(() => bearer(OPERATOR)),
};

for (const [way, made] of Object.entries({ 'by HTTP': () => byHttp(OPERATOR).client, ...live })) {
  test(`${way}, a query and a mutation answer as by POST`, async () => {
    const client = made();
    assert.deepEqual(plain((await client.query({ query: gql(HELLO) })).data), (await post(HELLO)).data);
    const recorded = await client.mutate({ mutation: gql(RECORD), variables: weighing(1200) });
    assert.deepEqual(plain(recorded.data), (await post(RECORD, weighing(1200))).data);
  });

  test(`${way}, errors carry their codes`, async () => {
    const client = made();
    for (const [query, variables] of [[FORBIDDEN, THERE], [INVALID, {}]]) {
      const { errors } = await failed(client.query({ query: gql(query), variables }));
      assert.deepEqual(codes(errors), codes((await post(query, variables)).errors));
    }
    const partial = await client.query({ query: gql(FORBIDDEN), variables: THERE, errorPolicy: 'all' });
    assert.deepEqual(codes(partial.error.errors), ['FORBIDDEN']);
    assert.deepEqual(plain(partial.data), (await post(FORBIDDEN, THERE)).data);
  });
}

for (const [way, made] of Object.entries(live)) {
  test(`${way}, each event comes once and in order, and none after the unsubscription`, async () => {
    const grams = [...Array(30).keys()].map((n) => n + 1), { heard, unsubscribe } = followedBy(made());
    await followed(1);
    await weigh(...grams);
    await heard.until(30);
    assert.deepEqual(heard.masses, grams);
    assert.deepEqual(heard.errors, []);
    unsubscribe();
    await followed(0);
    await weigh(31);
    await heard.until(30);
    assert.equal(heard.results.length, 30);
  });

  test(`${way}, a subscription to another village is refused with its code`, async () => {
    const { heard } = followedBy(made(), THERE);
    await heard.ended();
    await eventually(() => heard.errors.length + heard.results.length, 'the refusal');
    assert.deepEqual(codes((heard.errors[0] ?? heard.results[0].error).errors), ['FORBIDDEN']);
  });
}

test('queries and mutations by HTTP are answered as JSON', async () => {
  const { client, seen } = byHttp(OPERATOR, { useGETForQueries: true });
  await client.query({ query: gql(HELLO) });
  await client.mutate({ mutation: gql(RECORD), variables: weighing(1200) });
  assert.deepEqual(seen.map(({ method }) => method), ['GET', 'POST']);
  assert.ok(seen.every(isJson));
});

test('by HTTP a wrong token has its code', async () => {
  const { errors } = await failed(byHttp(WRONG).client.query({ query: gql(HELLO) }));
  assert.deepEqual(codes(errors), ['UNAUTHENTICATED']);
});

test('by graphql-sse a wrong token has its code, and a fresh one of the function `headers` is taken next', async () => {
  const tokens = [WRONG, OPERATOR], client = byStream(() => bearer(tokens.shift()));
  const { errors } = await failed(client.query({ query: gql(HELLO) }));
  assert.deepEqual(codes(errors), ['UNAUTHENTICATED']);
  assert.deepEqual(plain((await client.query({ query: gql(HELLO) })).data), (await post(HELLO)).data);
});

test('by graphql-ws a wrong token closes the socket with 4403; connectionParams may bring a fresh one', async () => {
  const refused = await failed(bySocket(() => bearer(WRONG)).query({ query: gql(HELLO) }));
  assert.equal(refused.message, 'Socket closed with event 4403 Forbidden');
  const tokens = [WRONG, OPERATOR];
  const client = bySocket(() => bearer(tokens.shift()), { retryAttempts: 2, retryWait: async () => {} });
  assert.deepEqual(plain((await client.query({ query: gql(HELLO) })).data), (await post(HELLO)).data);
});

test('by graphql-ws a subscription whose token is revoked goes on with a fresh one', async () => {
  const first = await freshToken(), tokens = [first.token, OPERATOR];
  const client = bySocket(() => bearer(tokens.shift()), { retryAttempts: 2, retryWait: async () => {} });
  const { heard, unsubscribe } = followedBy(client);
  await followed(1);
  await weigh(5);
  await heard.until(1);
  await revoke(first.tokenId);
  await eventually(() => tokens.length === 0, 'connected again');
  await followed(1);
  await weigh(6);
  await heard.until(2);
  assert.deepEqual(heard.masses, [5, 6]);
  unsubscribe();
});

const sha256 = (text) => createHash('sha256').update(text).digest('hex');

for (const method of ['GET', 'POST']) {
  test(`by ${method}, a document is registered once and then asked by its hash alone`, async () => {
    const before = new PersistedQueryLink({ sha256, useGETForHashedQueries: method === 'GET' });
    const { client, seen } = byHttp(OPERATOR, { before });
    const query = `query ApolloByName${method} { villages { totalCount } }`;
    for (let round = 0; round < 2; round++) {
      assert.deepEqual(plain((await client.query({ query: gql(query) })).data), (await post(query)).data);
    }
    assert.deepEqual(seen.map(({ asked }) => Boolean(asked.query)), [false, true, false]);
    assert.deepEqual(codes(seen[0].body.errors), ['PERSISTED_QUERY_NOT_FOUND']);
    assert.deepEqual(seen.map((one) => one.method), [method, 'POST', method]);
  });
}

test('a visitor registers and asks by GET too, if a header says that no foreign page asks', async () => {
  const before = new PersistedQueryLink({ sha256, useGETForHashedQueries: true });
  const { client, seen } = byHttp(null, { before, headers: { 'graphql-require-preflight': '1' } });
  const query = 'query ApolloVisitor { villages { totalCount } }';
  for (let round = 0; round < 2; round++) await client.query({ query: gql(query) });
  assert.deepEqual(seen.map(({ method }) => method), ['GET', 'POST', 'GET']);
  assert.deepEqual(seen.map(({ asked }) => Boolean(asked.query)), [false, true, false]);
});
