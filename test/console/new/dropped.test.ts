import { describe, expect, test } from "vitest";
import { readDropped } from "../../../console/new/dropped.ts";
import { EMPTY_FORM } from "../../../console/new/form.ts";
import { csvRow } from "../../../domain/csv.ts";

const read = (name: string, text: string) => readDropped(name, text, EMPTY_FORM);

describe("a file", () => {
  test("of text is a URL a line, whatever is in it: what is none is marked then", () => {
    expect(read("urls.txt", "\uFEFFhttps://a.example/\r\n\nwww.b.example")).toEqual({
      lines: ["https://a.example/", "www.b.example"],
    });
  });

  test("of comma-separated values is each cell that is a URL, quoted ones too", () => {
    const text = 'id,url,size\n1,https://a.example/x,10\n2,"https://a.example/a,b",20\n3;https://a.example/z;1\n';
    expect(read("report.csv", text)).toEqual({
      lines: ["https://a.example/x", "https://a.example/a,b", "https://a.example/z"],
    });
  });

  test("that is a report of Prewarm has the URLs as they were asked for", () => {
    const report = csvRow(["pop", "url"]) + csvRow(["SIN2-P1", "https://a.example/;=1"]);
    expect(read("report.csv", report)).toEqual({ lines: ["https://a.example/;=1"] });
  });

  test("of JSON is a list, or the body of a request, which fills the whole form", () => {
    expect(read("list.json", '["https://a.example/", 4]')).toEqual({ lines: ["https://a.example/"] });
    const dropped = read("request.json", '{"url_list":["https://a.example/"],"timeout":30,"instance_count":3}');
    expect(dropped).toMatchObject({ form: { urls: "https://a.example/", minutes: "30", instances: "3" } });
  });

  test("with no URL in it is told so", () => {
    expect(read("empty.txt", " \n")).toEqual({ nothing: true });
    expect(read("report.csv", "a,b\n1,2")).toEqual({ nothing: true });
  });
});
