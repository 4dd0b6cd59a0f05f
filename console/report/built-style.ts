/** The style of a report page, and its hash as a policy names it. */
export interface ReportStyle {
  readonly css: string;
  /** `sha256-…` */
  readonly hash: string;
}

declare const REPORT_CSS: string;
declare const REPORT_CSS_HASH: string;

/** report-style.js makes it, and both bundles that make pages, the console's and the command's, have it put in here. */
export function builtStyle(): ReportStyle {
  return { css: REPORT_CSS, hash: REPORT_CSS_HASH };
}
