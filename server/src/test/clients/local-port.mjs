// SPDX-License-Identifier: Apache-2.0
// Lets a client that is bound to http://localhost:7181 reach the server under test.
const original = globalThis.fetch;
globalThis.fetch = (resource, init) =>
  original(
    typeof resource === "string"
      ? resource.replace("http://localhost:7181", process.env.KINGLET_URL)
      : resource,
    init,
  );
