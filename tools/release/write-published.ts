// `write-published.ts BUCKET FOLDER`: writes into a folder what publish-templates would put into a bucket, and files.json, which says
// what goes where, by names in that folder. The end-to-end tests launch it many times.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { publishedFiles } from "./published-files.ts";

const [bucket = "", folder = ""] = process.argv.slice(2);
const { context } = JSON.parse(readFileSync(new URL("../../cdk.json", import.meta.url), "utf8"));
const { code, templates } = publishedFiles(bucket, "", context);
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const files = [...code, ...templates].map(({ key, body, contentType }, i) => {
  writeFileSync(`${folder}/${i}`, body);
  return { key, contentType, file: String(i) };
});
writeFileSync(`${folder}/files.json`, JSON.stringify(files));
