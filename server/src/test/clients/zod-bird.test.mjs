// SPDX-License-Identifier: Apache-2.0
// @chronark/zod-bird against the server.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import zodBird from "@chronark/zod-bird";
import { z } from "zod";
import { project, token, url } from "./testing.mjs";

const { Tinybird } = zodBird;
const client = new Tinybird({ baseUrl: url, token });

before(async () => {
  const { tinybird } = await project({ after() {} }).inGit();
  const { code, output } = await tinybird("deploy", "--allow-destructive-operations");
  assert.equal(code, 0, output);
});

test("ingests and reads, both checked by zod", async () => {
  const ingest = client.buildIngestEndpoint({
    datasource: "page_views",
    event: z.object({
      timestamp: z.number().transform((time) => new Date(time).toISOString()),
      session_id: z.string(),
      pathname: z.string(),
      tags: z.array(z.string()),
    }),
    wait: true,
  });
  const event = { timestamp: 1767261600000, session_id: "z", pathname: "/zod", tags: [] };
  assert.deepEqual(await ingest([event, event]), { successful_rows: 2, quarantined_rows: 0 });
  const totals = client.buildPipe({
    pipe: "path_totals",
    parameters: z.object({ pathname: z.string() }),
    data: z.object({ pathname: z.string(), views: z.number(), visitors: z.number() }),
  });
  const { data } = await totals({ pathname: "/zod" });
  assert.deepEqual(data, [{ pathname: "/zod", views: 2, visitors: 1 }]);
});

test("an unauthorised call is told so", async () => {
  const nobody = new Tinybird({ baseUrl: url, token: "p.nobody" });
  const pipe = nobody.buildPipe({ pipe: "top_pages", data: z.any() });
  await assert.rejects(pipe({}), /Unauthorized/);
});
