import type { ReactNode } from "react";
import { explainFailure } from "./explain-failure.js";

/** Says that something failed, and offers to try again. */
export function FailureNotice({ failure, onRetry }: { failure: unknown; onRetry: () => void }) {
  const { title, hint } = explainFailure(failure);
  return (
    <Notice title={title} role="alert">
      <p>{hint}</p>
      <button type="button" className="solid" onClick={onRetry}>
        Try again
      </button>
    </Notice>
  );
}

/** Says something in place of movies. */
export function Notice({ title, role, children }: { title: string; role?: "alert" | "status"; children?: ReactNode }) {
  return (
    <div className="notice" role={role}>
      <h3>{title}</h3>
      {children}
    </div>
  );
}
