import { useEffect, useRef } from "react";
import { CloseIcon, SearchIcon } from "./icons.js";

const examples = [
  "a clownfish father searches the ocean for his son",
  "a heist inside dreams",
  "lonely robot falls in love",
  "friends grow up over one summer",
  "a detective who cannot trust his memory",
  "feel-good musical",
];

interface Props {
  text: string;
  busy: boolean;
  onText: (text: string) => void;
}

/** Where the visitor says what to watch. The slash key goes there from anywhere, Escape empties it. */
export function SearchBox({ text, busy, onText }: Props) {
  const field = useRef<HTMLInputElement>(null);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const typing = (event.target as Element).closest("input, select, textarea, dialog");
      if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      field.current?.focus();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);

  const fill = (value: string) => {
    onText(value);
    field.current?.focus();
  };
  return (
    <search>
      <form className={busy ? "search-box is-busy" : "search-box"} onSubmit={(event) => event.preventDefault()}>
        <SearchIcon />
        <input
          ref={field}
          type="search"
          name="q"
          value={text}
          onChange={(event) => onText(event.target.value)}
          onKeyDown={(event) => event.key === "Escape" && onText("")}
          placeholder="A plot, a mood, a person…"
          aria-label="What do you feel like watching?"
          maxLength={2000}
          autoComplete="off"
          spellCheck="false"
          enterKeyHint="search"
        />
        {text === "" ? (
          <span className="key" aria-hidden="true">
            /
          </span>
        ) : (
          <button type="button" className="clear" aria-label="Clear the search" onClick={() => fill("")}>
            <CloseIcon />
          </button>
        )}
      </form>
      <ul className="examples" aria-label="Examples">
        {examples.map((example) => (
          <li key={example}>
            <button type="button" className="chip" aria-pressed={example === text} onClick={() => fill(example)}>
              {example}
            </button>
          </li>
        ))}
      </ul>
    </search>
  );
}
