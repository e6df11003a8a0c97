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
    <path d="M16 4.5H7.8a2 2 0 0 0-1.9 1.5l-1.4 5.6a2 2 0 0 0 1.9 2.4H11l-.8 4.2a1.7 1.7 0 0 0 3.1 1.2L16 14.4V4.5Zm0 0h3.5v9.9H16" />
  </Icon>
);

export const SimilarIcon = () => (
  <Icon>
    <circle cx="9" cy="12" r="5.5" />
    <circle cx="15" cy="12" r="5.5" />
  </Icon>
);
