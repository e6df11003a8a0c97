import { useEffect, useState } from "react";
import { explainFailure } from "./explain-failure.js";
import type { Votes } from "./use-votes.js";

const shownMs = 4000;

/** Says that a vote was not recorded; or, where the row is out of sight, that it was and where its effect is. */
export function Toast({ votes: { eventToken, failure } }: { votes: Votes }) {
  const [shown, setShown] = useState(false);

  useEffect(() => {
    if (eventToken === undefined && failure === undefined) return;
    setShown(true);
    const timer = setTimeout(() => setShown(false), shownMs);
    return () => clearTimeout(timer);
  }, [eventToken, failure]);

  if (failure !== undefined) {
    return (
      <p className="toast" role="alert" data-shown={shown}>
        Your vote was not recorded. {explainFailure(failure).title}.
      </p>
    );
  }
  return (
    <p className="toast toast-recorded" data-shown={shown}>
      <a href="#for-you">“For you” has changed. See it</a>
    </p>
  );
}
