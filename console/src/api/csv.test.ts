import { describe, expect, it } from "vitest";
import { csvCell, csvLine } from "./csv";

describe("CSV", () => {
  it.each([
    ["=1+2", "'=1+2"],
    ["+41 44", "'+41 44"],
    ["-2+3", "'-2+3"],
    ["@SUM(A1)", "'@SUM(A1)"],
    ["\t=1", "'\t=1"],
    ["\r=1", "\"'\r=1\""],
    ["=HYPERLINK(\"http://x\",\"y\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\""],
  ])("takes the formula out of %j", (text, cell) => expect(csvCell(text)).toBe(cell));

  it.each([
    [-12.5, "-12.5"],
    ["-12.50", "-12.50"],
    ["1e-7", "1e-7"],
    ["1200.00 CNY", "1200.00 CNY"],
    ["a=b", "a=b"],
  ])("leaves %j as it is", (value, cell) => expect(csvCell(value)).toBe(cell));

  it("quotes what would break a line, and writes objects as JSON", () => {
    expect(csvLine(["a,b", 'say "x"', "line\nend", undefined, null, { a: 1 }, false])).toBe(
      '"a,b","say ""x""","line\nend",,,"{""a"":1}",false\r\n',
    );
  });
});
