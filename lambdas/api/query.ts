/** A query string, as API Gateway has it. */
export type Query = Readonly<Record<string, string | undefined>> | null;
