import type { ReactNode } from "react";

/** Each icon is named for what it does. Decoration: the button around it has a label. */
function Icon({ children }: { children: ReactNode }) {
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
      {children}
    </svg>
  );
}

export const SearchIcon = () => (
  <Icon>
    <circle cx="11" cy="11" r="6.5" />
    <path d="m20 20-4.2-4.2" />
  </Icon>
);

export const CloseIcon = () => (
  <Icon>
    <path d="M6 6l12 12M18 6 6 18" />
  </Icon>
);

export const LikeIcon = () => (
  <Icon>
    <path d="M12 20s-7.5-4.6-7.5-10.2A4.2 4.2 0 0 1 12 7.2a4.2 4.2 0 0 1 7.5 2.6C19.5 15.4 12 20 12 20Z" />
  </Icon>
);

export const DislikeIcon = () => (
  <Icon>
    <path d="M8 13.6V4.5h8.4c.9 0 1.7.6 2 1.5l1.6 5a2 2 0 0 1-1.9 2.6h-4.3l.8 4.3a2.1 2.1 0 0 1-2.1 2.5L8 13.6Zm0 0H4.5V4.5H8" />
  </Icon>
);

export const SimilarIcon = () => (
  <Icon>
    <circle cx="9" cy="12" r="5.5" />
    <circle cx="15" cy="12" r="5.5" />
  </Icon>
);
