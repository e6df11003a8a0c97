/** A column of a table. */
export interface Column {
  readonly title: string;
  /** Numbers are aligned to the right. */
  readonly align?: "right";
  /** Longer cells are cut. */
  readonly maxWidth?: number;
}

/** A table of plain text, a line a row, without anything at the line ends. */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const cells = [columns.map(({ title }) => title), ...rows].map((row) =>
    columns.map(({ maxWidth }, index) => cut(plain(row[index] ?? ""), maxWidth)),
  );
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => [...(row[index] ?? "")].length)));
  const lines = cells.map((row) =>
    row.map((cell, index) => pad(cell, widths[index] ?? 0, columns[index]?.align)).join("  "),
  );
  return `${lines.map((line) => line.trimEnd()).join("\n")}\n`;
}

/** Text on one line and without control characters, which in a catalogue's text could drive the user's terminal. */
export function plain(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, " ").trim();
}

function cut(text: string, maxWidth = Number.POSITIVE_INFINITY): string {
  const characters = [...text];
  return characters.length <= maxWidth ? text : `${characters.slice(0, maxWidth - 1).join("")}…`;
}

function pad(text: string, width: number, align: "right" | undefined): string {
  const blanks = " ".repeat(Math.max(0, width - [...text].length));
  return align === "right" ? blanks + text : text + blanks;
}
