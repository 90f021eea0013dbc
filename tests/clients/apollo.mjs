import { CombinedGraphQLErrors, gql } from "@apollo/client";
import { client } from "./apollo.client.mjs";

const errorsOf = (error) => (CombinedGraphQLErrors.is(error) ? error.errors : [{ extensions: { code: String(error) } }]);

export async function once(query, variables) {
  const document = gql(query);
  const asked = query.startsWith("mutation")
    ? client.mutate({ mutation: document, variables })
    : client.query({ query: document, variables, fetchPolicy: "no-cache" });
  try {
    return await asked;
  } catch (error) {
    return { errors: errorsOf(error) };
  }
}

export function follow(query, variables, next, end) {
  const watched = client.subscribe({ query: gql(query), variables }).subscribe({
    next: ({ data, error }) => {
      next({ data, errors: error && errorsOf(error) });
      if (error) end();
    },
    error: (error) => (next({ errors: errorsOf(error) }), end()),
    complete: end,
  });
  return () => watched.unsubscribe();
}
