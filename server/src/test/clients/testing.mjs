// SPDX-License-Identifier: Apache-2.0
// What the clients' tests share. KINGLET_URL and KINGLET_TOKEN say which server they talk to.
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));

export const url = process.env.KINGLET_URL;
export const token = process.env.KINGLET_TOKEN;

// A copy of the project that may be changed, and how to run the SDK's own command line in it.
export function project(t, { branch = null } = {}) {
  const directory = mkdtempSync(join(tmpdir(), "clients-"));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  cpSync(join(here, "project"), directory, { recursive: true });
  symlinkSync(join(here, "node_modules"), join(directory, "node_modules"));
  const run = (command, ...args) => execute(directory, command, args);
  return {
    directory,
    tinybird: (...args) => run(process.execPath, join(here, "node_modules/.bin/tinybird"), ...args),
    async inGit() {
      await run("git", "init", "--quiet", `--initial-branch=${branch ?? "main"}`);
      // A branch exists from its first commit on.
      const author = ["-c", "user.name=Test", "-c", "user.email=test@example.com"];
      await run("git", ...author, "commit", "--quiet", "--allow-empty", "--message=Begin");
      return this;
    },
  };
}

function execute(directory, command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: directory,
      env: {
        ...process.env,
        TINYBIRD_URL: url,
        TINYBIRD_TOKEN: token,
        NO_COLOR: "1",
        // The SDK knows a local server at port 7181 only; the one under test listens elsewhere.
        NODE_OPTIONS: `--import=${join(here, "local-port.mjs")}`,
      },
    });
    let output = "";
    child.stdout.on("data", (chunk) => (output += chunk));
    child.stderr.on("data", (chunk) => (output += chunk));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, output }));
  });
}

export async function call(method, path, { headers = {}, body } = {}) {
  const response = await fetch(url + path, {
    method,
    headers: { Authorization: `Bearer ${token}`, ...headers },
    body,
  });
  const text = await response.text();
  return { status: response.status, body: text.startsWith("{") ? JSON.parse(text) : text };
}
