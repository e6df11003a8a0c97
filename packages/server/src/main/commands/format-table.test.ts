import { expect, test } from "vitest";
import { formatTable } from "./format-table.js";

test("columns are aligned, long cells cut and line ends bare", () => {
  const columns = [{ title: "N", align: "right" as const }, { title: "Title", maxWidth: 6 }, { title: "" }];
  const rows = [
    ["1", "Short", ""],
    ["10", "Far too long", "x"],
    ["100", "\u001b]0;evil\u0007", ""],
  ];
  expect(formatTable(columns, rows)).toBe("  N  Title\n  1  Short\n 10  Far t…  x\n100  ]0;ev…\n");
});
