import { SingleBar } from "cli-progress";
import { formatSeconds } from "./format-seconds.js";
import { Pace } from "./pace.js";

const LINE_EVERY_MS = 5_000;
const BAR_WIDTH = 30;

/** Shows a person how far something is. */
export interface Progress {
  /** Begins something of so many steps, whose items have a name in the plural. End it before the next one begins. */
  begin(label: string, items: string, total: number): ProgressTask;
  /** Writes a line, whatever is being shown. */
  note(line: string): void;
}

/** Something whose progress is shown. */
export interface ProgressTask {
  /** Where it is: a position on the way to the total, and how many items that is. */
  update(position: number, count: number, total?: number): void;
  /** It is over. */
  end(): void;
}

/** What progress is written to. */
export interface ProgressStream extends NodeJS.WritableStream {
  readonly isTTY?: boolean;
}

/** A bar on a terminal, a plain line every few seconds elsewhere, only notes when `quiet`. */
export function createProgress(stream: ProgressStream, quiet: boolean, now: () => number = Date.now): Progress {
  const isTerminal = stream.isTTY === true;
  // On a terminal the bar's line is wiped, the bar is drawn anew below, and its end must not return to where it was.
  const note = (line: string) => void stream.write(isTerminal ? `\r\u001b[K${line}\n\u001b7` : `${line}\n`);
  return {
    note,
    begin(label, items, total) {
      if (quiet) return { update() {}, end() {} };
      const view = isTerminal ? barView(stream, label) : lineView(note, label, now);
      return beginTask(view, items, total, now);
    },
  };
}

interface View {
  show(fraction: number, text: string): void;
  end(): void;
}

function beginTask(view: View, items: string, firstTotal: number, now: () => number): ProgressTask {
  const pace = new Pace(now);
  return {
    update(position, count, total = firstTotal) {
      pace.add(position, count);
      const fraction = total > 0 ? Math.min(1, position / total) : 1;
      view.show(fraction, describe(fraction, count, items, pace, total));
    },
    end: () => view.end(),
  };
}

function describe(fraction: number, count: number, items: string, pace: Pace, total: number): string {
  const rate = pace.rate();
  const left = pace.secondsLeft(total);
  const parts = [`${Math.floor(fraction * 100)}%`, `${count.toLocaleString("en")} ${items}`];
  if (rate !== undefined) parts.push(`${Math.round(rate).toLocaleString("en")}/s`);
  if (left !== undefined) parts.push(`ETA ${formatSeconds(left)}`);
  return parts.join(" | ");
}

function barView(stream: ProgressStream, label: string): View {
  let text = "";
  const bar = new SingleBar({
    stream,
    format: (_options, { progress }) => {
      const done = Math.round(progress * BAR_WIDTH);
      return `${label} ${"█".repeat(done)}${"░".repeat(BAR_WIDTH - done)} ${text}`;
    },
    // With nothing to restore, Ctrl-C can be left to Node, which ends the process.
    gracefulExit: false,
    linewrap: true,
  });
  bar.start(1, 0);
  return {
    show(fraction, newText) {
      text = newText;
      bar.update(fraction);
    },
    end: () => bar.stop(),
  };
}

function lineView(note: (line: string) => void, label: string, now: () => number): View {
  let shown = { at: now(), line: "" };
  let line = "";
  return {
    show(_fraction, text) {
      line = `${label.trim()}: ${text}`;
      if (now() - shown.at < LINE_EVERY_MS) return;
      note(line);
      shown = { at: now(), line };
    },
    end() {
      if (line !== shown.line) note(line);
    },
  };
}
