import { renderToString } from "preact-render-to-string";
import { shortId } from "../../client/request-ids.ts";
import type { Language } from "../../domain/format.ts";
import { sentence as sentenceOf } from "../../domain/readiness/sentence.ts";
import { titleOf } from "../requests/title.ts";
import { ReaderContext, readerOf } from "../session/reader.ts";
import { reasonIn } from "../words/api-chinese.ts";
import type { ReportStyle } from "./built-style.ts";
import type { Report } from "./report.ts";
import { ReportPage } from "./report-page.tsx";
import { shortened } from "./shortened.ts";

interface Wanted {
  readonly language: Language;
  readonly style: ReportStyle;
  /** Of the times of day; UTC stands beside them. @default that of whoever makes the page */
  readonly timeZone?: string;
}

/** It is sent by mail. */
const MAX_BYTES = 300_000;

/**
 * A report as one HTML file, at most 300 kB with up to 600 POPs: no script, and nothing is loaded from anywhere. Its own policy lets in its one style and
 * nothing else, so that a text that came in from a server does no harm, whatever it is.
 */
export function reportHtml(report: Report, wanted: Wanted): string {
  const all = shortened(report);
  const html = htmlOf(all, wanted);
  const tooLarge = all.failed !== undefined && new TextEncoder().encode(html).length > MAX_BYTES;
  return tooLarge ? htmlOf({ ...all, failed: undefined }, wanted) : html;
}

function htmlOf(report: Report, { language, style, timeZone }: Wanted): string {
  const reader = readerOf({ language, theme: "auto", shortcuts: false }, timeZone);
  const sentence = sentenceOf(
    { ...report.request, reason: reasonIn(language, report.request.reason) },
    language,
    reader.formats.clock,
  );
  const policy = `default-src 'none'; style-src '${style.hash}'; base-uri 'none'; form-action 'none'`;
  const page = (
    <html lang={language === "zh" ? "zh-CN" : "en"}>
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="content-security-policy" content={policy} />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <meta name="robots" content="noindex" />
        <title>{`${sentence} ${titleOf(report.request)} · Prewarm`}</title>
        {/* The build's own text, as it is: escaped, its hash would be another. */}
        <style dangerouslySetInnerHTML={{ __html: style.css }} />
      </head>
      <body>
        <ReaderContext.Provider value={reader}>
          <ReportPage report={report} sentence={sentence} />
        </ReaderContext.Provider>
      </body>
    </html>
  );
  return `<!doctype html>\n${renderToString(page)}\n`;
}

/** What the file of a report is called. */
export function reportFileName(requestId: string): string {
  return `prewarm-${shortId(requestId)}.html`;
}
