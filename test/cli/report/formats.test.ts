import { execFileSync, spawn } from "node:child_process";
import { readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { download } from "../../../cli/report/download.ts";
import { formatOf, ROW_FORMATS } from "../../../cli/report/formats.ts";
import { writeFile } from "../../../cli/report/write-file.ts";
import { folderWith } from "../../folder-with.ts";

const LINK = "https://bucket.s3.us-east-1.amazonaws.com/r.csv?X-Amz-Signature=1";
const stackAt = (url = "https://a1.execute-api.us-east-1.amazonaws.com/prod/") => ({
  kind: "stack" as const,
  endpoint: { url, key: "k", from: "a test" },
});
const CSV = 'pop,url,error\nSIN2-C1,https://a/,"not, kept"\nATL56-C1,https://b/,\n';

test("a report is CSV as it is, or JSON", async () => {
  expect(await text(ROW_FORMATS.csv(Readable.from(CSV)))).toBe(CSV);
  expect(JSON.parse(await text(ROW_FORMATS.json(Readable.from(CSV))))).toEqual([
    { pop: "SIN2-C1", url: "https://a/", error: "not, kept" },
    { pop: "ATL56-C1", url: "https://b/", error: "" },
  ]);
  expect(JSON.parse(await text(ROW_FORMATS.json(Readable.from("pop,url\n"))))).toEqual([]);
});

test("a report in JSON has the texts, without what keeps them from being a formula in a spreadsheet", async () => {
  const csv = `pop,url,error\nSIN2-C1,"https://a/;'=1",'=2\n`;
  expect(JSON.parse(await text(ROW_FORMATS.json(Readable.from(csv))))).toEqual([
    { pop: "SIN2-C1", url: "https://a/;=1", error: "=2" },
  ]);
});

test.each([
  [undefined, undefined, "csv"],
  [undefined, "out.json", "json"],
  [undefined, "out.txt", "csv"],
  ["CSV", "out.json", "csv"],
  [undefined, "out.html", "html"],
  ["html", undefined, "html"],
])("format %s of the file %s is %s", (said, file, format) => expect(formatOf(said, file)).toBe(format));

test("another format is refused, with those that there are", () => {
  expect(() => formatOf("xml", undefined)).toThrow("'xml' is not a report format");
});

test("a download is unpacked, if it is packed", async () => {
  for (const body of [CSV, gzipSync(CSV), ""])
    expect(await text(await download(LINK, stackAt(), async () => new Response(body)))).toBe(body === "" ? "" : CSV);
  const gone = async () => new Response("", { status: 403 });
  await expect(download(LINK, stackAt(), gone)).rejects.toThrow("HTTP 403");
});

test.each<[boolean, string, Parameters<typeof download>[1]]>([
  [true, LINK, stackAt()],
  [true, LINK, stackAt("https://api.example.com/")],
  [
    true,
    "https://b.s3.cn-north-1.amazonaws.com.cn/r",
    stackAt(`https://a.execute-api.cn-north-1.amazonaws.com.cn/prod/`),
  ],
  [true, "http://127.0.0.1:4566/b/r.csv", stackAt("http://127.0.0.1:8080/prod/")],
  [false, LINK.replace("us-east-1", "eu-west-1"), stackAt()],
  [false, LINK.replace("https", "http"), stackAt()],
  [false, "https://example.com/r.csv", stackAt()],
  [false, "https://b.s3.us-east-1.amazonaws.com.example.com/r.csv", stackAt()],
  [false, "https://example.com/b.s3.us-east-1.amazonaws.com", stackAt()],
  [false, "http://169.254.169.254/latest/meta-data/", stackAt()],
  [false, "http://127.0.0.1:4566/b/r.csv", stackAt()],
  [false, "http://169.254.169.254/", stackAt("http://127.0.0.1:8080/prod/")],
  [false, "file:///etc/passwd", stackAt()],
  [false, "file:///etc/passwd", stackAt("http://127.0.0.1:8080/prod/")],
  [false, "r.csv", stackAt()],
  [false, LINK, { kind: "direct" }],
])("follows %s the link %s of %j", async (isFollowed, link, source) => {
  const http = vi.fn<typeof fetch>(async () => new Response(CSV));
  const downloaded = download(link, source, http);
  if (isFollowed) expect(await text(await downloaded)).toBe(CSV);
  else await expect(downloaded).rejects.toThrow("the link to the report does not lead to an S3 bucket");
  expect(http.mock.calls).toEqual(isFollowed ? [[link, { redirect: "error" }]] : []);
});

test("a link of a direct run is a file", async () => {
  const file = join(folderWith({ "r.csv": CSV }), "r.csv");
  expect(await text(await download(pathToFileURL(file).href, { kind: "direct" }))).toBe(CSV);
});

test("a file is there whole, or not at all", async () => {
  const folder = folderWith();
  await writeFile(join(folder, "good.csv"), Readable.from(CSV));
  expect(readFileSync(join(folder, "good.csv"), "utf8")).toBe(CSV);
  const broken = Readable.from(
    (async function* () {
      yield "pop,";
      throw new Error("the line broke");
    })(),
  );
  await expect(writeFile(join(folder, "bad.csv"), broken)).rejects.toThrow("the line broke");
  expect(readdirSync(folder)).toEqual(["good.csv"]);
});

test("what is there and no file is not replaced by one", async () => {
  const folder = folderWith({ real: "before", "folder/file": "" });
  const pipe = join(folder, "pipe");
  execFileSync("mkfifo", [pipe]);
  const read = text(spawn("cat", [pipe], { stdio: ["ignore", "pipe", "ignore"] }).stdout);
  await writeFile(pipe, Readable.from(CSV));
  expect(await read).toBe(CSV);
  symlinkSync(join(folder, "real"), join(folder, "link"));
  await writeFile(join(folder, "link"), Readable.from(CSV));
  expect(readFileSync(join(folder, "real"), "utf8")).toBe(CSV);
  await expect(writeFile(join(folder, "folder"), Readable.from(CSV))).rejects.toThrow("EISDIR");
  expect(readdirSync(folder).sort()).toEqual(["folder", "link", "pipe", "real"]);
});
