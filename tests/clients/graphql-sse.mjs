import { client } from "./graphql-sse.client.mjs";

export const follow = (query, variables, next, end) =>
  client.subscribe({ query, variables }, { next, error: end, complete: end });

export const once = (query, variables) =>
  new Promise((resolve) => {
    let last;
    follow(query, variables, (result) => (last = result), () => resolve(last));
  });
