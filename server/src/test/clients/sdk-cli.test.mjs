// SPDX-License-Identifier: Apache-2.0
// The command line of @tinybirdco/sdk against the server.
import assert from "node:assert/strict";
import { appendFileSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { call, project } from "./testing.mjs";

function succeeded({ code, output }) {
  assert.equal(code, 0, output);
  return output;
}

function replaceIn(file, from, to) {
  const text = readFileSync(file, "utf8");
  assert.ok(text.includes(from), `${file} has ${from}`);
  writeFileSync(file, text.replace(from, to));
}

test("deploy makes the project live, and again is no change", async (t) => {
  const { tinybird, directory } = await project(t).inGit();
  succeeded(await tinybird("deploy"));
  const pipe = await call("GET", "/v0/pipes/top_pages.json");
  assert.equal(pipe.status, 200, JSON.stringify(pipe.body));
  assert.match(succeeded(await tinybird("deploy")), /no changes/i);

  await t.test("deploy --check of a broken pipe names the file and fails", async () => {
    replaceIn(join(directory, "tinybird/pipes.ts"), "FROM page_views", "FROM page_view");
    const { code, output } = await tinybird("deploy", "--check");
    assert.notEqual(code, 0, output);
    assert.match(output, /page_view\b/);
    replaceIn(join(directory, "tinybird/pipes.ts"), "FROM page_view\n", "FROM page_views\n");
  });

  await t.test("deploy that drops asks for the flag", async () => {
    const pipes = join(directory, "tinybird/pipes.ts");
    const before = readFileSync(pipes, "utf8");
    appendFileSync(
      join(directory, "tinybird/datasources.ts"),
      `export const extra = defineDatasource("extra", { schema: { id: t.string() } });\n`,
    );
    succeeded(await tinybird("deploy"));
    replaceIn(
      join(directory, "tinybird/datasources.ts"),
      `export const extra = defineDatasource("extra", { schema: { id: t.string() } });\n`,
      "",
    );
    const refused = await tinybird("deploy");
    assert.notEqual(refused.code, 0, refused.output);
    assert.match(refused.output, /destructive/i);
    succeeded(await tinybird("deploy", "--allow-destructive-operations"));
    assert.equal((await call("GET", "/v0/datasources/extra")).status, 404);
    assert.equal(readFileSync(pipes, "utf8"), before);
  });

  await t.test("pull writes what was deployed", async () => {
    succeeded(await tinybird("pull", "--output-dir", "pulled"));
    const files = readdirSync(join(directory, "pulled"), { recursive: true }).sort();
    for (const name of [
      "page_views.datasource",
      "path_days.datasource",
      "count_path_days.pipe",
      "path_totals.pipe",
      "top_pages.pipe",
    ]) {
      assert.ok(files.some((file) => file.endsWith(name)), `${name} among ${files}`);
    }
  });

  await t.test("what was pulled migrates to TypeScript", async () => {
    const migrated = succeeded(await tinybird("migrate", "pulled", "--dry-run"));
    assert.match(migrated, /Migrated: 2 datasource\(s\), 3 pipe\(s\)/);
  });

  await t.test("deploy --no-auto waits in staging until it is set live", async () => {
    replaceIn(join(directory, "tinybird/pipes.ts"), "ORDER BY views DESC", "ORDER BY views ASC");
    succeeded(await tinybird("deploy", "--no-auto"));
    const { body } = await call("GET", "/v1/deployments");
    const staged = body.deployments.find((deployment) => !deployment.live);
    assert.equal(staged.status, "data_ready", JSON.stringify(body));
    const promoted = await call("POST", `/v1/deployments/${staged.id}/set-live`);
    assert.equal(promoted.status, 200, JSON.stringify(promoted.body));
    const after = (await call("GET", "/v1/deployments")).body.deployments;
    assert.equal(after.find((deployment) => deployment.live).id, staged.id);
  });

  await t.test("info names the workspace", async () => {
    const info = JSON.parse(succeeded(await tinybird("info", "--json")));
    assert.equal(info.cloud.workspaceName, (await call("GET", "/v1/workspace")).body.name);
  });
});

test("build --local builds into a workspace of the branch's name", async (t) => {
  const { tinybird, directory } = await project(t, { branch: "local-idea" }).inGit();
  const first = succeeded(await tinybird("build", "--local"));
  assert.match(first, /local_idea/);
  replaceIn(join(directory, "tinybird/pipes.ts"), "ORDER BY views DESC", "ORDER BY views ASC");
  assert.match(succeeded(await tinybird("build", "--local")), /top_pages/);
  assert.match(succeeded(await tinybird("build", "--local")), /no changes/i);
  succeeded(await tinybird("clear", "--local", "--yes"));
  assert.match(succeeded(await tinybird("build", "--local")), /page_views/);
  // It went to a workspace of its own.
  const { admin_token: admin } = (await call("GET", "/tokens")).body;
  const { body } = await call("GET", "/v1/user/workspaces", {
    headers: { Authorization: `Bearer ${admin}` },
  });
  assert.ok(body.workspaces.some((workspace) => workspace.name === "local_idea"));
});

test("build, status, list and delete of a branch", async (t) => {
  const { tinybird } = await project(t, { branch: "try/colours" }).inGit();
  assert.match(succeeded(await tinybird("build", "--branch")), /try_colours.*created[^]*Build completed/);
  assert.match(succeeded(await tinybird("branch", "list")), /try_colours/);
  assert.match(succeeded(await tinybird("branch", "status")), /try_colours/);
  succeeded(await tinybird("branch", "delete", "try_colours"));
  assert.doesNotMatch(succeeded(await tinybird("branch", "list")), /try_colours/);
});

test("preview deploys to a branch that is made anew", async (t) => {
  const { tinybird } = await project(t, { branch: "pull-request" }).inGit();
  for (let round = 0; round < 2; round++) {
    const preview = JSON.parse(succeeded(await tinybird("preview", "--json")));
    assert.equal(preview.success ?? true, true, JSON.stringify(preview));
  }
  succeeded(await tinybird("branch", "delete", "tmp_ci_pull_request"));
});
