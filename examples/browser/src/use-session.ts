import { useCallback, useEffect, useState } from "react";
import type { DemoSession } from "./demo-session.js";

/** Who the visitor is, once that is known. */
export function useSession(session: DemoSession) {
  const [userId, setUserId] = useState<string>();
  const [failed, setFailed] = useState(false);

  const open = useCallback(() => {
    setFailed(false);
    session.get().then(
      (opened) => setUserId(opened.userId),
      () => setFailed(true),
    );
  }, [session]);
  useEffect(open, [open]);

  return { userId, failed, retry: open };
}
