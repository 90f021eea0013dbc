import { client } from "./urql.client.mjs";

const plain = ({ data, error }) => ({ data, errors: error?.graphQLErrors });

export const once = async (query, variables) =>
  plain(await (query.startsWith("mutation") ? client.mutation(query, variables) : client.query(query, variables)).toPromise());

export function follow(query, variables, next, end) {
  let over = false; // the last result comes twice: when it comes, and when the stream has ended
  const { unsubscribe } = client.subscription(query, variables).subscribe((result) => {
    if (over) return;
    next(plain(result));
    if (result.error) {
      over = true;
      end();
    }
  });
  return unsubscribe;
}
