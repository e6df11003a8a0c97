import type { MatchReason } from "@cinedeepmatch/sdk-web";

/** Says why a movie is here, strongest reason first. */
export function ReasonChips({ reasons, most = 3 }: { reasons: readonly MatchReason[]; most?: number }) {
  const shown = reasons.slice(0, most).map((reason) => ({ reason, label: labelOf(reason) }));
  if (shown.length === 0) return null;
  return (
    <ul className="reasons" aria-label="Why this movie">
      {shown.map(({ reason, label }) => (
        <li key={label} className={`reason reason-${reason.cause.case ?? "other"}`} title={reason.description}>
          {label}
        </li>
      ))}
    </ul>
  );
}

function labelOf({ cause, description }: MatchReason): string {
  switch (cause.case) {
    case "text":
      return cause.value.terms.length === 0 ? "same meaning" : cause.value.terms.map((term) => `“${term}”`).join(" ");
    case "movie":
      return `like ${cause.value.title}`;
    case "person":
      return `with ${cause.value.displayName}`;
    case "activity":
      return `because of ${cause.value.title}`;
    case "popularity":
      return cause.value.averageRating > 0 ? `★ ${cause.value.averageRating.toFixed(1)} with all` : "popular with all";
    default:
      return description;
  }
}
