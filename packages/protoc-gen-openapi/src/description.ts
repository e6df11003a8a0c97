import type { DescEnum, DescEnumValue, DescField, DescMessage, DescMethod, DescService } from "@bufbuild/protobuf";
import { getComments } from "@bufbuild/protoplugin";

/** The comment above an element, each paragraph on one line; empty without one. */
export function commentOf(desc: DescEnum | DescEnumValue | DescField | DescMessage | DescMethod | DescService): string {
  const lines = (getComments(desc).leading ?? "").split("\n").map((line) => line.trim());
  return (
    lines
      .join("\n")
      .split(/\n{2,}/)
      .map((paragraph) => paragraph.replace(/\s+/g, " ").trim())
      // Google's comments link to other definitions, which Markdown cannot follow.
      .map((paragraph) => paragraph.replace(/\[([\w.]+)\]\[[\w.]*\]/g, "`$1`"))
      .filter((paragraph) => paragraph !== "")
      .join("\n\n")
  );
}

/** The first sentence of a comment, without its full stop. */
export function summaryOf(comment: string): string {
  const [sentence = ""] = /^.*?(?=[.:;](\s|$)|$)/s.exec(comment) ?? [];
  return sentence.replaceAll("`", "");
}

/** Puts texts into one, leaving empty ones out. */
export function joined(texts: readonly string[], separator = " "): string {
  return texts.filter((text) => text !== "").join(separator);
}
