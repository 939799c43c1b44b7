/** Call every operation by openapi-fetch with the types that openapi-typescript made:
 * URL, LONELY_URL, TOKEN. The server at LONELY_URL has no upstream. */

import assert from "node:assert/strict";
import createClient, { type Middleware } from "openapi-fetch";
import type { components, paths } from "./schema.js";

/** What answers are read as where nothing else is asked for. */
type Json = "application/json" | "application/problem+json";
type Problem = components["schemas"]["Problem"];

const [url, lonelyUrl, token] = process.argv.slice(2);
const called = new Set<string>();
const note: Middleware = {
  onRequest({ request, schemaPath }) {
    called.add(`${request.method.toLowerCase()} ${schemaPath}`);
  },
};

function client(baseUrl: string | undefined, headers = {}) {
  const made = createClient<paths, Json>({
    baseUrl,
    headers,
    querySerializer: { array: { style: "form", explode: false } },
  });
  made.use(note);
  return made;
}

const anybody = client(url);
const lonely = client(lonelyUrl);
const admin = client(url, { Authorization: `Bearer ${token}` });

/** Returns the data of an answer that has to be no problem. */
function good<T>(answer: { data?: T; error?: Problem; response: Response }): T {
  assert.equal(answer.error, undefined);
  assert(answer.data !== undefined, answer.response.url);
  return answer.data;
}

/** Returns the problem of an answer that has to be one. */
function bad(answer: { error?: Problem; response: Response }, status: number): Problem {
  assert.equal(answer.response.status, status);
  assert(answer.error !== undefined);
  assert.equal(answer.error.status, status);
  return answer.error;
}

async function askOfThePublic() {
  const query = { from: "11-1011.00", to: "Web Developers", limit: 1 };
  const gap = good(await anybody.GET("/skill-gap", { params: { query } }));
  assert.deepEqual([gap.from.code, gap.to.code], ["11-1011.00", "15-1254.00"]);
  assert(gap.gaps[0]!.to.level > gap.gaps[0]!.from.level);
  const pairs = [
    { from: "11-1011", to: "15-1254" },
    { from: "11-1011", to: "99-9999" },
  ];
  const body = { pairs, kind: "higher_level", limit: 1 } as const;
  const [first, second] = good(await anybody.POST("/skill-gap/batch", { body })).answers;
  assert.equal(first!.answer!.gaps[0]!.kind, "higher_level");
  assert.equal(second!.problem!.status, 404);
  const found = good(await anybody.GET("/occupations", { params: { query: { q: "web dev" } } }));
  assert.equal(found.occupations[0]!.matched!.kind, "title");
  assert.equal(good(await anybody.GET("/occupations")).occupations[0]!.matched, null);
  const path = { code: "15-1254" };
  const one = good(await anybody.GET("/occupations/{code}", { params: { path } }));
  assert.deepEqual([one.title, typeof one.ratings[0]!.level], ["Web Developers", "number"]);
  const chosen = { domains: ["skills", "knowledge"] as ("skills" | "knowledge")[], limit: 2 };
  const steps = good(
    await anybody.GET("/occupations/{code}/transitions", { params: { path, query: chosen } }),
  );
  assert.deepEqual(steps.domains, chosen.domains);
  assert.equal(steps.sources["skills"]!.origin, "seed");
  assert.equal(good(await anybody.GET("/health")).status, "ok");
  assert.equal(good(await anybody.GET("/health/ready")).status, "ok");
  const metrics: string = good(await anybody.GET("/metrics", { parseAs: "text" }));
  assert(metrics.includes("skillgap_database_up 1.0"));
}

async function askAboutElements() {
  const listed = good(await anybody.GET("/elements")).elements[0]!;
  const path = { element: listed.id };
  const one = good(await anybody.GET("/elements/{element}", { params: { path } }));
  assert.deepEqual([one.name, one.scale.maximum], [listed.name, 7]);
}

async function askWithOwnLevels() {
  const own = { occupations: ["15-1254"], ratings: { "2.B.3.e": 4.5 } };
  const gap = good(await anybody.POST("/skill-gap", { body: { from: own, to: "11-1011" } }));
  assert.deepEqual([gap.from.ratings, gap.from.occupations[0]!.code], [1, "15-1254.00"]);
  const steps = good(await anybody.POST("/transitions", { body: { from: own, limit: 2 } }));
  assert.equal(steps.transitions.length, 2);
}

async function askForCsv() {
  const query = { from: "11-1011", to: "15-1254", format: "csv" } as const;
  const answer = await anybody.GET("/skill-gap", { params: { query }, parseAs: "text" });
  const csv: string = good(answer);
  assert(csv.startsWith("from_code,"));
}

async function askInVain() {
  const unknown = { from: "99-9999", to: "15-1254" };
  const none = bad(await anybody.GET("/skill-gap", { params: { query: unknown } }), 404);
  assert(none.type.endsWith(":occupation-not-found"));
  const query = { from: "cheif executive", to: "15-1254" };
  const unclear = bad(await anybody.GET("/skill-gap", { params: { query } }), 422);
  assert(unclear.candidates!["from"]!.length > 0);
  const path = { code: "19-1042" };
  const away = bad(await lonely.GET("/occupations/{code}", { params: { path } }), 503);
  assert(away.type.endsWith(":upstream-not-configured"));
}

async function askAsOperator() {
  const held = good(await admin.GET("/admin/cache"));
  assert.equal(held.last_load?.release, "29.0");
  const page = good(await admin.GET("/admin/cache/entries", { params: { query: { limit: 1 } } }));
  assert.equal(page.entries.length, 1);
  const job = good(await admin.POST("/admin/cache/warm", { body: { codes: ["19-1042.00"] } }));
  good(await admin.POST("/admin/cache/warm", { body: { all: true } }));
  good(await admin.POST("/admin/cache/warm", { body: { stale: true, domain: "knowledge" } }));
  const path = { id: job.id };
  const state = good(await admin.GET("/admin/cache/jobs/{id}", { params: { path } }));
  assert.deepEqual([state.total, state.finished_at], [1, null]);
  const other = { id: "0".repeat(32) };
  bad(await admin.GET("/admin/cache/jobs/{id}", { params: { path: other } }), 404);
  const code = { code: "15-1254.00" };
  const purged = await admin.DELETE("/admin/cache/entries/{code}", { params: { path: code } });
  assert(good(purged).purged > 0);
  assert(good(await admin.DELETE("/admin/cache/entries")).purged > 0);
  bad(await anybody.GET("/admin/cache"), 401);
}

await askOfThePublic();
await askAboutElements();
await askWithOwnLevels();
await askForCsv();
await askInVain();
await askAsOperator();
const document = (await (await fetch(`${url}/openapi.json`)).json()) as { paths: object };
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.keys(methods)
    .filter((method) => method !== "parameters")
    .map((method) => `${method} ${path}`),
);
assert.deepEqual([...called].sort(), operations.sort());
