import type { Progress } from "../../client/answers.ts";
import { isTerminal } from "../../domain/request/lifecycle.ts";
import { RecList } from "../phone/rec-list.tsx";
import { usePhone } from "../phone/use-phone.ts";
import { PopDialog } from "../pop/pop-dialog.tsx";
import { useParameter } from "../session/use-parameter.ts";
import { PopsPanel } from "./pops-panel.tsx";

interface WhereProps {
  readonly request: Progress;
  /** It has the wide column though the request has ended: while it runs it always has. @default false */
  readonly isWide?: boolean;
}

/** Warm where. Once the request has ended a POP can be opened; while it runs URLs are never told one by one. */
export function Where({ request, isWide = false }: WhereProps) {
  const phone = usePhone();
  const [named, setPop] = useParameter("pop");
  const onPop = isTerminal(request.status) ? setPop : undefined;
  const pop = onPop === undefined ? undefined : request.pops.find((row) => row.pop === named)?.pop;
  return (
    <>
      {phone ? (
        <RecList request={request} onPop={onPop} />
      ) : (
        <PopsPanel request={request} onPop={onPop} isWide={isWide} />
      )}
      {pop === undefined ? null : <PopDialog id={request.request_id} pop={pop} onClose={() => setPop(undefined)} />}
    </>
  );
}
