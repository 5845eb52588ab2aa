import { describe, expect, it } from "vitest";
import { inputOf, kindOf, patternOf, placeFaults, placeOf, valueOf } from "./form_model";
import type { Schema } from "./openapi";

const schema: Schema = {
  type: "object",
  required: ["name", "terms"],
  properties: {
    name: { type: "string", maxLength: 64 },
    amount: { type: "string", format: "money" },
    count: { type: "integer", minimum: 1, maximum: 9 },
    kind: { type: "string", enum: ["a", "b"] },
    open: { type: "boolean" },
    tags: { type: "array", items: { type: "string" } },
    facts: {},
    terms: {
      type: "object",
      properties: {
        rate: { type: "string", format: "rate" },
        steps: { type: "array", items: { type: "object", properties: { at: { type: "string", format: "date" }, share: { type: "integer" } } } },
      },
    },
  },
};

describe("a form made of a schema", () => {
  it("knows every kind of field", () => {
    const kinds = Object.fromEntries(Object.entries(schema.properties!).map(([name, of]) => [name, kindOf(of)]));
    expect(kinds).toEqual({
      name: "text", amount: "money", count: "integer", kind: "choice", open: "boolean", tags: "texts", facts: "any", terms: "object",
    });
    expect(kindOf({ type: "string", format: "date-time" })).toBe("moment");
    expect(kindOf({ type: "string", maxLength: 4000 })).toBe("long_text");
    expect(kindOf({ type: "array", items: { type: "string", enum: ["x"] } })).toBe("choices");
    expect(kindOf({ type: "array", items: { type: "object", properties: {} } })).toBe("list");
  });

  it("sends what was filled and leaves out what was not", () => {
    expect(
      inputOf(schema, {
        name: "  anna ", amount: "", count: 0, kind: undefined, open: false, tags: [], facts: '{"age": 41}',
        terms: { rate: "0.24", steps: [{ at: "2026-02-28", share: 5 }, {}] },
      }),
    ).toEqual({ name: "anna", count: 0, open: false, facts: { age: 41 }, terms: { rate: "0.24", steps: [{ at: "2026-02-28", share: 5 }] } });
    expect(inputOf(schema, { terms: { rate: "" } })).toBeUndefined();
  });

  it("shows what was sent and sends it back the same", () => {
    const input = { name: "anna", count: 3, facts: { age: 41 }, terms: { steps: [{ at: "2026-02-28", share: 5 }] } };
    expect(inputOf(schema, valueOf(schema, input))).toEqual(input);
  });

  it("holds money, rates, digests and ids to their form before they are sent", () => {
    expect(patternOf("money")!.test("1200.00 CNY")).toBe(true);
    expect(patternOf("money")!.test("1,200 CNY")).toBe(false);
    expect(patternOf("rate")!.test("0.24")).toBe(true);
    expect(patternOf("rate")!.test("24%")).toBe(false);
    expect(patternOf("id")!.test("0193a5c2-7b1e-7c3d-8f00-5a1b2c3d4e5f")).toBe(true);
    expect(patternOf("digest")!.test("ab")).toBe(false);
  });

  it("puts a fault of the server where its field stands, as deep as there are fields", () => {
    expect(placeOf(schema, "terms/steps/1/share")).toEqual(["terms", "steps", 1, "share"]);
    expect(placeOf(schema, "facts/age")).toEqual(["facts"]);
    expect(placeOf(schema, "elsewhere")).toBeUndefined();
    expect(
      placeFaults(schema, [
        { where: "facts/age", message: "expected a whole number" },
        { where: "facts/income", message: "is required" },
        { where: "terms/rate", message: "above 0.36" },
        { where: "permit", message: "none in force" },
        { where: "", message: "closed" },
      ]),
    ).toEqual({
      fields: [
        { name: ["facts"], errors: ["age: expected a whole number", "income: is required"] },
        { name: ["terms", "rate"], errors: ["above 0.36"] },
      ],
      rest: [{ where: "permit", message: "none in force" }, { where: "", message: "closed" }],
    });
  });
});
