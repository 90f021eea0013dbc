// The deployment that the tests are given, asked past the client under test: by plain POST.
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';

export const { ADDRESS, VILLAGE, OTHER_VILLAGE, FACILITY, ACTOR, OPERATOR, ADMIN, METRICS } = process.env;
export const SOCKET = ADDRESS.replace('http', 'ws');
export const WRONG = 'wtl_' + 'x'.repeat(43);

export const HELLO = 'query Hello { me { actor } villages { totalCount } }';
export const RECORD = `mutation Record($input: WasteRecordIntakeInput!) {
  wasteRecordIntake(input: $input) { intake { gross stream } facility { name } } }`;
export const FOLLOW = `subscription Follow($code: RegionCode!) {
  wasteIntakes(villageCode: $code) { mass stream facility { name } } }`;
export const FORBIDDEN = `query Forbidden($code: RegionCode!) {
  village(code: $code) { name residents(first: 1) { totalCount } } }`;
export const INVALID = 'query Invalid { villages { thisIsNoField } }';
export const HERE = { code: VILLAGE };
export const THERE = { code: OTHER_VILLAGE };

export const weighing = (gross) => ({ input: { facilityId: FACILITY, stream: 'ORGANIK', gross } });
export const bearer = (token) => ({ authorization: `Bearer ${token}` });

export async function post(query, variables = {}, token = OPERATOR) {
  const headers = { 'content-type': 'application/json', accept: 'application/json', ...bearer(token) };
  const answer = await fetch(ADDRESS, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
  return answer.json();
}

// Weighings one after the other, recorded by POST.
export async function weigh(...grams) {
  for (const gross of grams) assert.equal((await post(RECORD, weighing(gross))).errors, undefined);
}

export async function freshToken() {
  const issue = `mutation($input: IssueTokenInput!) { issueToken(input: $input) { token tokenId } }`;
  const answer = await post(issue, { input: { actor: ACTOR, label: 'for a client', days: 1 } }, ADMIN);
  assert.equal(answer.errors, undefined);
  return answer.data.issueToken;
}

export async function revoke(tokenId) {
  const answer = await post('mutation($input: RevokeTokenInput!) { revokeToken(input: $input) { tokenId } }',
    { input: { tokenId } }, ADMIN);
  assert.equal(answer.errors, undefined, JSON.stringify(answer.errors));
}

async function gauge(name) {
  const page = await (await fetch(new URL('/metrics', ADDRESS), { headers: bearer(METRICS) })).text();
  return Number(page.match(new RegExp(`^${name} (\\S+)$`, 'm'))[1]);
}

// Until so many subscriptions run: neither protocol says when one has begun.
export async function followed(count) {
  await eventually(async () => (await gauge('wantilan_live_subscriptions')) === count, `${count} subscriptions`);
}

export async function eventually(test, what, seconds = 15) {
  const end = Date.now() + seconds * 1000;
  while (!(await test())) {
    assert.ok(Date.now() < end, `not within ${seconds} seconds: ${what}`);
    await pause(20);
  }
}

// What a subscription brings. `until` waits for so many, then a moment for one too many.
export class Heard {
  results = [];
  errors = [];
  complete = false;

  sink = {
    next: (result) => this.results.push(result),
    error: (error) => this.errors.push(error),
    complete: () => { this.complete = true; },
  };

  async until(count) {
    await eventually(() => this.results.length >= count || this.errors.length > 0, `${count} results`);
    await pause(100);
    return this.results;
  }

  async ended() {
    await eventually(() => this.complete || this.errors.length > 0, 'the end');
  }

  get masses() {
    return this.results.map((result) => result.data?.wasteIntakes?.mass);
  }
}

// `fetch` that keeps what was asked and how it was answered.
export function watched() {
  const seen = [];
  const watching = async (address, init = {}) => {
    const answer = await fetch(address, init);
    const type = answer.headers.get('content-type');
    seen.push({
      method: init.method ?? 'GET', accept: new Headers(init.headers).get('accept'),
      asked: init.body ? JSON.parse(init.body) : Object.fromEntries(new URL(address).searchParams),
      type, body: type?.includes('json') ? await answer.clone().json() : null,
    });
    return answer;
  };
  return { seen, fetch: watching };
}

export const isJson = ({ type }) => /^application\/(graphql-response\+)?json; charset=utf-8$/.test(type);

export const codes = (errors) => errors.map((error) => error.extensions.code);

// What differs between two answers to the same question is left out.
export const withoutId = (answer) =>
  JSON.parse(JSON.stringify(answer, (name, value) => (name === 'requestId' ? '' : value)));

// The only result of an operation of graphql-ws or graphql-sse.
export async function once(client, query, variables) {
  const heard = new Heard();
  client.subscribe({ query, variables }, heard.sink);
  await heard.ended();
  if (heard.errors.length) throw heard.errors[0];
  assert.equal(heard.results.length, 1);
  return heard.results[0];
}
