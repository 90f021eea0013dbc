import { client } from "./graphql-ws.client.mjs";

// 1000 is its own doing: it closes its socket when nobody follows anything.
export const closed = () =>
  new Promise((resolve) => client.on("closed", ({ code }) => code === 1000 || resolve(code)));

export function follow(query, variables, next, end) {
  const refused = (errors) => {
    if (Array.isArray(errors)) next({ errors });
    end();
  };
  return client.subscribe({ query, variables }, { next, error: refused, complete: end });
}

export const once = (query, variables) =>
  new Promise((resolve) => {
    let last;
    follow(query, variables, (result) => (last = result), () => resolve(last));
  });
