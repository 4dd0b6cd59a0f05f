import { expect, test } from "vitest";
import { localRun } from "../../../cli/endpoint/local-run.ts";
import { folderWith } from "../../folder-with.ts";

/** A folder whose file of a local run names this address. */
const folderOf = (apiUrl: string) => folderWith({ ".local/endpoint.json": JSON.stringify({ apiUrl, apiKey: "k" }) });

const resolve = async () => ["127.0.0.1", "::1"];

test.each([
  "http://localhost:8480/prod/",
  "http://127.0.0.1:8480/prod/",
  "http://127.255.1.2/prod/",
  "http://[::1]:8480/prod/",
])("a local run is at %s", async (apiUrl) => {
  expect(await localRun([folderOf(apiUrl)], resolve)).toMatchObject({ url: apiUrl, key: "k" });
});

test.each([
  "http://evil.example/prod/",
  "https://evil.example/prod/",
  "https://localhost:8480/prod/",
  "http://127.0.0.1.evil.example/prod/",
  "http://127.0.0.1@evil.example/prod/",
  "http://user:secret@127.0.0.1/prod/",
  "http://localhost.evil.example/prod/",
  "http://[::ffff:192.0.2.1]/prod/",
  "http://[::]/prod/",
  "http://0.0.0.0/prod/",
  "http://10.0.0.1/prod/",
  "http://169.254.169.254/latest/",
  "file:///etc/passwd",
  "localhost:8480",
  "",
])("a file that says %j is no local run, and is not asked", async (apiUrl) => {
  await expect(localRun([folderOf(apiUrl)], resolve)).rejects.toMatchObject({
    message: expect.stringContaining("not an http:// address of this machine"),
    next: expect.stringContaining("--endpoint"),
  });
});

test("localhost has to be this machine", async () => {
  const elsewhere = async () => ["127.0.0.1", "192.0.2.1"];
  await expect(localRun([folderOf("http://localhost:8480/prod/")], elsewhere)).rejects.toThrow("of this machine");
});

test("there is none where no folder has the file", async () => {
  expect(await localRun(["/nowhere"], resolve)).toBeUndefined();
});
