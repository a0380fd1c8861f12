/** The API of Wanliu: `openapi-fetch` with the types of its schema. An answer is `{ data }` or `{ error }`, never thrown. */

import createClient, { type Client } from "openapi-fetch";

import type { components, paths } from "./schema.js";

export type { components, paths };

/** An object of the API by its name in the schema: `Schema<"Refund">`. */
export type Schema<Name extends keyof components["schemas"]> = components["schemas"][Name];

/** A client for the address of the service (without `/api/v1`) that calls with this key. */
export function wanliu(baseUrl: string, key: string): Client<paths> {
  return createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${key}` } });
}
