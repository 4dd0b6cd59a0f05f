import type { Progress } from "../../client/answers.ts";
import { PopsPanel } from "./pops-panel.tsx";

interface WhereProps {
  readonly request: Progress;
  /** It has the wide column though the request has ended: while it runs it always has. @default false */
  readonly isWide?: boolean;
}

/** Warm where. */
export function Where({ request, isWide = false }: WhereProps) {
  return <PopsPanel request={request} isWide={isWide} />;
}
