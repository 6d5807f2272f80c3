// SPDX-License-Identifier: Apache-2.0
// The library of @tinybirdco/sdk against the server: the typed client and the plain one.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { before, describe, test } from "node:test";
import { createClient, createTinybirdApi } from "@tinybirdco/sdk";
import { build } from "esbuild";
import { call, project, token, url } from "./testing.mjs";

const row = (pathname, more = {}) => ({
  timestamp: "2026-01-01T10:00:00.123Z",
  session_id: "s1",
  pathname,
  country: "NO",
  duration_ms: 7,
  tags: ["a", "b"],
  ...more,
});

async function until(condition) {
  for (;;) {
    const value = await condition();
    if (value) return value;
  }
}

const jobDone = (id) =>
  until(async () => {
    const { body } = await call("GET", `/v0/jobs/${id}`);
    assert.ok(!["error", "cancelled"].includes(body.status), JSON.stringify(body));
    return body.status === "done";
  });

before(async (t) => {
  const { tinybird } = await project({ after() {} }).inGit();
  const { code, output } = await tinybird("deploy", "--allow-destructive-operations");
  assert.equal(code, 0, output);
});

describe("the plain client", () => {
  const api = createTinybirdApi({ baseUrl: url, token });

  test("ingests, queries by endpoint and by SQL", async () => {
    await api.truncateDatasource("page_views");
    assert.deepEqual(await api.ingest("page_views", row("/one")), {
      successful_rows: 1,
      quarantined_rows: 0,
    });
    const many = Array.from({ length: 50 }, (_, at) => row("/two", { session_id: `s${at % 5}` }));
    assert.equal((await api.ingestBatch("page_views", many)).successful_rows, 50);
    const { data, rows, statistics } = await api.query("top_pages", { limit: 1 });
    assert.deepEqual(data, [{ pathname: "/two", views: 50, visitors: 5, duration: 350 }]);
    assert.equal(rows, 1);
    assert.equal(typeof statistics.elapsed, "number");
    const sql = await api.sql("SELECT count() AS total FROM page_views");
    assert.deepEqual(sql.data, [{ total: 51 }]);
    assert.deepEqual((await api.query("path_totals", { pathname: "/two" })).data, [
      { pathname: "/two", views: 50, visitors: 5 },
    ]);
  });

  test("arrays reach the endpoint as repeated keys", async () => {
    const { data } = await api.query("top_pages", { countries: ["NO", "SE"] });
    assert.ok(data.length > 0);
    assert.deepEqual((await api.query("top_pages", { countries: ["SE", "DK"] })).data, []);
  });

  test("rows that do not fit are counted", async () => {
    assert.deepEqual(await api.ingest("page_views", row("/bad", { duration_ms: "long" })), {
      successful_rows: 0,
      quarantined_rows: 1,
    });
  });

  test("appends and replaces from files and addresses", async (t) => {
    const { directory } = project(t);
    const file = join(directory, "rows.ndjson");
    writeFileSync(file, [row("/file"), row("/file")].map((each) => JSON.stringify(each)).join("\n"));
    const appended = await api.appendDatasource("page_views", { file });
    assert.equal(appended.error ?? false, false, JSON.stringify(appended));
    assert.equal(appended.quarantine_rows ?? 0, 0);
    assert.deepEqual((await api.sql("SELECT count() AS n FROM page_views WHERE pathname = '/file'")).data, [
      { n: 2 },
    ]);
    const served = JSON.stringify(row("/address")) + "\n";
    const files = createServer((_, response) => response.end(served)).listen(0, "127.0.0.1");
    t.after(() => files.close());
    await new Promise((resolve) => files.once("listening", resolve));
    const address = `http://127.0.0.1:${files.address().port}/rows.ndjson`;
    const job = await api.appendDatasource("page_views", { url: address });
    await jobDone(job.job_id ?? job.id);
    assert.deepEqual((await api.sql("SELECT count() AS n FROM page_views WHERE pathname = '/address'")).data, [
      { n: 1 },
    ]);
    const client = createClient({ baseUrl: url, token });
    const replaced = await client.datasources.replace("page_views", { url: address });
    await jobDone(replaced.job_id ?? replaced.id);
    assert.deepEqual((await api.sql("SELECT pathname FROM page_views")).data, [{ pathname: "/address" }]);
    assert.deepEqual((await api.query("path_totals", { pathname: "/address" })).data, [
      { pathname: "/address", views: 1, visitors: 1 },
    ]);
  });

  test("deletes by condition, dry first", async () => {
    await api.ingestBatch("page_views", [row("/gone"), row("/gone"), row("/kept")]);
    const options = { deleteCondition: "pathname = '/gone'" };
    const dry = await api.deleteDatasource("page_views", { ...options, dryRun: true });
    assert.equal(dry.rows_to_be_deleted, 2);
    const job = await api.deleteDatasource("page_views", options);
    await jobDone(job.job_id ?? job.id);
    const left = await api.sql("SELECT DISTINCT pathname FROM page_views WHERE pathname IN ('/gone', '/kept')");
    assert.deepEqual(left.data, [{ pathname: "/kept" }]);
  });

  test("a JWT reads its endpoint with its fixed parameters, and nothing else", async () => {
    const client = createClient({ baseUrl: url, token });
    const { token: jwt } = await client.tokens.createJWT({
      name: "one page",
      expiresAt: new Date(Date.now() + 60_000),
      scopes: [{ type: "PIPES:READ", resource: "path_totals", fixed_params: { pathname: "/kept" } }],
    });
    const restricted = createTinybirdApi({ baseUrl: url, token: jwt });
    const { data } = await restricted.query("path_totals", { pathname: "/two" });
    assert.deepEqual(data.map((each) => each.pathname), ["/kept"]);
    await assert.rejects(restricted.query("top_pages", {}), { statusCode: 403 });
    await assert.rejects(restricted.sql("SELECT 1 FROM page_views"), { statusCode: 403 });
  });

  test("failures carry status and text", async () => {
    await assert.rejects(api.query("nothing", {}), { statusCode: 404, message: /nothing/ });
    await assert.rejects(api.query("top_pages", { limit: "many" }), { statusCode: 400, message: /Int32/ });
    await assert.rejects(api.sql("SELEC 1"), { statusCode: 400 });
    await assert.rejects(createTinybirdApi({ baseUrl: url, token: "p.nobody" }).sql("SELECT 1"), {
      statusCode: 403,
    });
  });
});

test("the typed client of the project", async (t) => {
  const { directory } = project(t);
  const outfile = join(directory, "client.mjs");
  await build({
    entryPoints: [join(directory, "tinybird/client.ts")],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    packages: "external",
    logLevel: "silent",
  });
  process.env.TINYBIRD_URL = url;
  process.env.TINYBIRD_TOKEN = token;
  const { tinybird } = await import(pathToFileURL(outfile));
  await tinybird.pageViews.truncate();
  await tinybird.pageViews.ingest(row("/typed"));
  const { data } = await tinybird.topPages.query({ limit: 5 });
  assert.deepEqual(data, [{ pathname: "/typed", views: 1, visitors: 1, duration: 7 }]);
});
