/** The main job: an order, a refund of a part, and the merchant's yes. Prints what it saw as JSON. */

import { wanliu, type Schema } from "./index.js";

const [baseUrl = "", store = "", item = ""] = process.argv.slice(2);
const marketplace = wanliu(baseUrl, process.env.MARKETPLACE_KEY ?? "");
const merchant = wanliu(baseUrl, process.env.STORE_KEY ?? "");

function given<Answer>(answer: { data?: Answer; error?: unknown }): Answer {
  if (answer.data === undefined) throw new Error(JSON.stringify(answer.error));
  return answer.data;
}

const order: Schema<"PlaceOrderRequest"> = {
  store,
  number: "TS-1",
  paid_at: "2026-11-20T10:00:00+08:00",
  buyer: { id: "b1", name: "Li" },
  address: { name: "Li", phone: "13800001234", detail: "文三路 1 号" },
  lines: [{ item_id: item, quantity: 2, unit_price: "50.00", discount: "10.00" }],
  shipping_fee: "6.00",
};
const header = { "Idempotency-Key": "order-TS-1" };
const placed = given(await marketplace.POST("/api/v1/orders/", { body: order, params: { header } }));

const refund = given(
  await marketplace.POST("/api/v1/refunds/", {
    body: { store, order: placed.number, kind: "refund_only", reason: "changed_mind", amount: "40.00" },
  }),
);
const path = { id: refund.id };
const approved = given(await merchant.POST("/api/v1/refunds/{id}/approve/", { params: { path }, body: {} }));
const listed = given(await merchant.GET("/api/v1/refunds/", { params: { query: { order: placed.number } } }));
const refused = await merchant.POST("/api/v1/refunds/{id}/reject/", { params: { path }, body: { reason: "too late" } });

console.log(
  JSON.stringify({
    paid: placed.paid_amount,
    status: approved.status,
    listed: listed.results.map((each) => each.amount),
    refused: refused.error?.errors.map((each) => each.code),
  }),
);
