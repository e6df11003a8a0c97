import type { ReactNode } from "react";

function icon(path: ReactNode) {
  return function Icon() {
    return (
      <svg
        className="icon"
        viewBox="0 0 24 24"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.8"
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
      >
        {path}
      </svg>
    );
  };
}

export const SearchIcon = icon(
  <>
    <circle cx="11" cy="11" r="6.5" />
    <path d="m20 20-4.2-4.2" />
  </>,
);
export const CloseIcon = icon(<path d="M6 6l12 12M18 6 6 18" />);
export const HeartIcon = icon(
  <path d="M12 20s-7.5-4.6-7.5-10.2A4.2 4.2 0 0 1 12 7.2a4.2 4.2 0 0 1 7.5 2.6C19.5 15.4 12 20 12 20Z" />,
);
export const ThumbDownIcon = icon(
  <path d="M8 4.5h8.2c.9 0 1.7.6 1.9 1.5l1.4 5.6a2 2 0 0 1-1.9 2.4H13l.8 4.2a1.7 1.7 0 0 1-3.1 1.2L7.5 14H4.8V4.5H8Zm0 0V14" />,
);
export const SimilarIcon = icon(
  <>
    <circle cx="9" cy="12" r="5.5" />
    <circle cx="15" cy="12" r="5.5" />
  </>,
);
